import { mean } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import { openPredictors } from '../graph/locks'
import type { CandidateView } from '../run/view/run-view'
import { rows } from '../run/story/sentences'
import type { Finding } from './finding'
import type { RunFacts, ScoredView } from './run-facts'
import { many, size, verb } from './words'

const luckDrop = 0.05
const fewestTrainRows = 10
const learnedGap = 0.15

export function endedEarly({ view, scored, verdict }: RunFacts): Finding | undefined {
  const { end, stages } = view
  if (end === undefined || end.reason === 'done') return undefined
  const open = stages.filter(({ status }) => status !== 'done')
  const left = open.length === 0 ? '' : ` Not finished: ${open.map(({ title }) => title).join(', ')}.`
  const count =
    scored.length === 0
      ? 'No candidate was scored on the whole val split.'
      : `${many(scored.length, 'candidate')} ${verb(scored.length, 'was', 'were')} scored on the whole val split.`
  const isCap = end.reason === 'cap'
  return {
    id: 'ended-early',
    tone: verdict === 'none' ? 'cause' : 'caution',
    title: isCap ? 'The budget ended the search' : 'The search did not finish',
    detail: `${count}${left} What was paid for is kept: the run goes on where it stopped.`,
    action: isCap ? { id: 'raise-caps', words: 'Raise the caps' } : { id: 'resume', words: 'Resume the run' },
  }
}

export function everythingLocked({ graph, verdict }: RunFacts): Finding | undefined {
  if (verdict !== 'none' || openPredictors(graph, 'instructions').length + openPredictors(graph, 'demos').length > 0) return undefined
  return {
    id: 'all-locked',
    tone: 'cause',
    title: 'Every step is locked',
    detail: 'Instructions and demos of all steps are locked, so every candidate had to be the program it started from.',
    action: { id: 'unlock', words: 'Open the program' },
  }
}

/** The same instructions or the same state again and again: the search looked at less than it seems. */
export function sameCandidates(facts: RunFacts): Finding | undefined {
  const { view, verdict, baseline, scored, graph } = facts
  if (openPredictors(graph, 'instructions').length + openPredictors(graph, 'demos').length === 0) return undefined
  const tone = verdict === 'none' ? 'cause' : 'caution'
  const fresh = view.candidates.filter(({ id }) => id !== (baseline?.id ?? view.baseline))
  const tries = view.candidates.reduce((sum, { repeats = 0 }) => sum + repeats, 0) + fresh.length
  if (tries > 0 && fresh.length === 0) {
    return {
      id: 'same-candidates',
      tone,
      title: 'No candidate differed from the program',
      detail: `${tries === 1 ? 'The one candidate' : `All ${tries} candidates`} had exactly the instructions and demos that the program had before.`,
      action: { id: 'change-optimizer', words: 'Choose another optimizer' },
    }
  }
  const { written, distinct } = instructionCounts(facts)
  if (written >= 3 && distinct <= written / 2) {
    return {
      id: 'same-candidates',
      tone,
      title: 'The written instructions repeat each other',
      detail: `Of ${written} instructions that the prompt LM wrote, ${distinct === 0 ? 'none is new' : `only ${distinct} ${verb(distinct, 'differs', 'differ')} from the rest and from what was there`}. A higher temperature or another prompt LM varies them more.`,
      action: { id: 'change-models', words: 'Change the prompt LM' },
    }
  }
  if (verdict === 'none' && tries >= 6 && fresh.length <= tries / 2) {
    return {
      id: 'same-candidates',
      tone,
      title: 'Most candidates were the same',
      detail: `${tries} candidates were proposed, but only ${fresh.length} differ from each other and from the program before; ${scored.length} were scored on the whole val split. More train rows or more demo sets give the search something to choose from.`,
      action: { id: 'change-optimizer', words: 'Change the search' },
    }
  }
  return undefined
}

export function demosTooFew({ view, params, sizes, verdict }: RunFacts): Finding | undefined {
  const wanted = params['max_bootstrapped_demos']
  if (typeof wanted !== 'number' || wanted === 0 || view.bootstraps.length === 0) return undefined
  const found = Math.max(...view.bootstraps.map(({ demos }) => demos))
  if (found >= wanted) return undefined
  const threshold = params['metric_threshold']
  const bar = typeof threshold === 'number' ? ` with a score of at least ${threshold}` : ''
  const right = found === 0 ? 'not one train row right' : `${rows(found)} right`
  const detail = `${found} of ${wanted} wanted demos were found: the teacher answered ${sizes.train === 1 ? 'the one train row' : `up to ${rows(sizes.train)} of the train split`} and got ${right}${bar}.`
  const base = { id: 'few-demos', tone: verdict === 'none' ? 'cause' : 'caution' } as const
  if (sizes.train < wanted) {
    return {
      ...base,
      title: 'Too few train rows for demos',
      detail: `${detail} There are fewer train rows than wanted demos.`,
      action: { id: 'add-rows', words: 'Add train rows' },
    }
  }
  return {
    ...base,
    title: found === 0 ? 'Bootstrapping found no demo' : 'Bootstrapping found few demos',
    detail: `${detail} A stronger teacher${bar === '' ? '' : ', a lower threshold'} or more rounds finds more.`,
    action: bar === '' ? { id: 'change-models', words: 'Choose a teacher' } : { id: 'change-optimizer', words: 'Lower the threshold' },
  }
}

/** Methods that choose by train rows (COPRO by all of them, SIMBA and GEPA by minibatches) may learn these rows and little more. */
export function trainRowsLearned({ baseline, top, verdict }: RunFacts): Finding | undefined {
  if (baseline === undefined || top === undefined) return undefined
  const onTrain = trainScores(top, baseline)
  if (onTrain.length < fewestTrainRows) return undefined
  const [train, val] = [mean(onTrain), top.full.summary.mean]
  // A train split that was easier from the start is not the search's doing.
  const before = trainScores(baseline, baseline)
  const easier = before.length < fewestTrainRows ? 0 : mean(before) - baseline.full.summary.mean
  const more = train - val - Math.max(0, easier)
  if (more < learnedGap) return undefined
  return {
    id: 'train-rows-learned',
    tone: verdict === 'none' ? 'cause' : 'note',
    title: 'It knows its train rows better than others',
    detail: `${top.label} scores ${scorePercent(train)} on the ${rows(onTrain.length)} of the train split it was chosen by, and ${scorePercent(val)} on the val split. What fits only those rows does not carry over; more train rows leave less room for it.`,
    action: { id: 'add-rows', words: 'Add train rows' },
  }
}

/** Scores a candidate had on rows outside of the val split, one a row. */
function trainScores({ minibatches }: CandidateView, { full }: ScoredView): readonly number[] {
  const val = new Set(full.examples)
  const byRow = new Map<string, number>()
  for (const { examples, scores } of minibatches) {
    for (const [index, id] of examples.entries()) {
      const score = scores[index] ?? null
      if (score !== null && !val.has(id)) byRow.set(id, score)
    }
  }
  return [...byRow.values()]
}

/** The candidate that shone on minibatches, and what the whole val split says of it. */
export function minibatchLuck({ view, result, baseline, verdict }: RunFacts): Finding | undefined {
  const tried = view.candidates
    .filter(candidate => baseline === undefined || trainScores(candidate, baseline).length < fewestTrainRows)
    .flatMap(candidate => {
      const scores = candidate.minibatches.flatMap(batch => batch.scores.filter(score => score !== null))
      return scores.length === 0 || candidate.id === baseline?.id ? [] : [{ candidate, scores: scores.length, score: mean(scores) }]
    })
    .toSorted((a, b) => b.score - a.score)
  const lucky = tried[0]
  const best = result?.best
  if (lucky === undefined || best === undefined) return undefined
  const { candidate, score } = lucky
  const shone = `${candidate.label} scored ${scorePercent(score)} on ${many(lucky.scores, 'minibatch row')}`
  const tone = verdict === 'none' ? 'cause' : 'note'
  if (candidate.full === undefined) {
    if (score <= best.summary.mean + luckDrop / 2) return undefined
    return {
      id: 'minibatch-luck',
      tone,
      title: 'The best on minibatches was never scored in full',
      detail: `${shone}, above the ${scorePercent(best.summary.mean)} of what the run keeps, but not on the whole val split. Only full scores can win.`,
      action: look(candidate),
    }
  }
  const drop = score - candidate.full.summary.mean
  if (drop < luckDrop || (candidate.id === best.candidate && verdict === 'clear')) return undefined
  return {
    id: 'minibatch-luck',
    tone,
    title: 'Minibatch luck',
    detail: `${shone} and ${scorePercent(candidate.full.summary.mean)} on all ${rows(candidate.full.summary.count)}: ${size(drop)} of it were luck of the rows drawn. Larger minibatches mislead the search less.`,
    action: { id: 'change-optimizer', words: 'Use larger minibatches' },
  }
}

function look({ id }: CandidateView) {
  return { id: 'look-at-candidate', words: 'Look at it', candidate: id } as const
}

/** Instructions a model wrote; which of them say something that no other and no earlier one says. */
function instructionCounts({ view, baseline }: RunFacts): { readonly written: number; readonly distinct: number } {
  const before = new Map(Object.entries(baseline?.state ?? {}).map(([id, { instructions }]) => [id, plain(instructions)]))
  let written = 0
  const distinct = new Set<string>()
  for (const { predictor, proposals } of view.proposals) {
    for (const { text, call } of proposals) {
      if (call === undefined) continue
      written += 1
      if (plain(text) !== before.get(predictor)) distinct.add(`${predictor} ${plain(text)}`)
    }
  }
  return { written, distinct: distinct.size }
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim()
}

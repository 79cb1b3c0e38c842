import { intervalOf, intervalWords } from '../evaluate/interval'
import { mean } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import { rows } from '../run/story/sentences'
import type { Finding } from './finding'
import { halfWidth, luckOfBest, rowsFor, spreadOf } from './gain-numbers'
import type { RunFacts, ScoredView } from './run-facts'
import { many, points, size, verb } from './words'

/** From here on there is too little left to win. */
const ceiling = 0.95
/** The precision one usually wants of a gain. */
const wantedReach = 0.03
/** An interval this wide hides what candidates are chosen for. */
const blindReach = 0.05
/** Below this many rows even an interval above zero stands on little. */
const fewRows = 15
const failedShare = 0.1
const manyTried = 10

export function ceilingReached({ baseline, verdict, isSandbox }: RunFacts): Finding | undefined {
  if (baseline === undefined || verdict === 'clear') return undefined
  const { mean: score, count } = baseline.full.summary
  if (count === 0 || score < ceiling) return undefined
  const lost = baseline.full.scores.filter(each => each !== null && each < 1).length
  const left = lost === 0 ? 'no row is left to win' : `only ${rows(lost)} of ${count} ${verb(lost, 'is', 'are')} left to win`
  return {
    id: 'ceiling',
    tone: 'cause',
    title: 'The program was already near the top',
    detail: `It scored ${scorePercent(score)} before compiling: ${left}. Harder rows, a stricter metric${isSandbox ? '' : ' or a cheaper task LM'} would leave room to improve.`,
    action: { id: 'add-rows', words: 'Add harder rows' },
  }
}

/** The same score on every row for every candidate: whatever the candidates do, the metric does not see it. */
export function metricIsFlat({ baseline, scored }: RunFacts): Finding | undefined {
  if (baseline === undefined || scored.length === 0 || baseline.full.summary.mean >= ceiling) return undefined
  const { errors, unscored, mean: score } = baseline.full.summary
  // One candidate may well change nothing; failures are told of on their own.
  if ((scored.length < 2 && score > 0) || (errors + unscored) * 2 > baseline.full.scores.length) return undefined
  const text = JSON.stringify(baseline.full.scores)
  if (scored.some(({ full }) => JSON.stringify(full.scores) !== text)) return undefined
  const all = scored.length === 1 ? 'The candidate' : `All ${scored.length} candidates`
  return {
    id: 'flat-metric',
    tone: 'cause',
    title: score === 0 ? 'Every row scores zero' : 'The metric does not tell the candidates apart',
    detail:
      score === 0
        ? `${all} and the program before score 0 on all ${rows(baseline.full.scores.length)}. Often the metric compares with the wrong label, or the answer has another form than the label. Try the metric on a few rows.`
        : `${all} got the same score on each of the ${rows(baseline.full.scores.length)} as the program before, ${scorePercent(score)}. Try the metric on a few rows: it may be too coarse, or look at an output that the candidates do not change.`,
    action: { id: 'change-metric', words: 'Try the metric on rows' },
  }
}

/** The same state scored differently on the same row, or rows that flip both ways: what is measured is not only the candidate. */
export function metricIsNoisy(facts: RunFacts): Finding | undefined {
  const { baseline, top, differences, verdict } = facts
  const { again, differ } = repeatedScores(facts)
  if (differ > 0) {
    return {
      id: 'metric-noise',
      tone: verdict === 'clear' ? 'caution' : 'cause',
      title: 'The same candidate gets different scores',
      detail: `Of ${rows(again)} that a candidate was scored on more than once, ${differ} got another score the second time. A metric that depends on chance or time cannot rank candidates closely.`,
      action: { id: 'change-metric', words: 'Check the metric' },
    }
  }
  if (baseline === undefined || top === undefined || verdict === 'clear') return undefined
  const better = differences.filter(each => each > 0).length
  const worse = differences.filter(each => each < 0).length
  const flips = better + worse
  if (flips < 4 || flips < differences.length * 0.15 || Math.min(better, worse) < Math.max(better, worse) * 0.4) return undefined
  const [before, after] = [intervalOf(baseline.full.summary), intervalOf(top.full.summary)]
  const overlap =
    before && after
      ? ` The intervals ${scorePercent(before.low)} to ${scorePercent(before.high)} and ${scorePercent(after.low)} to ${scorePercent(after.high)} overlap.`
      : ''
  return {
    id: 'metric-noise',
    tone: verdict === 'none' ? 'cause' : 'caution',
    title: 'Rows go both ways',
    detail: `From the program before to ${top.label}, ${rows(better)} got better and ${worse} got worse: many changes for ${points(mean(differences))} in all.${overlap} Look at the rows that broke: either the metric is too strict about form, or the answers vary.`,
    action: { id: 'compare-rows', words: 'Compare the rows' },
  }
}

export function valIsSmall({ baseline, top, differences, verdict, result }: RunFacts): Finding | undefined {
  if (baseline === undefined) return undefined
  const count = differences.length > 0 ? differences.length : baseline.full.summary.count
  const spread = spreadOf(differences)
  const reach = halfWidth(spread, count)
  const precise = rowsFor(wantedReach, spread)
  const forPrecision = precise > count ? ` For ±3 points it takes ${many(precise - count, 'more row')}.` : ''
  const action = { id: 'add-rows', words: 'Add val rows' } as const
  const gain = result?.gain
  if (verdict !== 'none' && gain !== undefined) {
    const interval = `${points(gain.mean)} on ${rows(gain.count)}, ${intervalWords(gain, points)}`
    if (verdict === 'clear') {
      if (gain.count >= fewRows) return undefined
      return { id: 'val-small', tone: 'caution', title: 'Few val rows', detail: `The gain is ${interval}.${forPrecision}`, action }
    }
    // The bootstrap interval can hold zero where the normal one just does not.
    const needed = Math.max(rowsFor(gain.mean, spread) - count, Math.ceil(count * 0.1), 1)
    return {
      id: 'val-small',
      tone: 'caution',
      title: 'The val split is too small to be sure',
      detail: `The gain is ${interval}. If it is real, ${many(needed, 'more val row')} would lift the interval above zero.${forPrecision}`,
      action,
    }
  }
  if (top === undefined || spread === 0 || reach < blindReach || baseline.full.summary.mean >= ceiling) return undefined
  return {
    id: 'val-small',
    tone: 'cause',
    title: 'The val split is too small to see a gain',
    detail: `On ${rows(count)} a difference below about ${size(reach)} is chance; the closest candidate, ${top.label}, came out at ${points(mean(differences))}.${forPrecision}`,
    action,
  }
}

/** The best of many is lucky as well as good: its score on the rows that chose it is too high. */
export function manyTriedOnSameRows({ scored, top, verdict, result }: RunFacts): Finding | undefined {
  const gain = result?.gain
  if (gain === undefined || top === undefined || verdict === 'none' || scored.length < 2) return undefined
  const others = scored.filter(candidate => candidate !== top).map(({ full }) => full.scores)
  const luck = luckOfBest(top.full.scores, others)
  const isDoubtful = luck >= gain.mean / 2
  if (scored.length < manyTried && !isDoubtful) return undefined
  return {
    id: 'many-candidates',
    tone: isDoubtful ? 'caution' : 'note',
    title: `The best of ${scored.length} on the same rows`,
    detail: `${scored.length} candidates were compared on the same ${rows(gain.count)}, and the best of many is partly luck: up to about ${size(luck)} of the ${points(gain.mean)} here. The test split has not chosen anything, so its score is the honest one.`,
    action: { id: 'reveal-test', words: 'Score the test split' },
  }
}

export function rowsFailed({ baseline, top, verdict }: RunFacts): Finding | undefined {
  const worst = [top, baseline].filter(isThere).toSorted((a, b) => failedOf(b) - failedOf(a))[0]
  if (worst === undefined) return undefined
  const { errors, unscored, count } = worst.full.summary
  const total = count + unscored
  if (total === 0 || (errors + unscored) / total < failedShare) return undefined
  const parts = [
    ...(errors > 0 ? [`${errors} failed in the program or the metric and ${verb(errors, 'counts', 'count')} as 0`] : []),
    ...(unscored > 0 ? [`${unscored} failed on the way to the model or to a score and ${verb(unscored, 'is', 'are')} left out`] : []),
  ]
  return {
    id: 'failed-rows',
    tone: verdict === 'none' ? 'cause' : 'caution',
    title: 'Many rows failed',
    detail: `Of ${rows(total)} of ${worst === baseline ? 'the program before' : worst.label}, ${parts.join(', and ')}. The score says more about these failures than about the candidates.`,
    action: { id: 'show-failed-rows', words: 'Show failed rows', candidate: worst.id },
  }
}

function failedOf({ full: { summary } }: ScoredView): number {
  return summary.errors + summary.unscored
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined
}

/** Rows that one state was scored on more than once, and how many of them did not get the same score each time. */
function repeatedScores({ view }: RunFacts): { readonly again: number; readonly differ: number } {
  let again = 0
  let differ = 0
  for (const { full, minibatches } of view.candidates) {
    const seen = new Map<string, { readonly score: number; times: number; isSame: boolean }>()
    for (const batch of [...(full ? [full] : []), ...minibatches]) {
      for (const [index, example] of batch.examples.entries()) {
        const score = batch.scores[index]
        if (score === null || score === undefined) continue
        const before = seen.get(example)
        if (before === undefined) seen.set(example, { score, times: 1, isSame: true })
        else {
          before.times += 1
          if (before.score !== score) before.isSame = false
        }
      }
    }
    for (const { times, isSame } of seen.values()) {
      if (times > 1) again += 1
      if (!isSame) differ += 1
    }
  }
  return { again, differ }
}

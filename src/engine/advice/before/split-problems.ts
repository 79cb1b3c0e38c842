import { countSplits, splits, type Split } from '../../data/split'
import type { ExampleId } from '../../base/example'
import { isEngineError } from '../../base/errors'
import type { ProgramGraph } from '../../program/program'
import { optimizerOf, sizesOf } from '../../run/plan/estimate'
import type { SplitSpec } from '../../project/project'
import type { RunSpec, SplitName } from '../../record/spec'
import type { StartFix, StartProblem } from './start-problem'
import { rowWords } from './words'

export interface SplitQuestion {
  readonly kind: 'compile' | 'evaluate'
  /** What an evaluation scores. */
  readonly scored: SplitName
  readonly graph: ProgramGraph
  readonly optimizer: NonNullable<RunSpec['optimizer']>
  readonly split: SplitSpec
  readonly ids: readonly ExampleId[]
}

type Counts = Readonly<Record<Split, number>>

/** Splits without the rows that the run needs, with another dealing that has them where there is one. */
export function splitProblems(question: SplitQuestion): readonly StartProblem[] {
  const { ids, split } = question
  if (ids.length === 0)
    return [
      {
        id: 'rows',
        severity: 'stop',
        message: 'The dataset has no rows.',
        advice: 'Add rows, or import a file.',
        fixes: [{ kind: 'open-data', words: 'Add rows' }],
      },
    ]
  const message = lackOf(question, countSplits(ids, split), split)
  if (message === undefined) return []
  const better = betterSplit(question)
  const fixes: StartFix[] = better
    ? [{ kind: 'set-split', split: better, words: `Split again ${splits.map(name => better[name]).join('/')}` }]
    : [{ kind: 'open-data', words: ids.length < 2 ? 'Add rows' : 'Change the split' }]
  return [{ id: 'rows', severity: 'stop', message, advice: 'Add rows, or change the sizes of the splits.', fixes }]
}

/** What is missing, in a sentence; undefined where the run has its rows. */
function lackOf(question: SplitQuestion, counts: Counts, split: SplitSpec): string | undefined {
  const total = splits.reduce((sum, name) => sum + counts[name], 0)
  const { kind, scored } = question
  if (counts.test === total && scored !== 'test' && scored !== 'all')
    return `${total === 1 ? 'The only row is' : `All ${rowWords(total)} are`} in the test split, which no run uses.`
  if (kind === 'evaluate') return scored === 'all' || counts[scored] > 0 ? undefined : `There are no rows in the ${scored} split to score.`
  if (counts.train === 0) return `There are no rows in the train split to learn from: ${whereAll(counts, total)}.`
  // Without a val split on purpose, candidates are scored on the train rows, as in DSPy.
  if (counts.val === 0 && split.val > 0) return `There are no rows in the val split to compare candidates on: ${whereAll(counts, total)}.`
  return optimizerLack(question, counts)
}

function whereAll(counts: Counts, total: number): string {
  const full = splits.filter(name => counts[name] > 0)
  const [only] = full
  return full.length === 1 && only
    ? `all ${rowWords(total)} are in ${only}`
    : full.map(name => `${rowWords(counts[name])} in ${name}`).join(', ')
}

function optimizerLack({ optimizer, graph }: SplitQuestion, { train, val }: Counts): string | undefined {
  const chosen = readOptimizer(optimizer)
  if (chosen === undefined) return undefined
  const { title, needs, problem } = chosen.optimizer
  const few = (name: string, needed: number, got: number): string =>
    `${title} needs at least ${rowWords(needed)} in the ${name} split, and there ${got === 1 ? 'is' : 'are'} ${got}.`
  if (train < needs.trainset) return few('train', needs.trainset, train)
  if (val < needs.valset) return few('val', needs.valset, val)
  return problem?.(chosen.params, sizesOf(chosen, { graph, train, val }))
}

/** Settings that do not fit are told where they are set. */
function readOptimizer(optimizer: SplitQuestion['optimizer']) {
  try {
    return optimizerOf(optimizer)
  } catch (error) {
    if (isEngineError(error)) return undefined
    throw error
  }
}

/** Another dealing of the same rows with which the run can start: the usual shares first, and another seed only where these few rows need it. */
function betterSplit(question: SplitQuestion): SplitSpec | undefined {
  const { ids, split } = question
  if (ids.length < 2) return undefined
  // Among many rows the seed decides nothing, and to deal them takes its time.
  const seeds = ids.length > manyRows ? [split.seed] : [split.seed, ...Array.from({ length: mostSeeds }, (_, seed) => seed)]
  for (const shares of usualShares)
    for (const seed of seeds) {
      const next = { ...shares, seed }
      if (lackOf(question, countSplits(ids, next), next) === undefined) return next
    }
  return undefined
}

const usualShares = [
  { train: 50, val: 30, test: 20 },
  { train: 60, val: 40, test: 0 },
  { train: 20, val: 80, test: 0 },
] as const
const manyRows = 200
const mostSeeds = 20

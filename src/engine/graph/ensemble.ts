import { canonicalJson } from '@/lib/canonical-json'
import type { Json } from '@/lib/json'
import { mean } from '@/lib/stats'
import type { Values } from '../base/example'
import { normalizeText } from '../metrics/normalize-text'
import type { ProgramState, ReduceId } from '../program/program'

/** The members of an ensemble as states of their own. */
export interface Ensemble {
  readonly reduce: ReduceId
  readonly members: readonly ProgramState[]
}

/** Undefined for a state that is one program. */
export function ensembleOf(state: ProgramState): Ensemble | undefined {
  if (known.has(state)) return known.get(state)
  const ensemble = findEnsemble(state)
  known.set(state, ensemble)
  return ensemble
}

/** States are never changed in place. */
const known = new WeakMap<ProgramState, Ensemble | undefined>()

function findEnsemble(state: ProgramState): Ensemble | undefined {
  const entries = Object.entries(state)
  const first = entries.find(([, predictor]) => predictor.ensemble)?.[1].ensemble
  if (first === undefined || first.members.length === 0) return undefined
  const members = first.members.map((_, index) =>
    Object.fromEntries(entries.map(([id, { ensemble, ...own }]) => [id, ensemble?.members[index] ?? own])),
  )
  return { reduce: first.reduce, members }
}

/** One state that stands for several. `best` is what a reader who knows nothing of ensembles sees. */
export function ensembleState(best: ProgramState, members: readonly ProgramState[], reduce: ReduceId): ProgramState {
  const entries = Object.entries(best).map(([id, own]) => [
    id,
    { ...own, ensemble: { reduce, members: members.flatMap(member => (member[id] ? [plain(member[id])] : [])) } },
  ])
  return Object.fromEntries(entries)
}

function plain({ instructions, demos, lm }: ProgramState[string]) {
  return { instructions, demos, ...(lm !== undefined && { lm }) }
}

/**
 * One answer of several. The majority is counted by the last output after DSPy's text normalisation, and the first answer that has
 * it is taken whole, so that its fields fit together (`dspy.majority`). Mean and median replace the fields that are numbers in all.
 */
export function reduceOutputs(reduce: ReduceId, answers: readonly Values[]): Values {
  const most = majority(answers)
  if (reduce === 'majority') return most
  const numbers = Object.keys(most).flatMap((name): readonly (readonly [string, Json])[] => {
    const values = answers.map(answer => answer[name]).filter(value => typeof value === 'number')
    return values.length === answers.length ? [[name, reduce === 'mean' ? mean(values) : median(values)]] : []
  })
  return { ...most, ...Object.fromEntries(numbers) }
}

function majority(answers: readonly Values[]): Values {
  const field = Object.keys(answers[0] ?? {}).at(-1) ?? ''
  const keyOf = (answer: Values): string => {
    const value = answer[field] ?? null
    return typeof value === 'string' ? normalizeText(value) : canonicalJson(value)
  }
  const counts = new Map<string, number>()
  for (const answer of answers) counts.set(keyOf(answer), (counts.get(keyOf(answer)) ?? 0) + 1)
  const top = Math.max(...counts.values())
  return answers.find(answer => counts.get(keyOf(answer)) === top) ?? {}
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2
}

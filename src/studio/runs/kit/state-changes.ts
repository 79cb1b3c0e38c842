import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import type { Demo, PredictorId, PredictorState, ProgramGraph, ProgramState } from '@/engine/program/program'
import { canonicalJson } from '@/lib/canonical-json'

/** What became of one predictor between two states of a program. */
export interface PredictorChange {
  readonly id: PredictorId
  readonly name: string
  readonly before: PredictorState
  readonly after: PredictorState
  readonly hasNewInstructions: boolean
  /** Demos in the order of the later state. */
  readonly added: readonly Demo[]
  readonly kept: readonly Demo[]
  readonly removed: readonly Demo[]
  /** Another choice among the demos, or all of them where there was a choice. */
  readonly hasNewChoice: boolean
}

/**
 * Every predictor of the later program, in execution order, also those that stayed as they were. One of a program that was put into a
 * step is compared with what it was outside of it.
 */
export function stateChanges(graph: ProgramGraph, before: ProgramState, after: ProgramState): readonly PredictorChange[] {
  return predictorsOf(graph).map(predictor => {
    const old = stateBefore(before, predictor.id)
    const next = after[predictor.id] ?? noState
    return {
      id: predictor.id,
      name: predictorName(predictor),
      before: old,
      after: next,
      hasNewInstructions: old.instructions !== next.instructions,
      ...demoDifference(old.demos, next.demos),
      hasNewChoice: !isEqual(old.nearest, next.nearest),
    }
  })
}

/** What the same predictor had learned before, where it may have stood further outside. */
export function stateBefore(before: ProgramState, id: PredictorId): PredictorState {
  const parts = id.split('/')
  for (let from = 0; from < parts.length; from += 2) {
    const found = before[parts.slice(from).join('/')]
    if (found) return found
  }
  return noState
}

/** Demos that came, stayed and went, by what is in them. */
export function demoDifference(before: readonly Demo[], after: readonly Demo[]): Pick<PredictorChange, 'added' | 'kept' | 'removed'> {
  const added = without(after, before)
  return { added, kept: without(after, added), removed: without(before, after) }
}

export function predictorName({ key, stepName }: Pick<Predictor, 'key' | 'stepName'>): string {
  return key === '' ? stepName : `${stepName} · ${key}`
}

export function isChanged({ hasNewInstructions, added, removed, hasNewChoice }: PredictorChange): boolean {
  return hasNewInstructions || added.length > 0 || removed.length > 0 || hasNewChoice
}

/** `instructions, +4 demos`. */
export function changeWords({ hasNewInstructions, added, removed, hasNewChoice, after }: PredictorChange): string {
  return [
    ...(hasNewInstructions ? ['instructions'] : []),
    ...(added.length > 0 ? [`+${added.length} ${added.length === 1 ? 'demo' : 'demos'}`] : []),
    ...(removed.length > 0 ? [`−${removed.length} ${removed.length === 1 ? 'demo' : 'demos'}`] : []),
    ...(hasNewChoice ? [after.nearest ? `${after.nearest.k} nearest shown` : 'all demos shown'] : []),
  ].join(', ')
}

/** Items of `demos` that are not in `others`; a demo that stands twice must be met twice. */
function without(demos: readonly Demo[], others: readonly Demo[]): readonly Demo[] {
  const counts = new Map<string, number>()
  for (const other of others) counts.set(canonicalJson(other), (counts.get(canonicalJson(other)) ?? 0) + 1)
  return demos.filter(demo => {
    const left = counts.get(canonicalJson(demo)) ?? 0
    counts.set(canonicalJson(demo), left - 1)
    return left <= 0
  })
}

function isEqual(before: unknown, after: unknown): boolean {
  return canonicalJson(before ?? null) === canonicalJson(after ?? null)
}

const noState: PredictorState = { instructions: '', demos: [] }

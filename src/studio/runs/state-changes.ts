import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import type { Demo, PredictorId, PredictorState, ProgramGraph, ProgramState } from '@/engine/graph/program'
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
}

/** Every predictor, in execution order, also those that stayed as they were. */
export function stateChanges(graph: ProgramGraph, before: ProgramState, after: ProgramState): readonly PredictorChange[] {
  return predictorsOf(graph).map(predictor => {
    const old = before[predictor.id] ?? noState
    const next = after[predictor.id] ?? noState
    return {
      id: predictor.id,
      name: predictorName(predictor),
      before: old,
      after: next,
      hasNewInstructions: old.instructions !== next.instructions,
      added: without(next.demos, old.demos),
      kept: without(next.demos, without(next.demos, old.demos)),
      removed: without(old.demos, next.demos),
    }
  })
}

export function predictorName({ key, node }: Pick<Predictor, 'key' | 'node'>): string {
  return key === '' ? node.name : `${node.name} · ${key}`
}

export function isChanged({ hasNewInstructions, added, removed }: PredictorChange): boolean {
  return hasNewInstructions || added.length > 0 || removed.length > 0
}

/** `instructions, 4 demos added` */
export function changeWords({ hasNewInstructions, added, removed }: PredictorChange): string {
  return [
    ...(hasNewInstructions ? ['instructions'] : []),
    ...(added.length > 0 ? [`+${added.length} ${added.length === 1 ? 'demo' : 'demos'}`] : []),
    ...(removed.length > 0 ? [`−${removed.length} ${removed.length === 1 ? 'demo' : 'demos'}`] : []),
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

const noState: PredictorState = { instructions: '', demos: [] }

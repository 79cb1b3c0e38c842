import type { Rng } from '@/lib/rng'
import type { Json } from '@/lib/json'
import type { Example } from '../../base/example'
import { openPredictors } from '../../graph/locks'
import { planOf } from '../../graph/plan'
import type { Predictor } from '../../graph/predictors'
import type { Demo, NodeId, PredictorState, Program, ProgramGraph, ProgramState } from '../../program/program'

/** DSPy's `reset_copy`: no demos. Differs: a model that a predictor was given stays, where DSPy drops it without a word. */
export function withoutDemos({ graph, state }: Program): ProgramState {
  return withDemos(graph, state, () => [])
}

/** The state with other demos; everything else stays, also the demos of locked steps. Predictors are asked in execution order. */
export function withDemos(graph: ProgramGraph, state: ProgramState, demosOf: (predictor: Predictor) => readonly Demo[]): ProgramState {
  const changed = openPredictors(graph, 'demos').map((predictor): [string, PredictorState] => {
    // Neither a choice by likeness nor an ensemble of the old demos speaks of the new ones.
    const { nearest: _nearest, ensemble: _ensemble, ...old } = state[predictor.id] ?? { demos: [] }
    const instructions = predictor.instructions(state)
    return [predictor.id, { ...old, instructions, demos: demosOf(predictor) }]
  })
  return { ...state, ...Object.fromEntries(changed) }
}

/** LabeledFewShot's step: each predictor gets `k` train examples, drawn from one generator in execution order, or the first `k`. */
export function withLabelledDemos(
  program: Program,
  trainset: readonly Example[],
  { k, rng }: { readonly k: number; readonly rng?: Rng },
): ProgramState {
  const count = Math.min(k, trainset.length)
  return withDemos(program.graph, program.state, predictor => {
    const chosen = rng ? rng.sample(trainset, count) : trainset.slice(0, count)
    return chosen.map(example => labelledDemo(program.graph, predictor, example))
  })
}

/**
 * A train example as a demo: the whole row, its fields by name. Differs: a field that is wired straight from the Input or into the
 * Output under another name takes the value of that name; DSPy programs rename in code, which its demos cannot follow.
 */
export function labelledDemo(graph: ProgramGraph, predictor: Predictor, example: Example): Demo {
  const demo: Record<string, Json> = { ...example.labels, ...example.inputs }
  const renames = renamesOf(graph, predictor)
  for (const { name, source } of renames.inputs) if (example.inputs[source] !== undefined) demo[name] = example.inputs[source]
  for (const { name, source } of renames.outputs) if (example.labels[source] !== undefined) demo[name] = example.labels[source]
  return demo
}

interface Renames {
  readonly inputs: readonly { readonly name: string; readonly source: string }[]
  readonly outputs: readonly { readonly name: string; readonly source: string }[]
}

function renamesOf(graph: ProgramGraph, { node }: Predictor): Renames {
  let byNode = renamesByGraph.get(graph)
  if (byNode === undefined) renamesByGraph.set(graph, (byNode = new Map()))
  let renames = byNode.get(node.id)
  if (renames === undefined) byNode.set(node.id, (renames = findRenames(graph, node.id)))
  return renames
}

function findRenames(graph: ProgramGraph, node: NodeId): Renames {
  const plan = planOf(graph)
  const inputNodes = new Set(plan.inputs.map(input => input.node))
  const wires = plan.layers.flat().find(planned => planned.node.id === node)?.wires ?? []
  const intoOutput = plan.outputs.flatMap(output => output.wires.filter(wire => wire.from === node))
  return {
    inputs: wires.filter(wire => inputNodes.has(wire.from)).map(wire => ({ name: wire.field.name, source: wire.name })),
    outputs: intoOutput.map(wire => ({ name: wire.name, source: wire.field.name })),
  }
}

/** Graphs are never changed in place. */
const renamesByGraph = new WeakMap<ProgramGraph, Map<NodeId, Renames>>()

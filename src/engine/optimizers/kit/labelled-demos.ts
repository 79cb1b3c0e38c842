import type { Rng } from '@/lib/rng'
import type { Example, Values } from '../../base/example'
import { openPredictors } from '../../graph/locks'
import { planOf } from '../../graph/plan'
import type { Predictor, Surrounding } from '../../graph/predictors'
import type { Demo, NodeId, PredictorState, Program, ProgramGraph, ProgramState } from '../../program/program'

/** DSPy's `reset_copy`: no demos. Differs: a model that a predictor was given stays, where DSPy drops it without a word. */
export function withoutDemos({ graph, state }: Program): ProgramState {
  return withDemos(graph, state, () => [])
}

/** The state with other demos; everything else stays, also the demos of locked steps. Predictors are asked in execution order. */
export function withDemos(graph: ProgramGraph, state: ProgramState, demosOf: (predictor: Predictor) => readonly Demo[]): ProgramState {
  const changed = openPredictors(graph, 'demos').map((predictor): [string, PredictorState] => {
    // A choice by similarity among the old demos does not speak of the new ones.
    const { nearest: _nearest, ...old } = state[predictor.id] ?? { demos: [] }
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
    return chosen.map(example => labelledDemo(predictor, example))
  })
}

/**
 * A train example as a demo: the whole row, its fields by name. Differs: a field that is wired straight from the Input or into the
 * Output under another name takes the value of that name; DSPy programs rename in code, which its demos cannot follow. Of a predictor
 * within a step the same holds from Input to Input.
 */
export function labelledDemo({ graph, node, around }: Predictor, example: Row): Demo {
  const { inputs, labels } = around.reduce(renamed, example)
  const own = renamed({ inputs, labels }, { graph, node })
  return { ...labels, ...inputs, ...own.renamedInputs, ...own.renamedLabels }
}

type Row = Pick<Example, 'inputs' | 'labels'>

/** The row as the programs within a step of this graph have it: also under the names of the step's own fields. */
function renamed(row: Row, { graph, node }: Surrounding): Row & { readonly renamedInputs: Values; readonly renamedLabels: Values } {
  const names = renamesOf(graph, node.id)
  const renamedInputs = under(names.inputs, row.inputs)
  const renamedLabels = under(names.outputs, row.labels)
  return { inputs: { ...row.inputs, ...renamedInputs }, labels: { ...row.labels, ...renamedLabels }, renamedInputs, renamedLabels }
}

function under(names: Renames['inputs'], values: Values): Values {
  return Object.fromEntries(names.flatMap(({ name, source }) => (values[source] === undefined ? [] : [[name, values[source]]])))
}

interface Renames {
  readonly inputs: readonly { readonly name: string; readonly source: string }[]
  readonly outputs: readonly { readonly name: string; readonly source: string }[]
}

function renamesOf(graph: ProgramGraph, node: NodeId): Renames {
  let byNode = renamesByGraph.get(graph)
  if (byNode === undefined) renamesByGraph.set(graph, (byNode = new Map()))
  let renames = byNode.get(node)
  if (renames === undefined) byNode.set(node, (renames = findRenames(graph, node)))
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

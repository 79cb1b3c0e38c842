import { checkFields } from '../signature/check-fields'
import type { FieldId } from '../signature/signature'
import { moduleKind, stepOf, type Step } from '../modules/registry'
import { graphOrder, reaches } from '../program/order'
import { inputFields, nodeById, outputFields, sourceField, targetField } from './ports'
import type { EdgeId, NodeId, ProgramGraph, ProgramNode } from '../program/program'
import { typeMismatch } from '../program/type-compatible'

/** Something to put right before (error) or worth knowing (warning). */
export interface GraphProblem {
  readonly node?: NodeId
  readonly field?: FieldId
  readonly edge?: EdgeId
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** Everything that keeps a program from running, each with its place and what to do. Empty for a sound program. */
export function checkGraph(graph: ProgramGraph): readonly GraphProblem[] {
  if (graph.nodes.length === 0) return [{ severity: 'error', message: 'The program is empty. Add an Input, a Signature and an Output.' }]
  const unknown = unknownModules(graph)
  if (unknown.length > 0) return unknown
  return [
    ...checkKinds(graph),
    ...checkNames(graph),
    ...graph.nodes.flatMap(checkNode),
    ...checkEdges(graph),
    ...checkWires(graph),
    ...checkCycles(graph),
    ...checkUse(graph),
  ]
}

function unknownModules(graph: ProgramGraph): readonly GraphProblem[] {
  return graph.nodes.flatMap(node =>
    node.kind === 'signature' && moduleKind(node.module) === undefined
      ? [
          error(`${node.name} uses the module "${node.module}", which this version does not know. Choose another module.`, {
            node: node.id,
          }),
        ]
      : [],
  )
}

function checkKinds(graph: ProgramGraph): readonly GraphProblem[] {
  const problems: GraphProblem[] = []
  for (const [kind, title, role] of [
    ['input', 'Input', 'where a row enters'],
    ['output', 'Output', 'what the program returns'],
  ] as const) {
    const nodes = graph.nodes.filter(node => node.kind === kind)
    if (nodes.length === 0) problems.push(error(`The program has no ${title}. Add one: it says ${role}.`))
    for (const extra of nodes.slice(1)) {
      problems.push(
        error(`A program has one ${title}. Move the fields of ${extra.name} to ${nodes[0]?.name} and delete it.`, { node: extra.id }),
      )
    }
  }
  if (
    !graph.nodes.some(node => {
      const step = stepOf(node)
      return step !== undefined && asksModel(step)
    })
  )
    problems.push(error('No step asks a model yet. Add a Signature.'))
  return problems
}

function checkNames(graph: ProgramGraph): readonly GraphProblem[] {
  const seen = new Set<string>()
  const problems: GraphProblem[] = []
  for (const node of graph.nodes) {
    const name = node.name.trim().toLowerCase()
    if (name === '') problems.push(error('This step has no name. Give it one.', { node: node.id }))
    else if (seen.has(name)) problems.push(error(`Two steps are called "${node.name}". Rename one.`, { node: node.id }))
    seen.add(name)
  }
  return problems
}

function checkNode(node: ProgramNode): readonly GraphProblem[] {
  const at = { node: node.id }
  const problems: GraphProblem[] = checkFields(node.fields).map(({ fieldId, message }) => error(message, { ...at, field: fieldId }))
  const inputs = inputFields(node).length
  const outputs = node.fields.length - inputs
  if (node.kind === 'input' && outputs === 0)
    problems.push(error(`${node.name} has no field. Add one for each column the program reads.`, at))
  if (node.kind === 'output' && inputs === 0) problems.push(error(`${node.name} has no field. Add one for each value to return.`, at))
  if (node.kind === 'signature' && inputs === 0) problems.push(error(`${node.name} has no input. Add a field for what it reads.`, at))
  const step = stepOf(node)
  if (step && outputs === 0)
    problems.push(error(`${node.name} has no output. Add a field for what it ${asksModel(step) ? 'answers' : 'returns'}.`, at))
  if (step) problems.push(...step.kind.problems(step.node).map(message => error(message, at)))
  return problems
}

function asksModel({ node, kind }: Step): boolean {
  return kind.slots(node).length > 0
}

function checkEdges(graph: ProgramGraph): readonly GraphProblem[] {
  const taken = new Set<string>()
  return graph.edges.flatMap((edge): readonly GraphProblem[] => {
    const from = sourceField(graph, edge.from)
    const to = targetField(graph, edge.to)
    const target = nodeById(graph, edge.to.node)
    if (from === undefined || to === undefined || target === undefined) {
      return [error('A wire ends at a field that is gone. Delete the wire.', { edge: edge.id })]
    }
    const at = { edge: edge.id, node: target.id, field: to.id }
    const end = `${target.id} ${to.id}`
    if (taken.has(end)) return [error(`"${to.name}" of ${target.name} has two sources. Remove one wire.`, at)]
    taken.add(end)
    const mismatch = typeMismatch(from.type, to.type)
    return mismatch === undefined
      ? []
      : [error(`The wire into "${to.name}" of ${target.name} does not fit: ${mismatch}. Change one of the types.`, at)]
  })
}

function checkWires(graph: ProgramGraph): readonly GraphProblem[] {
  const wired = new Set(graph.edges.filter(edge => sourceField(graph, edge.from)).map(edge => `${edge.to.node} ${edge.to.field}`))
  return graph.nodes.flatMap(node =>
    inputFields(node)
      .filter(field => !wired.has(`${node.id} ${field.id}`))
      .map(field => error(`Nothing feeds "${field.name}" of ${node.name}. Connect it or remove it.`, { node: node.id, field: field.id })),
  )
}

function checkCycles(graph: ProgramGraph): readonly GraphProblem[] {
  const { cyclic } = graphOrder(graph)
  const loop = cyclic.filter(node => graph.edges.some(edge => edge.from.node === node.id && reaches(graph, edge.to.node, node.id)))
  if (loop.length === 0) return []
  const names = loop.map(node => node.name).join(', ')
  return loop.map(node => error(`${names} feed each other in a circle. Remove a wire between them.`, { node: node.id }))
}

/** Steps that nothing reads cost calls for nothing; unused inputs are usually a forgotten wire. */
function checkUse(graph: ProgramGraph): readonly GraphProblem[] {
  const outputs = graph.nodes.filter(node => node.kind === 'output')
  if (outputs.length === 0) return []
  return graph.nodes.flatMap((node): readonly GraphProblem[] => {
    if (node.kind === 'output') return []
    if (node.kind === 'input') {
      return outputFields(node)
        .filter(field => !graph.edges.some(edge => edge.from.node === node.id && edge.from.field === field.id))
        .map(field => warning(`Nothing reads "${field.name}" of ${node.name}.`, { node: node.id, field: field.id }))
    }
    if (outputs.some(output => reaches(graph, node.id, output.id))) return []
    return [warning(`Nothing that ${node.name} answers reaches the Output. Connect it or delete it.`, { node: node.id })]
  })
}

function error(message: string, at: Omit<GraphProblem, 'message' | 'severity'> = {}): GraphProblem {
  return { ...at, message, severity: 'error' }
}

function warning(message: string, at: Omit<GraphProblem, 'message' | 'severity'> = {}): GraphProblem {
  return { ...at, message, severity: 'warning' }
}

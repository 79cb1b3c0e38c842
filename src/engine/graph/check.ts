import { isOneLine } from '@/lib/line-text'
import { checkFields, outputProblem } from '../signature/check-fields'
import { typeName } from '../signature/type-name'
import type { FieldType } from '../signature/types/field-type'
import { unaskedWords } from '../signature/decisions/settings'
import { isDecisionType } from '../signature/types/decision-kinds'
import type { FieldId } from '../signature/signature'
import { stepOf, unknownStep, unknownSteps, type Step } from '../modules/registry'
import { leadingTo, onCycles } from '../program/order'
import { inputFields, lookUp, outputFields } from './ports'
import { areExclusive, isAlways, presenceOf } from './presence'
import type { EdgeEnd, EdgeId, NodeId, ProgramGraph, ProgramNode, StepPath } from '../program/program'
import { unlikeTypes } from '../program/named-types'
import { typeMismatch } from '../program/type-compatible'
import { adapterIds, isAdapterId } from '../program/adapter-id'
import { bodyGraph, bodyPath } from '../program/bodies'
import { isInputNode, isOutputNode } from '../program/ends'

/** Something to put right before (error) or worth knowing (warning). */
export interface GraphProblem {
  readonly node?: NodeId
  /** The place within a body of `node` that it is about: a node there, or the body as a whole. */
  readonly within?: StepPath
  readonly field?: FieldId
  readonly edge?: EdgeId
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** Everything that keeps a program from running, also in the bodies of its steps, each with its place and what to do. */
export function checkGraph(graph: ProgramGraph): readonly GraphProblem[] {
  if (graph.nodes.length === 0) return [{ severity: 'error', message: 'The program is empty. Add an Input, a Signature and an Output.' }]
  const unknown = unknownSteps(graph)
  if (unknown.length > 0) return unknown.map(node => error(unknownStep(node), { node: node.id }))
  return [
    ...checkAdapters(graph),
    ...checkKinds(graph),
    ...checkNames(graph),
    ...checkTypes(graph),
    ...graph.nodes.flatMap(checkNode),
    ...checkEdges(graph),
    ...checkWires(graph),
    ...checkCycles(graph),
    ...checkPresence(graph),
    ...checkUse(graph),
    ...graph.nodes.flatMap(node => checkBodies(graph, node)),
  ]
}

/** The programs within a step, each as a program of its own. */
function checkBodies(graph: ProgramGraph, node: ProgramNode): readonly GraphProblem[] {
  const step = stepOf(node)
  if (step === undefined) return []
  return step.bodies().flatMap(({ body }) => {
    const path = bodyPath(node.id, body.id)
    if (!isOneLine(body.name)) return [error(unseenName(`A program of ${node.name}`), { node: node.id, within: path })]
    return checkGraph(bodyGraph(graph, step.node, body)).map(({ message, severity, ...at }) => {
      const inner = at.within ?? at.node
      return { node: node.id, within: inner === undefined ? path : `${path}/${inner}`, message: `In ${body.name}: ${message}`, severity }
    })
  })
}

function checkAdapters(graph: ProgramGraph): readonly GraphProblem[] {
  const words = (whose: string, id: string): string =>
    `${whose} has the adapter "${id}", which this version does not know. Choose ${adapterIds.join(', ')}.`
  const own = graph.nodes.flatMap(node =>
    'adapter' in node && node.adapter !== undefined && !isAdapterId(node.adapter)
      ? [error(words(node.name, node.adapter), { node: node.id })]
      : [],
  )
  return graph.adapter === undefined || isAdapterId(graph.adapter) ? own : [error(words('The program', graph.adapter)), ...own]
}

function checkKinds(graph: ProgramGraph): readonly GraphProblem[] {
  const problems: GraphProblem[] = []
  for (const [isOne, title, role] of [
    [isInputNode, 'Input', 'where a row enters'],
    [isOutputNode, 'Output', 'what the program returns'],
  ] as const) {
    const nodes = graph.nodes.filter(isOne)
    if (nodes.length === 0) problems.push(error(`The program has no ${title}. Add one: it says ${role}.`))
    for (const extra of nodes.slice(1)) {
      problems.push(
        error(`A program has one ${title}. Move the fields of ${extra.name} to ${nodes[0]?.name} and delete it.`, { node: extra.id }),
      )
    }
  }
  if (!asks(graph)) problems.push(error('No step asks a model yet. Add a Signature.'))
  return problems
}

function checkNames(graph: ProgramGraph): readonly GraphProblem[] {
  const seen = new Set<string>()
  const problems: GraphProblem[] = []
  for (const node of graph.nodes) {
    const name = node.name.trim().toLowerCase()
    if (name === '') problems.push(error('This step has no name. Give it one.', { node: node.id }))
    else if (!isOneLine(node.name)) problems.push(error(unseenName('This step'), { node: node.id }))
    else if (seen.has(name)) problems.push(error(`Two steps are called "${node.name}". Rename one.`, { node: node.id }))
    seen.add(name)
  }
  return problems
}

/** A name stands for one type: prompts and exported code have room for no other. */
function checkTypes(graph: ProgramGraph): readonly GraphProblem[] {
  return unlikeTypes({ graph }).map(([type]) =>
    error(`Two types are called ${type?.name} and differ. Press Types at the top of the program's panel and choose one of them.`),
  )
}

function unseenName(what: string): string {
  return `${what} has a name with a line break in it, or with characters that cannot be seen. Rename it.`
}

function checkNode(node: ProgramNode): readonly GraphProblem[] {
  const at = { node: node.id }
  const step = stepOf(node)
  const sides = step?.namesPerSide ? [inputFields(node), outputFields(node)] : [node.fields]
  const problems = sides.flatMap(checkFields).map(({ fieldId, message }) => error(message, { ...at, field: fieldId }))
  if (node.kind === 'signature')
    for (const field of outputFields(node)) {
      const problem = outputProblem(field)
      if (problem) problems.push(error(problem, { ...at, field: field.id }))
      // Settings of the predictor may say what is asked, so that this keeps nothing from running by itself.
      if (isDecisionType(field.type) && field.desc.trim() === '')
        problems.push(warning(unaskedWords(field.name), { ...at, field: field.id }))
    }
  const inputs = inputFields(node).length
  const outputs = node.fields.length - inputs
  if (isInputNode(node) && outputs === 0) problems.push(error(`${node.name} has no field. Add one for each column the program reads.`, at))
  if (isOutputNode(node) && inputs === 0) problems.push(error(`${node.name} has no field. Add one for each value to return.`, at))
  if (step?.needsInput && inputs === 0) problems.push(error(`${node.name} has no input. Add a field for what it reads.`, at))
  if (step && outputs === 0)
    problems.push(error(`${node.name} has no output. Add a field for what it ${asksModel(step) ? 'answers' : 'returns'}.`, at))
  if (step) problems.push(...step.problems().map(message => error(message, at)))
  return problems
}

function asksModel(step: Step): boolean {
  return step.slots().length > 0 || step.bodies().some(({ body }) => asks(body.graph))
}

function asks(graph: ProgramGraph): boolean {
  return graph.nodes.some(node => {
    const step = stepOf(node)
    return step !== undefined && asksModel(step)
  })
}

function checkEdges(graph: ProgramGraph): readonly GraphProblem[] {
  const { source, target: targetOf } = lookUp(graph)
  const { source: presence } = presenceOf(graph)
  const taken = new Map<string, EdgeEnd[]>()
  return graph.edges.flatMap((edge): readonly GraphProblem[] => {
    const from = source(edge.from)
    const found = targetOf(edge.to)
    if (from === undefined || found === undefined) {
      return [error('A wire ends at a field that is gone. Delete the wire.', { edge: edge.id })]
    }
    const { node: target, field: to } = found
    const at = { edge: edge.id, node: target.id, field: to.id }
    const end = `${target.id} ${to.id}`
    const others = taken.get(end) ?? []
    if (others.some(other => !areExclusive(presence(other), presence(edge.from))))
      return [error(`"${to.name}" of ${target.name} has two sources. Remove one wire, or let a Branch choose between them.`, at)]
    taken.set(end, [...others, edge.from])
    const mismatch = typeMismatch(from.field.type, to.type)
    if (mismatch !== undefined)
      return [error(`The wire into "${to.name}" of ${target.name} does not fit: ${mismatch}. Change one of the types.`, at)]
    const printed = target.kind === 'signature' ? printedAs(from.field.type, to.type) : undefined
    return printed === undefined
      ? []
      : [warning(`"${to.name}" of ${target.name} is a text and gets ${printed}. Give it the same type to have it shown as that.`, at)]
  })
}

/** What a prompt shows where a text is fed with something that has parts. A list of texts is often meant for one. */
function printedAs(from: FieldType, to: FieldType): string | undefined {
  const [given, wanted] = [from, to].map(type => (type.kind === 'optional' ? type.of : type))
  if (wanted?.kind !== 'str') return undefined
  if (given?.kind === 'tuple' || given?.kind === 'set')
    return `a ${given.kind}: prompts show its values as numbered quotes, «a», one on each line`
  const isObject = given?.kind === 'dict' || given?.kind === 'object' || given?.kind === 'class'
  return isObject ? `${typeName(given)}: prompts show it as JSON, {"a": 1}` : undefined
}

function checkWires(graph: ProgramGraph): readonly GraphProblem[] {
  const { source } = lookUp(graph)
  const wired = new Set(graph.edges.filter(edge => source(edge.from)).map(edge => `${edge.to.node} ${edge.to.field}`))
  return graph.nodes.flatMap(node =>
    inputFields(node)
      .filter(field => field.default === undefined && !wired.has(`${node.id} ${field.id}`))
      .map(field => error(`Nothing feeds "${field.name}" of ${node.name}. Connect it or remove it.`, { node: node.id, field: field.id })),
  )
}

function checkCycles(graph: ProgramGraph): readonly GraphProblem[] {
  const cyclic = onCycles(graph)
  const loop = graph.nodes.filter(({ id }) => cyclic.has(id))
  if (loop.length === 0) return []
  const most = 12
  const names = loop.slice(0, most).map(node => node.name)
  const all = loop.length > most ? `${names.join(', ')} and ${loop.length - most} more` : names.join(', ')
  return loop.map(node => error(`${all} feed each other in a circle. Remove a wire between them.`, { node: node.id }))
}

/** Steps that no row reaches, and outputs that some rows leave without a value. */
function checkPresence(graph: ProgramGraph): readonly GraphProblem[] {
  const presence = presenceOf(graph)
  return graph.nodes.flatMap((node): readonly GraphProblem[] => {
    if (isOutputNode(node))
      return inputFields(node)
        .filter(({ id }) => !isAlways(presence.input({ node: node.id, field: id })))
        .map(({ id, name }) =>
          warning(
            `Some rows give no "${name}" to ${node.name}: not every way of a Branch leads to it. Connect the others, too, or give it a default.`,
            {
              node: node.id,
              field: id,
            },
          ),
        )
    if (presence.node(node.id).length > 0) return []
    return [error(`${node.name} never runs: it reads from ways of a Branch that are not taken together. Remove a wire.`, { node: node.id })]
  })
}

/** Steps that nothing reads cost calls for nothing; unused inputs are usually a forgotten wire. */
function checkUse(graph: ProgramGraph): readonly GraphProblem[] {
  const outputs = graph.nodes.filter(isOutputNode)
  if (outputs.length === 0) return []
  const useful = leadingTo(
    graph,
    outputs.map(({ id }) => id),
  )
  const read = new Set(graph.edges.map(({ from }) => `${from.node} ${from.field}`))
  return graph.nodes.flatMap((node): readonly GraphProblem[] => {
    if (isOutputNode(node)) return []
    if (isInputNode(node)) {
      return outputFields(node)
        .filter(field => !read.has(`${node.id} ${field.id}`))
        .map(field => warning(`Nothing reads "${field.name}" of ${node.name}.`, { node: node.id, field: field.id }))
    }
    if (useful.has(node.id)) return []
    return [warning(`No output of ${node.name} leads to the Output. Connect one, or delete the step.`, { node: node.id })]
  })
}

function error(message: string, at: Omit<GraphProblem, 'message' | 'severity'> = {}): GraphProblem {
  return { ...at, message, severity: 'error' }
}

function warning(message: string, at: Omit<GraphProblem, 'message' | 'severity'> = {}): GraphProblem {
  return { ...at, message, severity: 'warning' }
}

import { pythonRepr } from '@/lib/python-text'
import type { Json } from '@/lib/json'
import type { Program, ProgramGraph, ProgramNode, StepNode } from '@/engine/program/program'
import { pythonName } from '@/engine/signature/python-name'

/** A text as a literal of Python: on one line, with everything escaped that is not printed. */
export function pythonString(text: string): string {
  return pythonRepr(text)
}

/** A value as a literal of Python. */
export function pythonLiteral(value: Json): string {
  return pythonRepr(value)
}

/** Text for inside of a comment: one line of what can be printed. */
export function pythonComment(text: string): string {
  return pythonRepr(text.replace(/\s+/g, ' ').trim()).slice(1, -1)
}

/** `classify_ticket` → `ClassifyTicket`. */
export function pythonClassName(label: string): string {
  const name = pythonName(label)
    .split('_')
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
  return /^[A-Z]/.test(name) ? name : `Step${name}`
}

/** The first of `name`, `name2`, `name3`, … that is free; taken from then on. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`
  taken.add(name)
  return name
}

/**
 * The program with steps under attributes that a module of the package can have: each by its own name, and none that hides what a module
 * has itself. Its state file goes by the same names.
 */
export function withPythonNames({ graph, state }: Program): Program {
  return { graph: namedGraph(graph), state }
}

function namedGraph(graph: ProgramGraph): ProgramGraph {
  return { ...graph, nodes: graph.nodes.map(namedNode) }
}

function namedNode(node: ProgramNode): ProgramNode {
  if (node.kind === 'input' || node.kind === 'output') return node
  const { dspyPath: _, ...own } = node
  const name = pythonNameOf(node).label
  const bodies = node.bodies && { bodies: node.bodies.map(body => ({ ...body, graph: namedGraph(body.graph) })) }
  // The kind is that of the node, whatever it is.
  return { ...own, name, ...bodies } as ProgramNode
}

/** What a step is called in the package, and whether it is another name than elsewhere. */
export function pythonNameOf({ name }: Pick<StepNode, 'name'>): {
  readonly label: string
  readonly attribute: string
  readonly isOther: boolean
} {
  const isOther = moduleAttributes.has(pythonName(name))
  const label = isOther ? `${name} step` : name
  return { label, attribute: pythonName(label), isOther }
}

/** What `dspy.Module` 3.4.1 and the classes of steps.py have, and a step must not hide. */
const moduleAttributes: ReadonlySet<string> = new Set(
  (
    'acall batch deepcopy dump_state get_lm inspect_history load load_state map_named_predictors named_parameters named_predictors ' +
    'named_sub_modules parameters predictors reset_copy save set_lm aforward adapters run wording programs'
  ).split(' '),
)

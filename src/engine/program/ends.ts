import type { Field } from '../signature/signature'
import type { InputNode, OutputNode, ProgramGraph, ProgramNode } from './program'

/** Where rows enter a program. */
export function isInputNode(node: ProgramNode): node is InputNode {
  return node.kind === 'input'
}

/** What a program returns. */
export function isOutputNode(node: ProgramNode): node is OutputNode {
  return node.kind === 'output'
}

/** What a row feeds: the fields of the Input. */
export function programInputs(graph: ProgramGraph): readonly Field[] {
  return graph.nodes.flatMap(node => (isInputNode(node) ? node.fields : []))
}

/** What a row may know the right answer of: the fields of the Output. */
export function programOutputs(graph: ProgramGraph): readonly Field[] {
  return graph.nodes.flatMap(node => (isOutputNode(node) ? node.fields : []))
}

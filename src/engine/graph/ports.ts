import { stepOf } from '../modules/registry'
import type { Field, FieldId } from '../signature/signature'
import type { EdgeEnd, NodeId, ProgramGraph, ProgramNode } from '../program/program'

/** Fields of a node that an edge may lead into. */
export function inputFields(node: ProgramNode): readonly Field[] {
  return node.fields.filter(field => field.role === 'input')
}

/** Fields of a node that an edge may start from; those that its module adds come first. */
export function outputFields(node: ProgramNode): readonly Field[] {
  const written = node.fields.filter(field => field.role === 'output')
  const added = addedFields(node)
  return added.length === 0 ? written : [...added, ...written]
}

/** Fields that a node's kind adds to the written ones; a written field of the same name stands for it. */
export function addedFields(node: ProgramNode): readonly Field[] {
  const step = stepOf(node)
  if (step === undefined) return []
  const names = new Set(node.fields.map(field => field.name))
  return step.kind.addedOutputs(step.node).filter(field => !names.has(field.name))
}

export function nodeById(graph: ProgramGraph, id: NodeId): ProgramNode | undefined {
  return graph.nodes.find(node => node.id === id)
}

/** The field an edge starts from. */
export function sourceField(graph: ProgramGraph, end: EdgeEnd): Field | undefined {
  return fieldById(nodeById(graph, end.node), end.field, outputFields)
}

/** The field an edge leads into. */
export function targetField(graph: ProgramGraph, end: EdgeEnd): Field | undefined {
  return fieldById(nodeById(graph, end.node), end.field, inputFields)
}

function fieldById(node: ProgramNode | undefined, id: FieldId, fieldsOf: (node: ProgramNode) => readonly Field[]): Field | undefined {
  return node && fieldsOf(node).find(field => field.id === id)
}

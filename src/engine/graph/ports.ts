import { stepOf } from '../modules/registry'
import type { FieldType } from '../signature/types/field-type'
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
  return step.addedOutputs().filter(field => !names.has(field.name))
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

export interface FieldAt {
  readonly node: ProgramNode
  readonly field: Field
}

/** Finds the fields that edges start from and lead into, for whoever asks for many: a search of the graph for each would be quadratic. */
export function lookUp(graph: ProgramGraph): Record<'source' | 'target', (end: EdgeEnd) => FieldAt | undefined> {
  const nodes = new Map(graph.nodes.map(node => [node.id, node]))
  const finder = (fieldsOf: (node: ProgramNode) => readonly Field[]) => {
    const known = new Map<ProgramNode, ReadonlyMap<FieldId, Field>>()
    return (end: EdgeEnd): FieldAt | undefined => {
      const node = nodes.get(end.node)
      if (node === undefined) return undefined
      let fields = known.get(node)
      if (fields === undefined) known.set(node, (fields = new Map(fieldsOf(node).map(field => [field.id, field]))))
      const field = fields.get(end.field)
      return field && { node, field }
    }
  }
  return { source: finder(outputFields), target: finder(inputFields) }
}

/** The type of each output of the program: that of the field it comes from, where it is one, which is the narrower of the two. */
export function typesOfOutputs(graph: ProgramGraph): (output: string) => FieldType | undefined {
  const types = new Map<string, FieldType>()
  for (const node of graph.nodes) {
    if (node.kind !== 'output') continue
    for (const field of node.fields) {
      const edges = graph.edges.filter(({ to }) => to.node === node.id && to.field === field.id)
      const [only, ...others] = edges.flatMap(({ from }) => sourceField(graph, from) ?? [])
      // Of several ways to a value its own type is the one that fits all of them.
      types.set(field.name, (only && others.length === 0 ? only : field).type)
    }
  }
  return output => types.get(output)
}

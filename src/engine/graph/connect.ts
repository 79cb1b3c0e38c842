import { reaches } from '../program/order'
import { inputFields, nodeById, outputFields } from './ports'
import { areExclusive, presenceOf } from './presence'
import type { EdgeEnd, ProgramGraph } from '../program/program'
import { typeMismatch } from '../program/type-compatible'

export type ConnectionCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Whether an edge from an output to an input may be drawn, and if not, why in one sentence. */
export function checkConnection(graph: ProgramGraph, from: EdgeEnd, to: EdgeEnd): ConnectionCheck {
  const source = nodeById(graph, from.node)
  const target = nodeById(graph, to.node)
  if (source === undefined || target === undefined) return no('That step is no longer there.')
  const sourceField = outputFields(source).find(field => field.id === from.field)
  const targetField = inputFields(target).find(field => field.id === to.field)
  if (sourceField === undefined || targetField === undefined) {
    const isReversed =
      inputFields(source).some(field => field.id === from.field) || outputFields(target).some(field => field.id === to.field)
    return no(isReversed ? 'A wire goes from an output to an input.' : 'That field is no longer there.')
  }
  if (from.node === to.node) return no('A step cannot feed itself.')
  if (
    graph.edges.some(
      edge => edge.from.node === from.node && edge.from.field === from.field && edge.to.node === to.node && edge.to.field === to.field,
    )
  ) {
    return no('These two are already connected.')
  }
  const others = graph.edges.filter(edge => edge.to.node === to.node && edge.to.field === to.field)
  const { source: presence } = presenceOf(graph)
  if (others.some(other => !areExclusive(presence(other.from), presence(from)))) {
    return no(`"${targetField.name}" of ${target.name} already has a source. Remove that wire first.`)
  }
  if (reaches(graph, to.node, from.node)) return no(`${target.name} already leads to ${source.name}: this would make a cycle.`)
  const mismatch = typeMismatch(sourceField.type, targetField.type)
  return mismatch === undefined ? { ok: true } : no(`Types do not fit: ${mismatch}.`)
}

function no(reason: string): ConnectionCheck {
  return { ok: false, reason }
}

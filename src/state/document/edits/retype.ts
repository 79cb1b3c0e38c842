import { castDraft } from 'immer'
import { canonicalJson } from '@/lib/canonical-json'
import { bodiesOf } from '@/engine/program/bodies'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import { typeMismatch } from '@/engine/program/type-compatible'
import type { EdgeEnd } from '@/engine/program/program'
import type { FieldType } from '@/engine/signature/types/field-type'
import { edit, type ProjectDraft } from '../project-store'
import { plain } from './graph-draft'

type GraphDraft = ProjectDraft['graph']

/** Gives an output of the program another type, from the step that answers it to the Output, as one step to undo. */
export function setOutputType(output: string, type: FieldType): void {
  edit(`Change type of ${output}`, draft => retypeOutput(draft.graph, output, type))
}

/** Also in the programs of the step that answers it. What else reads the answer follows where the new type would not fit it. */
export function retypeOutput(graph: GraphDraft, output: string, type: FieldType, isInner = false): void {
  for (const end of graph.nodes.filter(isOutputNode)) {
    const field = end.fields.find(({ name }) => name === output)
    const edges = graph.edges.filter(({ to }) => to.node === end.id && to.field === field?.id)
    if (field === undefined) continue
    // A text takes any answer, and may be one on purpose; but what a program within a step returns is the step's answer.
    if (isInner || (field.type.kind !== 'str' && field.type.kind !== 'any')) field.type = castDraft(type)
    for (const { from } of edges) retypeSource(graph, from, type)
  }
}

/** What a branch hands on has the type of its source. */
function retypeSource(graph: GraphDraft, from: EdgeEnd, type: FieldType): void {
  const node = graph.nodes.find(({ id }) => id === from.node)
  const source = node?.fields.find(({ id }) => id === from.field)
  if (node === undefined || source === undefined) return
  const isTyped = canonicalJson(plain(source.type)) === canonicalJson(type)
  source.type = castDraft(type)
  for (const body of bodiesOf(node)) retypeOutput(body.graph, source.name, type, true)
  retypeReaders(graph, from, type)
  if (node.kind !== 'branch' || isTyped) return
  const handed = node.fields.find(({ role, name }) => role === 'input' && name === node.moduleParams['gives'])
  if (handed === undefined) return
  handed.type = castDraft(type)
  for (const edge of graph.edges.filter(({ to }) => to.node === node.id && to.field === handed.id)) retypeSource(graph, edge.from, type)
}

function retypeReaders(graph: GraphDraft, from: EdgeEnd, type: FieldType): void {
  for (const { to } of graph.edges.filter(edge => edge.from.node === from.node && edge.from.field === from.field)) {
    const node = graph.nodes.find(({ id }) => id === to.node)
    const field = node?.fields.find(({ id }) => id === to.field)
    if (node === undefined || field === undefined || typeMismatch(type, plain(field.type)) === undefined) continue
    field.type = castDraft(type)
    for (const body of bodiesOf(node)) {
      for (const end of body.graph.nodes.filter(isInputNode)) {
        const inner = end.fields.find(({ name }) => name === field.name)
        if (inner === undefined) continue
        if (typeMismatch(type, plain(inner.type)) !== undefined) inner.type = castDraft(type)
        retypeReaders(body.graph, { node: end.id, field: inner.id }, type)
      }
    }
  }
}

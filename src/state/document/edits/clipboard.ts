import { z } from 'zod'
import { isJsonObject, parseJson } from '@/lib/json'
import { isEngineError } from '@/engine/base/errors'
import { graphSchema, stateSchema } from '@/engine/program/program-schema'
import type { Field } from '@/engine/signature/signature'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { ClassType } from '@/engine/signature/types/field-type'
import type { NodesClip } from './clip-draft'
import { newField, newNode } from './new-node'

/** Understands copied nodes, any JSON with `nodes` and `edges`, a project file, and a signature line, which may name `classes`. */
export function readNodesText(text: string, classes: readonly ClassType[] = []): NodesClip | { readonly reason: string } {
  const trimmed = text.trim()
  if (trimmed === '') return { reason: 'The clipboard holds no text.' }
  if (!trimmed.startsWith('{')) return readSignatureLine(trimmed, classes)
  const parsed = parseJson(trimmed)
  if (!parsed.ok) return { reason: `The clipboard is not valid JSON: ${parsed.reason}` }
  const source = isJsonObject(parsed.value) && isJsonObject(parsed.value.project) ? parsed.value.project : parsed.value
  const graph = isJsonObject(source) && isJsonObject(source.graph) ? { ...source, ...source.graph } : source
  const result = clipSchema.safeParse(graph)
  if (!result.success) {
    const issue = result.error.issues[0]
    return { reason: `The clipboard holds no nodes that fit here: ${issue?.path.join('.') || 'it'} ${issue?.message ?? 'is not valid'}.` }
  }
  const { nodes, edges, state, layout } = result.data
  if (nodes.length === 0) return { reason: 'The clipboard holds no nodes.' }
  if (nodes.length > mostPasted)
    return {
      reason: `The clipboard holds ${nodes.length.toLocaleString('en')} nodes; at most ${mostPasted.toLocaleString('en')} can be pasted at once. Import them as a project file.`,
    }
  return { nodes, edges, state: state ?? {}, layout: layout ?? {} }
}

const mostPasted = 2_000

const positionSchema = z.object({ x: z.number(), y: z.number() })

const clipSchema = z.intersection(
  graphSchema,
  z.object({ state: stateSchema.optional(), layout: z.record(z.string(), positionSchema).optional() }),
)

function readSignatureLine(line: string, classes: readonly ClassType[]): NodesClip | { readonly reason: string } {
  try {
    const { inputs, outputs } = parseSignatureLine(line, classes)
    const fields = [
      ...inputs.map((field): Field => ({ ...newField(field.name, 'input'), ...field })),
      ...outputs.map((field): Field => ({ ...newField(field.name, 'output'), ...field })),
    ]
    return { nodes: [newNode('signature', { nodes: [], edges: [] }, { fields })], edges: [], state: {}, layout: {} }
  } catch (error) {
    if (!isEngineError(error)) throw error
    return { reason: 'The clipboard holds neither nodes nor a signature such as "question -> answer".' }
  }
}

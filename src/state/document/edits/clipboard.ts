import { castDraft } from 'immer'
import { z } from 'zod'
import { newId } from '@/lib/ids'
import { isJsonObject, parseJson } from '@/lib/json'
import { isEngineError } from '@/engine/base/errors'
import type { Edge, NodeId, ProgramNode, ProgramState } from '@/engine/program/program'
import { graphSchema, stateSchema } from '@/engine/program/program-schema'
import type { Position, Project } from '@/engine/project/project'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { ClassType } from '@/engine/signature/types/field-type'
import type { ProjectDraft } from '../project-store'
import { completeDraftState, dropLooseEdges, graphOf, isAt, plain, predictorIds } from './graph-draft'
import { nodeNames, uniqueName } from './names'
import { newField, newNode } from './new-node'

/** Nodes on their way from one place to another, with the wires among them. */
export interface NodesClip {
  readonly nodes: readonly ProgramNode[]
  readonly edges: readonly Edge[]
  readonly state: ProgramState
  readonly layout: Readonly<Record<NodeId, Position>>
}

function clipOf(project: Pick<Project, 'graph' | 'state' | 'layout'>, ids: readonly NodeId[]): NodesClip {
  const chosen = new Set(ids)
  return {
    nodes: project.graph.nodes.filter(node => chosen.has(node.id)),
    edges: project.graph.edges.filter(edge => chosen.has(edge.from.node) && chosen.has(edge.to.node)),
    state: Object.fromEntries(
      ids.flatMap(id => predictorIds(project.state, id)).flatMap(id => (project.state[id] === undefined ? [] : [[id, project.state[id]]])),
    ),
    layout: Object.fromEntries(Object.entries(project.layout).filter(([id]) => ids.some(node => isAt(id, node)))),
  }
}

export function writeNodesText(project: Project, ids: readonly NodeId[]): string {
  return JSON.stringify({ format: clipFormat, schemaVersion: 1, ...clipOf(project, ids) }, undefined, 2)
}

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

/** Adds the clip with new ids and free names; the upper left corner goes to `at`, or a little beside where it was. */
export function pasteInDraft(draft: ProjectDraft, clip: NodesClip, at?: Position): NodeId[] {
  const nodeIds = new Map(clip.nodes.map(node => [node.id, newId('node')]))
  const fieldIds = new Map(clip.nodes.flatMap(node => node.fields.map(field => [`${node.id} ${field.id}`, newId('field')] as const)))
  // A field that a module adds has a fixed id, which stays.
  const fieldIdOf = (node: string, field: string) => fieldIds.get(`${node} ${field}`) ?? field
  const names = nodeNames(graphOf(draft))
  const shift = shiftOf(clip, at)

  for (const [index, node] of clip.nodes.entries()) {
    const id = nodeIds.get(node.id) ?? node.id
    const name = uniqueName(node.name, names)
    names.push(name)
    const fields = node.fields.map(field => ({ ...field, id: fieldIdOf(node.id, field.id) }))
    draft.graph.nodes.push(castDraft({ ...node, id, name, fields }))
    const place = clip.layout[node.id] ?? { x: index * 40, y: index * 40 }
    draft.layout[id] = { x: Math.round(place.x + shift.x), y: Math.round(place.y + shift.y) }
    for (const predictor of predictorIds(clip.state, node.id))
      pasteState(draft, clip, { from: predictor, to: id + predictor.slice(node.id.length) })
    for (const [path, inner] of Object.entries(clip.layout))
      if (path.startsWith(`${node.id}/`)) draft.layout[id + path.slice(node.id.length)] = { ...inner }
  }
  for (const edge of clip.edges) {
    const from = nodeIds.get(edge.from.node)
    const to = nodeIds.get(edge.to.node)
    if (from === undefined || to === undefined) continue
    draft.graph.edges.push({
      id: newId('edge'),
      from: { node: from, field: fieldIdOf(edge.from.node, edge.from.field) },
      to: { node: to, field: fieldIdOf(edge.to.node, edge.to.field) },
    })
  }
  completeDraftState(draft)
  dropLooseEdges(draft)
  return [...nodeIds.values()]
}

export function duplicateInDraft(draft: ProjectDraft, ids: readonly NodeId[]): NodeId[] {
  return pasteInDraft(draft, clipOf({ graph: graphOf(draft), state: plain(draft.state), layout: plain(draft.layout) }, ids))
}

const clipFormat = 'dspy-studio-nodes'
const besidePx = 32
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
      ...inputs.map(({ name, type }) => newField(name, 'input', type)),
      ...outputs.map(({ name, type }) => newField(name, 'output', type)),
    ]
    return { nodes: [newNode('signature', { nodes: [], edges: [] }, { fields })], edges: [], state: {}, layout: {} }
  } catch (error) {
    if (!isEngineError(error)) throw error
    return { reason: 'The clipboard holds neither nodes nor a signature such as "question -> answer".' }
  }
}

function shiftOf(clip: NodesClip, at: Position | undefined): Position {
  if (at === undefined) return { x: besidePx, y: besidePx }
  const places = clip.nodes.map((node, index) => clip.layout[node.id] ?? { x: index * 40, y: index * 40 })
  return { x: at.x - Math.min(...places.map(place => place.x)), y: at.y - Math.min(...places.map(place => place.y)) }
}

/** A model that this project does not have is left out: the predictor then takes the task LM. */
function pasteState(draft: ProjectDraft, clip: NodesClip, { from, to }: { from: string; to: string }): void {
  const state = clip.state[from]
  if (state === undefined) return
  const has = (id: string | undefined): boolean => id !== undefined && draft.models.some(model => model.id === id)
  const { lm, nearest, ...rest } = state
  draft.state[to] = castDraft({
    ...rest,
    ...(lm !== undefined && has(lm) && { lm }),
    ...(nearest && { nearest: has(nearest.embedder) ? nearest : { k: nearest.k } }),
  })
}

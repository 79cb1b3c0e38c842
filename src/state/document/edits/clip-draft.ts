import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import type { Edge, NodeId, ProgramNode, ProgramState } from '@/engine/program/program'
import type { Position, Project } from '@/engine/project/project'
import type { ProjectDraft } from '../project-store'
import { completeDraftState, dropLooseEdges, graphOf, isAt, plain, predictorIds } from './graph-draft'
import { nodeNames, uniqueName } from './names'

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

import { castDraft, current, isDraft } from 'immer'
import { canonicalJson } from '@/lib/canonical-json'
import { newId } from '@/lib/ids'
import type { JsonObject } from '@/lib/json'
import type { Edge, EdgeEnd, EdgeId, NodeId, PredictorId, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { checkConnection } from '@/engine/graph/connect'
import { completeState } from '@/engine/graph/default-state'
import { inputFields, outputFields } from '@/engine/graph/ports'
import { predictorsOfNode, predictorsWithin } from '@/engine/graph/predictors'
import { moduleKind } from '@/engine/modules/registry'
import { bodiesOf, bodyPath } from '@/engine/program/bodies'
import { inColumns, keptLayout } from '@/engine/project/kept-layout'
import type { Position } from '@/engine/project/project'
import type { ProjectDraft } from '../project-store'
import { checkNodeName } from './names'
import type { Verdict } from './verdict'

/** Pure edits of the flow: each changes the draft in place and leaves it whole (no edge without ends, no state without its node). */

export function insertNode(draft: ProjectDraft, node: ProgramNode, position: Position): void {
  draft.graph.nodes.push(castDraft(node))
  draft.layout[node.id] = { x: Math.round(position.x), y: Math.round(position.y) }
  for (const body of bodiesOf(node)) Object.assign(draft.layout, keptLayout(body.graph, {}, inColumns, `${bodyPath(node.id, body.id)}/`))
  completeDraftState(draft)
}

export function removeFromGraph(draft: ProjectDraft, nodeIds: readonly NodeId[], edgeIds: readonly EdgeId[]): void {
  const goneNodes = new Set(nodeIds)
  const goneEdges = new Set(edgeIds)
  const removed = draft.graph.nodes.filter(node => goneNodes.has(node.id))
  const keepsEdge = (edge: Edge) => !goneEdges.has(edge.id) && !goneNodes.has(edge.from.node) && !goneNodes.has(edge.to.node)
  keepOnly(draft.graph.edges, keepsEdge)
  keepOnly(draft.graph.nodes, node => !goneNodes.has(node.id))
  for (const node of removed) {
    for (const id of Object.keys(draft.layout)) if (isAt(id, node.id)) delete draft.layout[id]
    for (const predictor of predictorIds(draft.state, node.id)) delete draft.state[predictor]
    for (const field of node.fields) forgetMapping(draft, field.id)
  }
}

export function connectEnds(draft: ProjectDraft, from: EdgeEnd, to: EdgeEnd): Verdict {
  const verdict = checkConnection(plain(draft.graph), from, to)
  if (!verdict.ok) return { ok: false, reason: verdict.reason }
  draft.graph.edges.push({ id: newId('edge'), from: { ...from }, to: { ...to } })
  return { ok: true }
}

/** Moves one end of an edge, or both; the edge stays where it is when the new place is not allowed. */
export function reconnectEdge(draft: ProjectDraft, edgeId: EdgeId, from: EdgeEnd, to: EdgeEnd): Verdict {
  const graph = plain(draft.graph)
  const others = graph.edges.filter(edge => edge.id !== edgeId)
  const verdict = checkConnection({ nodes: graph.nodes, edges: others }, from, to)
  if (!verdict.ok) return { ok: false, reason: verdict.reason }
  const edge = draft.graph.edges.find(each => each.id === edgeId)
  if (edge === undefined) return { ok: false, reason: 'This wire is gone.' }
  edge.from = { ...from }
  edge.to = { ...to }
  return { ok: true }
}

export function moveInLayout(draft: ProjectDraft, positions: Readonly<Record<NodeId, Position>>): void {
  for (const [id, position] of Object.entries(positions)) {
    const at = draft.layout[id]
    const x = Math.round(position.x)
    const y = Math.round(position.y)
    if (at === undefined) draft.layout[id] = { x, y }
    else {
      at.x = x
      at.y = y
    }
  }
}

export function renameInGraph(draft: ProjectDraft, id: NodeId, name: string): Verdict {
  const trimmed = name.trim()
  const verdict = checkNodeName(plain(draft.graph), id, trimmed)
  if (verdict.ok) nodeOf(draft, id).name = trimmed
  return verdict
}

/**
 * Settings that the new module knows, too, are kept: the reward function of BestOfN serves Refine. Others start as in a new step, but for
 * those with an editor of their own, such as an example of a tool.
 */
export function setNodeModule(draft: ProjectDraft, id: NodeId, module: string): void {
  const node = nodeOf(draft, id)
  if (!('module' in node) || node.module === module) return
  const kind = moduleKind(module)
  const known = kind?.params.shape ?? {}
  const { moduleParams: starts = {} } = kind?.starter({ id, name: node.name, fields: plain(node.fields) }) ?? {}
  node.module = module
  for (const [key, value] of Object.entries(starts))
    if (!Object.hasOwn(node.moduleParams, key) && known[key]?.meta()?.['widget'] === undefined) node.moduleParams[key] = castDraft(value)
  for (const key of Object.keys(node.moduleParams)) if (!Object.hasOwn(known, key)) delete node.moduleParams[key]
  fitPredictors(draft, id)
}

/** Settings of the module. What they add or take away, predictors and outputs, follows. */
export function setNodeParams(draft: ProjectDraft, id: NodeId, params: JsonObject): void {
  const node = nodeOf(draft, id)
  if (!('moduleParams' in node) || canonicalJson(plain(node.moduleParams ?? {})) === canonicalJson(params)) return
  node.moduleParams = castDraft(params)
  fitPredictors(draft, id)
}

function fitPredictors(draft: ProjectDraft, id: NodeId): void {
  carryState(draft, id)
  dropLocksOfGone(draft, id)
  completeDraftState(draft)
  dropLooseEdges(draft)
}

function dropLocksOfGone(draft: ProjectDraft, id: NodeId): void {
  const node = nodeOf(draft, id)
  if (!('slotLocks' in node) || node.slotLocks === undefined) return
  const keys = new Set(predictorsOfNode(plain(draft.graph), id).map(predictor => predictor.key))
  for (const key of Object.keys(node.slotLocks)) if (!keys.has(key)) delete node.slotLocks[key]
  if (Object.keys(node.slotLocks).length === 0) delete node.slotLocks
}

/**
 * The main predictor of the old module becomes that of the new one: both answer the same fields. The others of the new module are told
 * the same, as in DSPy, where all of them are made of one signature; they have no demos, which would not fit them. One with a task of its
 * own, such as the model that the code of RLM asks, keeps that.
 */
function carryState(draft: ProjectDraft, id: NodeId): void {
  const graph = plain(draft.graph)
  const wanted = predictorsWithin(graph, id)
  const known = predictorIds(draft.state, id)
  const main = wanted.find(predictor => !known.includes(predictor.id))
  const carried = known.find(each => each === id) ?? known[0]
  if (main && carried !== undefined && !wanted.some(predictor => known.includes(predictor.id))) {
    const state = plain(draft.state[carried])
    if (state) {
      draft.state[main.id] = castDraft(state)
      for (const other of wanted) {
        if (other === main || other.defaultInstructions !== main.defaultInstructions) continue
        draft.state[other.id] = { instructions: state.instructions, demos: [] }
      }
    }
  }
  for (const predictor of known) if (!wanted.some(one => one.id === predictor)) delete draft.state[predictor]
}

/** Removes edges whose field is gone, for example a `reasoning` that the new module does not add. */
export function dropLooseEdges(draft: Pick<ProjectDraft, 'graph'>): void {
  const graph = plain(draft.graph)
  const outputs = new Set(graph.nodes.flatMap(node => outputFields(node).map(field => `${node.id} ${field.id}`)))
  const inputs = new Set(graph.nodes.flatMap(node => inputFields(node).map(field => `${node.id} ${field.id}`)))
  keepOnly(draft.graph.edges, edge => outputs.has(`${edge.from.node} ${edge.from.field}`) && inputs.has(`${edge.to.node} ${edge.to.field}`))
}

/** Adds the default state of predictors that have none. */
export function completeDraftState(draft: ProjectDraft): void {
  for (const [id, state] of Object.entries(completeState(plain(draft.graph), plain(draft.state)))) {
    if (draft.state[id] === undefined) draft.state[id] = castDraft(state)
  }
}

export function nodeOf(draft: ProjectDraft, id: NodeId): ProjectDraft['graph']['nodes'][number] {
  const node = draft.graph.nodes.find(each => each.id === id)
  if (node === undefined) throw new Error(`no node ${id} in the program`)
  return node
}

/** States of a node: its own id, its id with a dot and a key, and those of its bodies. */
export function predictorIds(state: Readonly<Record<PredictorId, unknown>>, node: NodeId): PredictorId[] {
  return Object.keys(state).filter(id => isAt(id, node) || id.startsWith(`${node}.`))
}

/** Whether a path is that of a node, or of something within it. */
export function isAt(path: string, node: NodeId): boolean {
  return path === node || path.startsWith(`${node}/`)
}

export function forgetMapping(draft: ProjectDraft, fieldId: string): void {
  delete draft.mapping.inputs[fieldId]
  delete draft.mapping.labels[fieldId]
}

/** What the engine may look at: the draft as plain data, without the cost of a proxy at each read. */
export function plain<T>(value: T): T {
  // isDraft has just said so; TypeScript cannot know that a T that is a draft is a Draft<T>.
  if (isDraft(value)) return current(value as never)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.values(value).some(isDraft)) return value
  // What is kept for the nodes of an open body is a record of drafts.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) as T
}

export function graphOf(draft: ProjectDraft): ProgramGraph {
  return plain(draft.graph)
}

/** Removes in place and from the end, so that the patches name only what went. */
function keepOnly<T>(items: T[], keeps: (item: T) => boolean): void {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index]
    if (item !== undefined && !keeps(item)) items.splice(index, 1)
  }
}

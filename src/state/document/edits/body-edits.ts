import { castDraft } from 'immer'
import { bodiesOf, bodyPath } from '@/engine/program/bodies'
import { inlineBody } from '@/engine/graph/inline-body'
import { nodeKindOf } from '@/engine/modules/registry'
import type { Body, BodyId, NodeId } from '@/engine/program/program'
import type { ProjectDraft } from '../project-store'
import { editShown, shownProject } from '../shown-program'
import { select } from '../../session/session-store'
import { completeDraftState, graphOf, nodeOf, plain } from './graph-draft'
import { uniqueName } from './names'
import type { Verdict } from './verdict'

/** Puts one program of a step in its place: its nodes are nodes of the program again, as they are wired and with what they learned. */
export function keepBody(nodeId: NodeId, bodyId: BodyId): void {
  let kept: readonly NodeId[] = []
  editShown('Keep one program', draft => {
    const inlined = inlineBody({ graph: graphOf(draft), state: plain(draft.state) }, nodeId, bodyId)
    if (inlined === undefined) return
    kept = [...inlined.ids.values()]
    const path = bodyPath(nodeId, bodyId)
    const corner = draft.layout[nodeId] ?? { x: 0, y: 0 }
    const inner = [...inlined.ids].map(([from, to]) => ({ from, to, place: draft.layout[`${path}/${from}`] }))
    const known = inner.flatMap(({ place }) => (place ? [place] : []))
    const left = Math.min(...known.map(({ x }) => x))
    const top = Math.min(...known.map(({ y }) => y))
    for (const [index, { from, to, place }] of inner.entries()) {
      // Where the step stood, the first of its nodes stands now.
      draft.layout[to] = place ? { x: corner.x + place.x - left, y: corner.y + place.y - top } : { x: corner.x + 300 * index, y: corner.y }
      for (const [id, deep] of Object.entries(draft.layout))
        if (id.startsWith(`${path}/${from}/`)) draft.layout[to + id.slice(`${path}/${from}`.length)] = { ...deep }
    }
    for (const id of Object.keys(draft.layout)) if (id === nodeId || id.startsWith(`${nodeId}/`)) delete draft.layout[id]
    draft.graph = castDraft(inlined.graph)
    draft.state = castDraft(inlined.state)
    completeDraftState(draft)
  })
  if (kept.length > 0) select(kept)
}

/** One more program: a copy of the last one, or for a step without any the first that a new step has. Returns its id. */
export function addBody(nodeId: NodeId): BodyId | undefined {
  const node = shownProject().graph.nodes.find(({ id }) => id === nodeId)
  const last = bodiesOf(node).at(-1)
  if (node === undefined || last !== undefined) return last && copyBody(nodeId, last.id)
  const made = nodeKindOf(node)?.make({ id: node.id, name: node.name, fields: node.fields })
  const first = bodiesOf(made)[0]
  if (first === undefined) return undefined
  editShown('Add program', draft => {
    Object.assign(nodeOf(draft, nodeId), { bodies: [castDraft(first)] })
    completeDraftState(draft)
  })
  return first.id
}

/** A copy of one of the step's programs, with what it has learned. Returns its id. */
export function copyBody(nodeId: NodeId, bodyId: BodyId): BodyId | undefined {
  let added: BodyId | undefined
  editShown('Add program', draft => {
    const node = nodeOf(draft, nodeId)
    const bodies = bodiesOf(node)
    const source = bodies.find(({ id }) => id === bodyId)
    if (source === undefined) return
    added = freeId(plain(bodies))
    const name = uniqueName(
      source.name,
      bodies.map(body => body.name),
    )
    bodies.push(castDraft({ id: added, name, graph: plain(source).graph }))
    copyBelow(draft, bodyPath(nodeId, bodyId), bodyPath(nodeId, added))
  })
  return added
}

export function removeBody(nodeId: NodeId, bodyId: BodyId): void {
  editShown('Remove program', draft => {
    const node = nodeOf(draft, nodeId)
    const bodies = bodiesOf(node)
    const index = bodies.findIndex(({ id }) => id === bodyId)
    if (index < 0) return
    bodies.splice(index, 1)
    const start = `${bodyPath(nodeId, bodyId)}/`
    for (const record of [draft.state, draft.layout]) for (const id of Object.keys(record)) if (id.startsWith(start)) delete record[id]
  })
}

export function renameBody(nodeId: NodeId, bodyId: BodyId, name: string): Verdict {
  const trimmed = name.trim()
  const node = shownProject().graph.nodes.find(({ id }) => id === nodeId)
  const bodies = bodiesOf(node)
  if (trimmed === '') return { ok: false, reason: 'A program needs a name.' }
  if (bodies.some(body => body.id !== bodyId && body.name.toLowerCase() === trimmed.toLowerCase()))
    return { ok: false, reason: `Another program of this step is called "${trimmed}" already.` }
  editShown('Rename program', draft => {
    const own = nodeOf(draft, nodeId)
    const body = bodiesOf(own).find(({ id }) => id === bodyId)
    if (body) body.name = trimmed
  })
  return { ok: true }
}

function freeId(bodies: readonly Body[]): BodyId {
  const taken = new Set(bodies.map(({ id }) => id))
  let number = bodies.length + 1
  while (taken.has(`b${number}`)) number += 1
  return `b${number}`
}

/** What is kept by path below one body, for another one, too. */
function copyBelow(draft: ProjectDraft, from: string, to: string): void {
  for (const [id, learned] of Object.entries(plain(draft.state)))
    if (id.startsWith(`${from}/`)) draft.state[to + id.slice(from.length)] = castDraft(learned)
  for (const [id, place] of Object.entries(plain(draft.layout)))
    if (id.startsWith(`${from}/`)) draft.layout[to + id.slice(from.length)] = { ...place }
  completeDraftState(draft)
}

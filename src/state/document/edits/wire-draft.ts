import { castDraft } from 'immer'
import { assert } from '@/lib/assert'
import type { EdgeEnd, ModuleId, NodeId } from '@/engine/program/program'
import { inputFields, outputFields } from '@/engine/graph/ports'
import { nodeKindOf } from '@/engine/modules/registry'
import type { Position } from '@/engine/project/project'
import type { Field } from '@/engine/signature/signature'
import type { ProjectDraft } from '../project-store'
import { followInBodies } from './body-fields'
import { connectEnds, graphOf, insertNode, nodeOf, plain } from './graph-draft'
import { uniqueName } from './names'
import { followInText } from './text-fields'
import { followInWays } from './way-fields'
import { newField, newNode, startOf, type NodeKind } from './new-node'
import type { Verdict } from './verdict'

/** The end of a wire that is held; `side` says whether it is where the wire comes from or where it goes to. */
export type WireEnd = EdgeEnd & { readonly side: 'from' | 'to' }

/** A new node that takes (or gives) what the wire carries, connected to it. A second Input or Output becomes a field of the first. */
export function insertConnected(
  draft: ProjectDraft,
  kind: NodeKind,
  { position, wire, module }: { position: Position; wire: WireEnd; module: ModuleId | undefined },
): NodeId {
  const only = nodeKindOf({ kind }) ? undefined : graphOf(draft).nodes.find(node => node.kind === kind)
  if (only !== undefined) {
    insertConnectedField(draft, only.id, wire)
    return only.id
  }
  const held = heldField(draft, wire)
  const far = newField(held.name, wire.side === 'from' ? 'input' : 'output', held.type, held.desc)
  const node = newNode(kind, graphOf(draft), { fields: fieldsAround(kind, far), module })
  insertNode(draft, node, position)
  join(draft, wire, { node: node.id, field: far.id })
  return node.id
}

/** A new field on an existing node for the wire: what a drop on the body of a node does. */
export function insertConnectedField(draft: ProjectDraft, nodeId: NodeId, wire: WireEnd): Verdict {
  const node = nodeOf(draft, nodeId)
  const held = heldField(draft, wire)
  const role = wire.side === 'from' ? 'input' : 'output'
  if (!takesRole(node.kind, role)) {
    return {
      ok: false,
      reason:
        role === 'output'
          ? 'An output node gives no wires: the program ends there.'
          : node.kind === 'input'
            ? 'An input node takes no wires: rows enter there.'
            : `${node.name} takes no wires: it gives the same values for every row.`,
    }
  }
  const field = newField(
    uniqueName(
      held.name,
      node.fields.map(each => each.name),
    ),
    role,
    held.type,
    held.desc,
  )
  const place = role === 'input' ? node.fields.filter(each => each.role === 'input').length : node.fields.length
  const before = plain(node.fields)
  node.fields.splice(place, 0, castDraft(field))
  const verdict = join(draft, wire, { node: nodeId, field: field.id })
  if (!verdict.ok) node.fields.splice(place, 1)
  const change = { before, after: plain(node.fields) }
  followInBodies(node, change)
  followInText(node, change)
  followInWays(node, change)
  return verdict
}

/** Whether a node of this kind has fields a wire of this direction can end at. */
function takesRole(kind: NodeKind, role: Field['role']): boolean {
  return role === 'input' ? kind !== 'input' && nodeKindOf({ kind })?.hasNoInputs !== true : kind !== 'output'
}

function heldField(draft: ProjectDraft, wire: WireEnd): Field {
  const node = graphOf(draft).nodes.find(each => each.id === wire.node)
  assert(node !== undefined, `no node ${wire.node} at the end of the wire`)
  const field = (wire.side === 'from' ? outputFields(node) : inputFields(node)).find(each => each.id === wire.field)
  assert(field !== undefined, `no field ${wire.field} at the end of the wire`)
  return field
}

function join(draft: ProjectDraft, wire: WireEnd, far: EdgeEnd): Verdict {
  const held = { node: wire.node, field: wire.field }
  return wire.side === 'from' ? connectEnds(draft, held, far) : connectEnds(draft, far, held)
}

/** The wire's field, with what the kind also needs to be of use. */
function fieldsAround(kind: NodeKind, far: Field): Field[] {
  assert(takesRole(kind, far.role), `${kind} nodes have no ${far.role} fields`)
  const { inputs, outputs } = startOf(kind)
  if (far.role === 'input') return [far, ...outputs.map(name => newField(uniqueName(name, [far.name]), 'output'))]
  const others = outputs.slice(1).map(name => newField(uniqueName(name, [far.name]), 'output'))
  return [...inputs.slice(0, 1).map(name => newField(uniqueName(name, [far.name]), 'input')), far, ...others]
}

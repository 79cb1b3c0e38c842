import { shownProject, useShownProject } from '@/state/document/shown-program'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import { memo } from 'react'
import { ArrowLeft, ArrowRight, Cable } from 'lucide-react'
import type { Edge, EdgeEnd, ProgramGraph } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import { typeName } from '@/engine/signature/type-name'
import { connect, connectNewField, disconnect } from '@/state/document/edits/graph-edits'
import { announce } from '@/ui/announcer'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import type { MenuEntry } from '@/ui/menu-items'
import { endKey, endLabel, graphIndex, type GraphIndex } from './graph-index'
import { shortTypeName, typeColour } from './type-colour'
import { wireVerdicts } from './wire-legality'

/** One field of the outline, with what it is wired to and a menu of everything it could be wired to. */
export const OutlineField = memo(function OutlineField({ nodeId, field, side }: { nodeId: string; field: Field; side: 'from' | 'to' }) {
  const end: EdgeEnd = { node: nodeId, field: field.id }
  const graph = useShownProject(project => project.graph)
  const index = graphIndex(graph)
  const wires = wiresAt(index, end, side)
  const others = wires.map(edge => endLabel(index, side === 'to' ? edge.from : edge.to))
  const Arrow = side === 'to' ? ArrowLeft : ArrowRight
  return (
    <li className="outline-field">
      <span className="outline-text" title={typeName(field.type)}>
        {field.name}
        <span className="outline-type" style={{ color: typeColour(field.type) }}>
          {shortTypeName(field.type)}
        </span>
        <span className="sr-only">{side === 'to' ? ', input' : ', output'}</span>
        {others.map(other => (
          <span key={other} className="outline-wire">
            <Arrow size={10} aria-label={side === 'to' ? 'from' : 'to'} /> {other}
          </span>
        ))}
      </span>
      <Menu
        align="end"
        className="outline-menu"
        trigger={<IconButton size="sm" label={`${side === 'to' ? 'Connect from…' : 'Connect to…'} ${field.name}`} icon={<Cable />} />}
        items={connectItems(graph, end, side)}
      />
    </li>
  )
})

function wiresAt(index: GraphIndex, end: EdgeEnd, side: 'from' | 'to'): readonly Edge[] {
  return (side === 'to' ? index.edgesInto : index.edgesOutOf).get(endKey(end)) ?? []
}

/** Wires to take away first, then legal targets, a new field where a card can take one, and the illegal with their reasons. */
function connectItems(graph: ProgramGraph, end: EdgeEnd, side: 'from' | 'to'): MenuEntry[] {
  const index = graphIndex(graph)
  const wires = wiresAt(index, end, side)
  const items: MenuEntry[] = wires.map(edge => ({
    id: edge.id,
    label: `Disconnect ${endLabel(index, side === 'to' ? edge.from : edge.to)}`,
    danger: true,
    onSelect: () => {
      disconnect(edge.id)
      announce('Disconnected')
    },
  }))
  const verdicts = wireVerdicts(graph, { end, side })
  const legal: MenuEntry[] = []
  const illegal: MenuEntry[] = []
  for (const [node, ports] of index.ports) {
    if (node === end.node) continue
    for (const field of side === 'from' ? ports.inputs : ports.outputs) {
      const other = { node, field: field.id }
      const verdict = verdicts.get(endKey(other))
      if (!verdict) continue
      const label = endLabel(index, other)
      if (verdict.ok) legal.push({ id: endKey(other), label, hint: typeName(field.type), onSelect: () => join(end, other, side) })
      else illegal.push({ id: endKey(other), label, hint: verdict.reason, disabled: true, onSelect: () => undefined })
    }
  }
  const fresh = newFieldItems(graph, end, side)
  if (items.length > 0) items.push('separator')
  items.push({ heading: side === 'from' ? 'Connect to' : 'Connect from' }, ...legal, ...fresh)
  if (legal.length + fresh.length === 0)
    items.push({ id: 'none', label: 'Nothing here can take this wire', disabled: true, onSelect: () => undefined })
  if (illegal.length > 0) items.push('separator', { heading: 'Not possible' }, ...illegal)
  return items
}

function newFieldItems(graph: ProgramGraph, end: EdgeEnd, side: 'from' | 'to'): MenuEntry[] {
  return graph.nodes
    .filter(node => node.id !== end.node && (side === 'from' ? isOutputNode(node) : isInputNode(node)))
    .map(node => ({
      id: `new/${node.id}`,
      label: `New field of ${node.name}`,
      hint: side === 'from' ? 'Returns it from the program' : 'Takes it from the row',
      onSelect: () => {
        const verdict = connectNewField(node.id, { ...end, side })
        announce(verdict.ok ? `Added a field to ${node.name} and connected it` : verdict.reason)
      },
    }))
}

function join(end: EdgeEnd, other: EdgeEnd, side: 'from' | 'to'): void {
  const verdict = side === 'from' ? connect(end, other) : connect(other, end)
  const index = graphIndex(shownProject().graph)
  announce(verdict.ok ? `Connected ${endLabel(index, end)} ${side === 'from' ? 'to' : 'from'} ${endLabel(index, other)}` : verdict.reason)
}

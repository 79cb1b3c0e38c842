import { useShownProject } from '@/state/document/shown-program'
import { memo, type CSSProperties, type MouseEvent } from 'react'
import { Handle, Position } from '@xyflow/react'
import type { Field } from '@/engine/signature/signature'
import { typeName } from '@/engine/signature/type-name'
import { cx } from '@/ui/cx'
import { useCanvas } from './canvas-store'
import { endKey, endLabel, graphIndex } from './graph-index'
import { shortTypeName, typeColour } from './type-colour'

export interface FieldPortProps {
  readonly nodeId: string
  readonly field: Field
  readonly side: 'in' | 'out'
  /** True for outputs that the module adds, such as ChainOfThought's reasoning. */
  readonly isAdded?: boolean
}

/** One field on its own row, with its handle on the card's edge. While a wire is dragged it lights up or dims. */
export const FieldPort = memo(function FieldPort({ nodeId, field, side, isAdded = false }: FieldPortProps) {
  const key = endKey({ node: nodeId, field: field.id })
  const verdict = useCanvas(state => state.verdicts?.get(key)?.ok)
  const isWireInAir = useCanvas(state => state.wire !== undefined)
  const isOwnEnd = useCanvas(state => state.wire !== undefined && endKey(state.wire.end) === key)
  const source = useShownProject(project => sourceLabel(project.graph, key, side))
  const edge = useShownProject(project => (side === 'in' ? graphIndex(project.graph).edgesInto.get(key)?.at(-1)?.id : undefined))
  const colour = typeColour(field.type)
  const name = typeName(field.type)
  const title = [`${field.name}: ${name}`, field.desc, source ? `from ${source}` : '', isAdded ? 'added by the module' : '']
    .filter(Boolean)
    .join('\n')
  const look = isOwnEnd ? 'own' : verdict === true ? 'legal' : isWireInAir ? 'illegal' : 'rest'
  return (
    <div
      className={cx('field-port', side === 'in' ? 'field-port-in' : 'field-port-out', isAdded && 'field-port-added')}
      data-look={look}
      title={title}
      style={portColour(colour)}
    >
      <Handle
        type={side === 'in' ? 'target' : 'source'}
        position={side === 'in' ? Position.Left : Position.Right}
        id={field.id}
        className={cx('port', source !== undefined && 'port-wired')}
        data-look={look}
        data-edge={edge}
        onMouseDownCapture={source === undefined ? undefined : pullWireOff}
      />
      <span className="field-port-name">{field.name}</span>
      <span className="field-port-type" style={{ color: colour }}>
        {shortTypeName(field.type)}
      </span>
    </div>
  )
})

/** React's style type does not know custom properties. */
function portColour(colour: string): CSSProperties {
  return { '--port-colour': colour } as CSSProperties
}

function sourceLabel(graph: Parameters<typeof graphIndex>[0], key: string, side: 'in' | 'out'): string | undefined {
  if (side === 'out') return undefined
  const index = graphIndex(graph)
  const edges = index.edgesInto.get(key)
  return edges?.map(({ from }) => endLabel(index, from)).join(' or ')
}

/** Pressing on the handle of an input takes hold of its wire, the last one of several, as React Flow's own anchor at the wire's end does. */
function pullWireOff(event: MouseEvent<HTMLElement>): void {
  if (event.button !== 0) return
  const handle = event.currentTarget
  const flow = handle.closest('.react-flow')
  const edgeId = handle.dataset['edge']
  const anchor = edgeId && flow?.querySelector(`.react-flow__edge[data-id="${CSS.escape(edgeId)}"] .react-flow__edgeupdater-target`)
  if (!anchor) return
  event.preventDefault()
  event.stopPropagation()
  const { clientX, clientY } = event
  anchor.dispatchEvent(
    new globalThis.MouseEvent('mousedown', { bubbles: true, cancelable: true, button: 0, clientX, clientY, view: window }),
  )
}

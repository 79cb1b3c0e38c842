import { memo } from 'react'
import { MiniMap, type MiniMapNodeProps } from '@xyflow/react'
import { statusColours, useStatus } from './node-status'

/** The whole program in small: drag to pan, scroll to zoom; nodes carry the colour of their status. */
export function CanvasMinimap({ isHuge }: { readonly isHuge: boolean }) {
  return (
    <MiniMap
      position="bottom-right"
      pannable
      zoomable
      ariaLabel="Minimap"
      nodeComponent={isHuge ? PlainNode : MinimapNode}
      bgColor="var(--color-surface)"
      maskColor="color-mix(in oklab, var(--color-canvas) 70%, transparent)"
      className="canvas-minimap"
      style={size}
    />
  )
}

const MinimapNode = memo(function MinimapNode({ id, x, y, width, height, selected }: MiniMapNodeProps) {
  const { status } = useStatus(id)
  return (
    <rect
      x={x}
      y={y}
      width={width}
      height={height}
      rx={16}
      style={{
        fill: status === 'idle' ? 'var(--color-line-strong)' : statusColours[status],
        stroke: selected ? 'var(--color-accent)' : 'none',
        strokeWidth: 12,
      }}
    />
  )
})

/** Thousands of nodes that each follow their status would be told of every step of a run. */
const PlainNode = memo(function PlainNode({ x, y, width, height, selected }: MiniMapNodeProps) {
  return <rect x={x} y={y} width={width} height={height} fill={selected ? 'var(--color-accent)' : 'var(--color-line-strong)'} />
})

const size = { width: 168, height: 112 }

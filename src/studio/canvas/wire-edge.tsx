import { memo } from 'react'
import { BaseEdge, getBezierPath, type EdgeProps } from '@xyflow/react'
import type { CanvasEdge } from './flow-items'
import { useStatus } from './node-status'

/** A wire in the colour of its type. Dashes run along it while its target works, unless motion is unwelcome. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<CanvasEdge>) {
  const [path] = getBezierPath(props)
  const isActive = useStatus(props.target).status === 'running'
  const colour = props.data?.colour
  return (
    <BaseEdge
      id={props.id}
      path={path}
      markerEnd={props.markerEnd}
      interactionWidth={16}
      className={isActive ? 'wire wire-active' : 'wire'}
      style={{ stroke: colour, strokeWidth: props.selected ? 2.5 : 1.5 }}
    />
  )
})

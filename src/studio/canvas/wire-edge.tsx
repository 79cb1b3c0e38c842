import { memo } from 'react'
import { BaseEdge, getBezierPath, type EdgeProps } from '@xyflow/react'
import type { CanvasEdge } from './flow-items'
import { useShownProject } from '@/state/document/shown-program'
import { cx } from '@/ui/cx'
import { fieldAt, graphIndex } from './graph-index'
import { useStatus } from './node-status'

/** A wire in the colour of its type. Dashes run along it while its target works, unless motion is unwelcome. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<CanvasEdge>) {
  const [path] = getBezierPath(props)
  const isActive = useStatus(props.target).status === 'running'
  const isFaded = useIsUnused(props)
  const colour = props.data?.colour
  return (
    <BaseEdge
      id={props.id}
      path={path}
      markerEnd={props.markerEnd}
      interactionWidth={16}
      className={cx('wire', isActive && 'wire-active', isFaded && 'wire-unused')}
      style={{ stroke: colour, strokeWidth: props.selected ? 2.5 : 1.5 }}
    />
  )
})

/** Whether it brought nothing in the last run of one row: its step was not taken, or is a branch that went another way. */
function useIsUnused({ source, sourceHandleId }: Pick<EdgeProps<CanvasEdge>, 'source' | 'sourceHandleId'>): boolean {
  const { status, outputs } = useStatus(source)
  const name = useShownProject(({ graph }) => {
    const index = graphIndex(graph)
    return index.isBranched ? fieldAt(index, { node: source, field: sourceHandleId ?? '' })?.name : undefined
  })
  return status === 'not-taken' || (status === 'done' && name !== undefined && outputs !== undefined && !Object.hasOwn(outputs, name))
}

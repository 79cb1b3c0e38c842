import { useShownProject } from '@/state/document/shown-program'
import { memo, useEffect, useRef } from 'react'
import { useUpdateNodeInternals, type NodeProps } from '@xyflow/react'
import type { ProgramNode } from '@/engine/program/program'
import { cx } from '@/ui/cx'
import { ErrorBoundary } from '@/ui/error-boundary'
import { FieldPort } from './field-port'
import type { CanvasNode } from './flow-items'
import { graphIndex } from './graph-index'
import { ModuleBadge } from './module-badge'
import { NodeFacts } from './node-facts'
import { nodeKindInfo } from './node-kinds'
import { NodeName } from './node-name'
import { NodeOutputs } from './node-outputs'
import { NodePlay } from './node-play'
import { useStatus } from './node-status'
import { ProblemBadge } from './problem-badge'
import { StatusRing } from './status-ring'

/** The card of any node. It selects its own slice of the document, so that an edit elsewhere does not draw it again. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps<CanvasNode>) {
  const node = useShownProject(project => graphIndex(project.graph).node.get(id))
  return (
    node && (
      <ErrorBoundary place={`“${node.name}”`} resetKey={node} fallback={({ error }) => <BrokenCard node={node} error={error} />}>
        <Card node={node} isSelected={selected} />
      </ErrorBoundary>
    )
  )
})

/** One stable object: a new one on each render would make React Flow mount every card again. All kinds of nodes are drawn by one card. */
export const nodeTypes = { node: NodeCard }

function BrokenCard({ node, error }: { node: ProgramNode; error: Error }) {
  return (
    <div className="node-card" data-kind={node.kind} role="alert">
      <p className="node-hint">
        {node.name || 'This step'} could not be shown: {error.message}
      </p>
    </div>
  )
}

function Card({ node, isSelected }: { node: ProgramNode; isSelected: boolean }) {
  const ports = useShownProject(project => graphIndex(project.graph).ports.get(node.id))
  const problems = useShownProject(project => graphIndex(project.graph).problems.get(node.id))
  const status = useStatus(node.id)
  useHandlePositions(node.id, [...(ports?.inputs ?? []), ...(ports?.outputs ?? [])].map(field => field.id).join())
  const { icon: Icon, title, tone, emptyHint } = nodeKindInfo(node.kind)
  const written = new Set(node.fields.map(field => field.id))
  return (
    <div className={cx('node-card', isSelected && 'node-card-selected')} data-kind={node.kind} data-status={status.status}>
      <header className="node-head">
        <span className="node-icon" data-tone={tone} title={title}>
          <Icon size={14} aria-label={title} />
        </span>
        <NodeName nodeId={node.id} name={node.name} />
        <ProblemBadge problems={problems ?? []} />
        {'module' in node && <ModuleBadge nodeId={node.id} module={node.module} />}
        <NodePlay nodeId={node.id} name={node.name} />
      </header>
      <NodeFacts node={node} />
      <div className="node-fields">
        {ports?.inputs.map(field => (
          <FieldPort key={field.id} nodeId={node.id} field={field} side="in" />
        ))}
        {ports?.outputs.map(field => (
          <FieldPort key={field.id} nodeId={node.id} field={field} side="out" isAdded={!written.has(field.id)} />
        ))}
        {node.fields.length === 0 && <p className="node-hint">{emptyHint}</p>}
      </div>
      {status.status !== 'idle' && (
        <footer className="node-foot">
          <StatusRing status={status.status} ms={status.ms} />
          <NodeOutputs nodeId={node.id} />
        </footer>
      )}
    </div>
  )
}

/**
 * React Flow measures handles only when a card's size changes; reordering fields moves handles without that. Not for a card that
 * has just come: React Flow measures it anyway, and the first card measured alone would be all that the first fit shows.
 */
function useHandlePositions(nodeId: string, order: string): void {
  const update = useUpdateNodeInternals()
  const measured = useRef(order)
  useEffect(() => {
    if (measured.current === order) return
    measured.current = order
    update(nodeId)
  }, [update, nodeId, order])
}

import { useShownProject } from '@/state/document/shown-program'
import { memo, useState } from 'react'
import { ChevronDown, ChevronRight, Ellipsis } from 'lucide-react'
import { useReactFlow } from '@xyflow/react'
import { duplicateNodes, removeItems, renameNode } from '@/state/document/edits/graph-edits'
import { select, useSession } from '@/state/session/session-store'
import { sendSessionEvent } from '@/state/session/session-events'
import { announce } from '@/ui/announcer'
import { cx } from '@/ui/cx'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { graphIndex } from './graph-index'
import { nodeKindInfo } from './node-kinds'
import { statusWords, useStatus } from './node-status'
import { OutlineField } from './outline-field'

/** One node of the outline: choose it, rename it, open its fields and their wires. */
export const OutlineNode = memo(function OutlineNode({ nodeId }: { nodeId: string }) {
  const node = useShownProject(project => graphIndex(project.graph).node.get(nodeId))
  const ports = useShownProject(project => graphIndex(project.graph).ports.get(nodeId))
  const problemCount = useShownProject(project => graphIndex(project.graph).problems.get(nodeId)?.length ?? 0)
  const isSelected = useSession(session => session.selectedNodes.includes(nodeId))
  const { status } = useStatus(nodeId)
  const [isOpen, setOpen] = useState(true)
  const [isRenaming, setRenaming] = useState(false)
  const flow = useReactFlow()
  if (!node) return null
  const { icon: Icon, title, tone } = nodeKindInfo(node.kind)
  const show = () => {
    select([nodeId])
    void flow.fitView({ nodes: [{ id: nodeId }], maxZoom: flow.getZoom(), minZoom: flow.getZoom(), duration: 200 })
  }
  const remove = () => {
    removeItems([nodeId])
    announce(`${node.name} deleted`)
  }
  const words = [title, status === 'idle' ? '' : statusWords[status], problemCount > 0 ? `${problemCount} problems` : '']
    .filter(Boolean)
    .join(', ')
  return (
    <li>
      <div className={cx('outline-row', isSelected && 'outline-row-selected')}>
        <button
          type="button"
          className="outline-fold"
          aria-expanded={isOpen}
          aria-label={`Fields of ${node.name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
        </button>
        {isRenaming ? (
          <RenameBox name={node.name} nodeId={nodeId} onDone={() => setRenaming(false)} />
        ) : (
          <button
            type="button"
            className="outline-name"
            aria-current={isSelected ? 'true' : undefined}
            aria-label={`${node.name}, ${words}`}
            onClick={show}
            onDoubleClick={() => setRenaming(true)}
            onKeyDown={event => {
              if (event.key === 'F2') setRenaming(true)
              if (event.key === 'Delete' || event.key === 'Backspace') remove()
              if (event.key === 'Enter' && isSelected) sendSessionEvent('focus-inspector')
            }}
          >
            <span className="node-icon" data-tone={tone}>
              <Icon size={12} aria-hidden />
            </span>
            <span className="outline-text">{node.name}</span>
            {problemCount > 0 && (
              <span className="outline-problem" aria-hidden>
                !
              </span>
            )}
          </button>
        )}
        <Menu
          align="end"
          trigger={<IconButton size="sm" label={`Actions for ${node.name}`} icon={<Ellipsis />} />}
          items={[
            { id: 'inspect', label: 'Open in inspector', onSelect: () => (select([nodeId]), sendSessionEvent('focus-inspector')) },
            { id: 'rename', label: 'Rename', shortcut: 'F2', onSelect: () => setRenaming(true) },
            { id: 'duplicate', label: 'Duplicate', onSelect: () => void duplicateNodes([nodeId]) },
            'separator',
            { id: 'delete', label: 'Delete', shortcut: 'Delete', danger: true, onSelect: remove },
          ]}
        />
      </div>
      {isOpen && ports && (
        <ul className="outline-fields">
          {ports.inputs.map(field => (
            <OutlineField key={field.id} nodeId={nodeId} field={field} side="to" />
          ))}
          {ports.outputs.map(field => (
            <OutlineField key={field.id} nodeId={nodeId} field={field} side="from" />
          ))}
        </ul>
      )}
    </li>
  )
})

function RenameBox({ nodeId, name, onDone }: { nodeId: string; name: string; onDone: () => void }) {
  const [reason, setReason] = useState<string>()
  return (
    <input
      className="node-name-box"
      aria-label={`New name of ${name}`}
      aria-invalid={reason !== undefined}
      title={reason}
      defaultValue={name}
      autoFocus
      onFocus={event => event.currentTarget.select()}
      onBlur={onDone}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.key === 'Escape') onDone()
        if (event.key !== 'Enter') return
        const result = renameNode(nodeId, event.currentTarget.value.trim())
        announce(result.ok ? 'Renamed' : result.reason)
        if (result.ok) onDone()
        else setReason(result.reason)
      }}
    />
  )
}

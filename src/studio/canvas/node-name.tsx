import { useEffect, useRef, useState } from 'react'
import { renameNode } from '@/state/document/edits/graph-edits'
import { announce } from '@/ui/announcer'
import { setCanvas, useCanvas } from './canvas-store'

/** The node's name; double-click or F2 turns it into a text box. A name already in use says so and stays open. */
export function NodeName({ nodeId, name }: { nodeId: string; name: string }) {
  const isRenaming = useCanvas(state => state.renaming === nodeId)
  if (isRenaming) return <NameBox nodeId={nodeId} name={name} />
  return (
    <span className="node-name" title={`${name} (double-click or F2 to rename)`} onDoubleClick={event => startRenaming(event, nodeId)}>
      {name}
    </span>
  )
}

function NameBox({ nodeId, name }: { nodeId: string; name: string }) {
  const box = useRef<HTMLInputElement>(null)
  const [reason, setReason] = useState<string>()
  useEffect(() => box.current?.select(), [])
  const finish = (keepFocus: boolean) => {
    const wanted = box.current?.value.trim() ?? name
    const result = wanted === '' || wanted === name ? { ok: true as const } : renameNode(nodeId, wanted)
    if (!result.ok && keepFocus) return setReason(result.reason)
    setCanvas({ renaming: undefined })
    if (result.ok && wanted !== name && wanted !== '') announce(`Renamed ${name} to ${wanted}`)
    if (keepFocus) document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(nodeId)}"]`)?.focus()
  }
  return (
    <span className="node-name-edit">
      <input
        ref={box}
        className="node-name-box nodrag nopan"
        aria-label="Node name"
        aria-invalid={reason !== undefined}
        title={reason}
        defaultValue={name}
        onBlur={() => finish(false)}
        onKeyDown={event => {
          event.stopPropagation()
          if (event.key === 'Enter') finish(true)
          if (event.key === 'Escape') {
            if (box.current) box.current.value = name
            finish(true)
          }
        }}
      />
      {reason && (
        <span role="alert" className="node-name-reason">
          {reason}
        </span>
      )}
    </span>
  )
}

function startRenaming(event: React.MouseEvent, nodeId: string): void {
  event.stopPropagation()
  setCanvas({ renaming: nodeId })
}

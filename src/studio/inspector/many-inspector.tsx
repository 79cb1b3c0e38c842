import { useShownProject } from '@/state/document/shown-program'
import { CopyPlus, Network, Trash2 } from 'lucide-react'
import type { NodeId } from '@/engine/program/program'
import { runCommand } from '@/state/commands/run-command'
import { select } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { PanelHeader, PanelSection } from '@/ui/panel'

/** Several nodes at once: what they are, and what can be done to all of them. */
export function ManyInspector({ nodeIds }: { nodeIds: readonly NodeId[] }) {
  const names = useShownProject(project => nodeIds.map(id => project.graph.nodes.find(node => node.id === id)?.name ?? ''))
  return (
    <>
      <PanelHeader title={`${nodeIds.length} nodes`} />
      <PanelSection title="Selected">
        <ul className="inspector-list">
          {nodeIds.map((id, index) => (
            <li key={id}>
              <button type="button" className="inspector-link" onClick={() => select([id])}>
                {names[index]}
              </button>
            </li>
          ))}
        </ul>
        <div className="inspector-actions">
          <Button size="sm" icon={<CopyPlus />} onClick={() => void runCommand('duplicate')}>
            Duplicate
          </Button>
          <Button size="sm" icon={<Network />} onClick={() => void runCommand('auto-layout')}>
            Auto layout
          </Button>
          <Button size="sm" variant="danger" icon={<Trash2 />} onClick={() => void runCommand('delete')}>
            Delete
          </Button>
        </div>
      </PanelSection>
    </>
  )
}

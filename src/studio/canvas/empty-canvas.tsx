import { shownProject } from '@/state/document/shown-program'
import { useReactFlow } from '@xyflow/react'
import { ListPlus, PenLine, Workflow } from 'lucide-react'
import { connectNew } from '@/state/document/edits/graph-edits'
import { select } from '@/state/session/session-store'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { addAtCentre, fitOptions } from './canvas-actions'
import type { CanvasEdge, CanvasNode } from './flow-items'
import { addKind } from './palette-drag'

/** What an empty canvas says: what a program is, and the two quickest ways to one. */
export function EmptyCanvas() {
  const flow = useReactFlow<CanvasNode, CanvasEdge>()
  const startProgram = () => {
    buildStarter()
    setTimeout(() => void flow.fitView(fitOptions), 60)
  }
  return (
    <div className="empty-canvas">
      <EmptyState
        icon={<Workflow />}
        title="An empty program"
        action={
          <span className="empty-canvas-actions">
            <Button variant="primary" icon={<ListPlus />} onClick={startProgram}>
              Input → Signature → Output
            </Button>
            <Button icon={<PenLine />} onClick={() => addAtCentre(flow, 'signature')}>
              Add a signature
            </Button>
          </span>
        }
      >
        A program takes a row in at an Input, asks the LM in one or more Signatures, and returns what reaches the Output. Double-click
        anywhere to add a node, or paste a signature such as <code>question -&gt; answer</code>.
      </EmptyState>
    </div>
  )
}

/** Three wired nodes from question to answer: the smallest program that runs. */
function buildStarter(): void {
  const signature = addKind('signature', { x: 320, y: 0 })
  const node = shownProject().graph.nodes.find(each => each.id === signature)
  for (const field of node?.fields ?? []) {
    if (field.role === 'input') connectNew('input', { x: 0, y: 20 }, { node: signature, field: field.id, side: 'to' })
    else connectNew('output', { x: 660, y: 20 }, { node: signature, field: field.id, side: 'from' })
  }
  select([signature])
  announce('Input, Signature and Output added and connected')
}

import { largeProgram, useShownProject } from '@/state/document/shown-program'
import { useEffect, useRef } from 'react'
import { onSessionEvent } from '@/state/session/session-events'
import { useSession } from '@/state/session/session-store'
import { Panel } from '@/ui/panel'
import { useLater } from '@/ui/use-later'
import { ManyInspector } from './many-inspector'
import { NodeInspector } from './node-inspector'
import { Overview } from './overview'
import { RunBar } from './run-bar'
import './inspector.css'

/** The right side of Build: the chosen node, or the whole program when nothing is chosen. */
export function InspectorPane() {
  const pane = useRef<HTMLDivElement>(null)
  const selected = useSession(session => session.selectedNodes)
  const known = useShownProject(project => selected.filter(id => project.graph.nodes.some(node => node.id === id)))
  useEffect(() => onSessionEvent('focus-inspector', () => focusFirst(pane.current)), [])
  const isDrawn = useLater(useShownProject(project => project.graph.nodes.length > largeProgram))
  const [only] = known
  return (
    <div ref={pane} className="inspector" role="region" aria-label="Inspector" tabIndex={-1}>
      <RunBar />
      <Panel className="inspector-body">
        {!isDrawn ? null : known.length === 0 || only === undefined ? (
          <Overview />
        ) : known.length === 1 ? (
          <NodeInspector key={only} nodeId={only} />
        ) : (
          <ManyInspector nodeIds={known} />
        )}
      </Panel>
    </div>
  )
}

/** The first tab of the node's panel: from there Tab leads into the form. */
function focusFirst(pane: HTMLElement | null): void {
  // The selection may have changed in the same breath: wait for its panel.
  setTimeout(() => (pane?.querySelector<HTMLElement>('[role="tab"][data-state="active"]') ?? pane)?.focus())
}

import { useShownProject } from '@/state/document/shown-program'
import { RowBoundary } from '@/ui/error-boundary'
import { OutlineNode } from './outline-node'

/** The program as a list: everything the canvas can do with wires, for hands on the keyboard and ears on a screen reader. */
export function Outline() {
  const ids = useShownProject(project => project.graph.nodes.map(node => node.id))
  if (ids.length === 0) return <p className="outline-empty">No nodes yet. Add one with Enter on a kind above.</p>
  return (
    <nav className="program-outline" aria-label="Program outline">
      <ul>
        {ids.map(id => (
          <RowBoundary key={id} isItem place="This step">
            <OutlineNode nodeId={id} />
          </RowBoundary>
        ))}
      </ul>
    </nav>
  )
}

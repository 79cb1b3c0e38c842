import { canonicalJson } from '@/lib/canonical-json'
import type { StateVersion } from '@/engine/project/project'
import { scorePercent } from '@/lib/percent'
import { restoreVersion } from '@/state/document/edits/apply'
import { useProject } from '@/state/document/project-store'
import { useVersions } from '@/state/session/queries'
import { errorSentence } from '@/state/session/notices'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { formatAgo } from '@/ui/format'
import { PanelSection } from '@/ui/panel'
import { toast } from '@/ui/toast'

/** States that were applied, newest first; any of them can come back, and undo takes that back. */
export function VersionsList() {
  const projectId = useProject(project => project.id)
  const state = useProject(project => project.state)
  const graph = useProject(project => project.graph)
  const { data: versions, isLoading, error } = useVersions(projectId)
  const sorted = [...(versions ?? [])].sort((left, right) => right.number - left.number)
  // Without versions there is nothing to compare, and the text of a large program takes its time.
  const current = sorted.length === 0 ? '' : canonicalJson([state, graph])
  return (
    <PanelSection title="Versions">
      {error && <p className="field-problem">The versions could not be read.</p>}
      {!isLoading && !error && sorted.length === 0 && (
        <p className="inspector-faint">None yet. Applying the result of a compile makes one.</p>
      )}
      <ol className="version-list">
        {sorted.map(version => {
          const isCurrent = canonicalJson([version.state, version.graph ?? graph]) === current
          return (
            <li key={version.id} className="version">
              <span className="version-number">v{version.number}</span>
              <span className="version-words">
                <span>{version.note}</span>
                <span className="inspector-faint">
                  {formatAgo(version.at)}
                  {version.score === undefined ? '' : ` · val ${scorePercent(version.score)}`}
                </span>
              </span>
              {isCurrent ? (
                <Badge tone="accent">in use</Badge>
              ) : (
                <Button size="sm" aria-label={`Restore version ${version.number}`} onClick={() => void restore(version)}>
                  Restore
                </Button>
              )}
            </li>
          )
        })}
      </ol>
    </PanelSection>
  )
}

async function restore(version: StateVersion): Promise<void> {
  try {
    if (await restoreVersion(version))
      toast({ title: `Version ${version.number} restored`, detail: 'Undo brings back what you had.', tone: 'good' })
  } catch (error) {
    toast({ title: `Version ${version.number} was not restored`, detail: errorSentence(error), tone: 'bad' })
  }
}

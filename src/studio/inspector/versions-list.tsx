import { canonicalJson } from '@/lib/canonical-json'
import { scorePercent } from '@/lib/percent'
import { restoreVersion } from '@/state/document/edits/state-edits'
import { useProject } from '@/state/document/project-store'
import { useVersions } from '@/state/session/queries'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { formatAgo } from '@/ui/format'
import { PanelSection } from '@/ui/panel'
import { toast } from '@/ui/toast'

/** States that were applied, newest first; any of them can come back, and undo takes that back. */
export function VersionsList() {
  const projectId = useProject(project => project.id)
  const state = useProject(project => project.state)
  const { data: versions, isLoading, error } = useVersions(projectId)
  const sorted = [...(versions ?? [])].sort((left, right) => right.number - left.number)
  const current = canonicalJson(state)
  return (
    <PanelSection title="Versions">
      {error && <p className="field-problem">The versions could not be read.</p>}
      {!isLoading && !error && sorted.length === 0 && (
        <p className="inspector-faint">None yet. Applying the result of a compile makes one.</p>
      )}
      <ol className="version-list">
        {sorted.map(version => {
          const isCurrent = canonicalJson(version.state) === current
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
                <Button
                  size="sm"
                  aria-label={`Restore version ${version.number}`}
                  onClick={() => {
                    restoreVersion(version)
                    toast({ title: `Version ${version.number} restored`, detail: 'Undo brings back what you had.', tone: 'good' })
                  }}
                >
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

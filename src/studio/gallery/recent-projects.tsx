import { useState } from 'react'
import type { Project } from '@/engine/project/project'
import { errorSentence } from '@/state/session/notices'
import { useProjects } from '@/state/session/queries'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { remove } from './gallery-actions'
import { ProjectRow } from './project-row'

export function RecentProjects() {
  const projects = useProjects()
  const [doomed, setDoomed] = useState<Project>()
  return (
    <section aria-labelledby="recent-title" className="mt-10">
      <h2 id="recent-title" className="mb-2 text-base font-semibold">
        Your projects
      </h2>
      {projects.isPending && <Spinner label="Reading projects" />}
      {projects.isError && (
        <ErrorBox title="Your projects could not be read" message={errorSentence(projects.error)} onRetry={() => void projects.refetch()} />
      )}
      {projects.data?.length === 0 && (
        <p className="rounded-lg border border-dashed border-line-strong px-4 py-5 text-soft">
          None yet. Open a template above; what you make of it is kept in this browser and shows here.
        </p>
      )}
      {projects.data && projects.data.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {projects.data.map(project => (
            <ProjectRow key={project.id} project={project} onDelete={() => setDoomed(project)} />
          ))}
        </ul>
      )}
      <ConfirmDialog
        open={doomed !== undefined}
        onOpenChange={() => setDoomed(undefined)}
        title={`Delete “${doomed?.name ?? ''}”?`}
        action="Delete project"
        danger
        onConfirm={() => doomed && void remove(doomed)}
      >
        Its program, data, versions and runs go with it, and this cannot be undone. Export the project file first to keep a copy.
      </ConfirmDialog>
    </section>
  )
}

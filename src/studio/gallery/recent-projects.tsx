import { useState } from 'react'
import { Download, Trash2 } from 'lucide-react'
import type { Project } from '@/engine/project/project'
import { downloadUnreadable } from '@/state/export/unreadable-file'
import type { Unreadable } from '@/storage/unreadable'
import { BrokenItem } from '@/ui/broken-item'
import { Button } from '@/ui/button'
import { errorSentence } from '@/state/session/notices'
import { useProjects } from '@/state/session/queries'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { RowBoundary } from '@/ui/error-boundary'
import { remove } from './gallery-actions'
import { ProjectRow } from './project-row'

type Named = Pick<Project, 'id' | 'name'>

export function RecentProjects() {
  const projects = useProjects()
  const [doomed, setDoomed] = useState<Named>()
  const { projects: readable = [], unreadable = [] } = projects.data ?? {}
  return (
    <section aria-labelledby="recent-title" className="mt-10">
      <h2 id="recent-title" className="mb-2 text-base font-semibold">
        Your projects
      </h2>
      {projects.isPending && <Spinner label="Reading projects" />}
      {projects.isError && (
        <ErrorBox title="Your projects could not be read" message={errorSentence(projects.error)} onRetry={() => void projects.refetch()} />
      )}
      {projects.data !== undefined && readable.length + unreadable.length === 0 && (
        <p className="rounded-lg border border-dashed border-line-strong px-4 py-5 text-soft">
          None yet. Open a template above; what you make of it is kept in this browser and shows here.
        </p>
      )}
      {readable.length + unreadable.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {readable.map(project => (
            <RowBoundary key={project.id} isItem place={`“${project.name}”`} resetKey={project}>
              <ProjectRow project={project} onDelete={() => setDoomed(project)} />
            </RowBoundary>
          ))}
          {unreadable.map(project => (
            <BrokenItem
              key={project.id}
              title={project.name ?? project.id}
              message={project.error.message}
              actions={
                <>
                  <Button size="sm" icon={<Download />} onClick={() => void downloadUnreadable(project)}>
                    Download
                  </Button>
                  <Button size="sm" variant="ghost" icon={<Trash2 />} onClick={() => setDoomed(named(project))}>
                    Delete
                  </Button>
                </>
              }
            />
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

function named({ id, name = id }: Unreadable): Named {
  return { id, name }
}

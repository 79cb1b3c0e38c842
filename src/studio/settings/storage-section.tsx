import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Project } from '@/engine/project/project'
import { formatBytes } from '@/lib/byte-size'
import { errorSentence, notify, notifyError } from '@/state/session/notices'
import { deleteProject } from '@/state/document/project-commands'
import { useProjects, useStorageInfo } from '@/state/session/queries'
import { projectBytes } from '@/storage/usage'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { ErrorBox } from '@/ui/error-box'
import { ProgressBar } from '@/ui/progress-bar'
import { Spinner } from '@/ui/spinner'
import { BackupCard } from './backup-card'
import { DamagedRecords } from './damaged-records'
import { FilesNote } from './files-note'
import { FreeCache } from './free-cache'
import { keepStorage } from './settings-actions'

export function StorageSection() {
  const info = useStorageInfo()
  const projects = useProjects()
  const [doomed, setDoomed] = useState<Project>()
  if (info.isPending) return <Spinner label="Measuring storage" />
  if (info.isError) {
    return <ErrorBox title="The storage could not be measured" message={errorSentence(info.error)} onRetry={() => void info.refetch()} />
  }
  const { usage, quota, isPersisted, callCache, blobs } = info.data
  return (
    <div className="flex flex-col gap-4">
      {usage !== undefined && quota !== undefined && (
        <div className="flex flex-col gap-1.5">
          <p className="flex justify-between">
            <span>{formatBytes(usage)} used</span>
            <span className="text-faint">of at most {formatBytes(quota)}</span>
          </p>
          <ProgressBar label="Storage used" value={usage} max={quota} valueText={`${formatBytes(usage)} of ${formatBytes(quota)}`} />
        </div>
      )}
      <div className="flex items-center gap-3 rounded-lg border border-line bg-surface px-3 py-2.5">
        <div className="min-w-0 flex-1">
          <p className="flex items-center gap-2 font-medium">
            Kept by the browser <Badge tone={isPersisted ? 'good' : 'warn'}>{isPersisted ? 'Yes' : 'Not promised'}</Badge>
          </p>
          <p className="text-sm text-soft">
            {isPersisted
              ? 'The browser clears this storage only when you tell it to.'
              : 'When disk space runs low, a browser may clear what it has not promised to keep.'}
          </p>
        </div>
        {!isPersisted && <Button onClick={() => void keepStorage()}>Ask to keep it</Button>}
      </div>
      <FreeCache {...callCache} />
      <FilesNote {...blobs} />
      <BackupCard />
      <DamagedRecords />
      {projects.data && projects.data.projects.length > 0 && (
        <ul aria-label="Projects by size" className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {projects.data.projects.map(project => (
            <li key={project.id} className="flex items-center gap-3 px-3 py-2">
              <span className="min-w-0 flex-1 truncate">{project.name}</span>
              <ProjectSize projectId={project.id} />
              <Button size="sm" variant="ghost" aria-label={`Delete ${project.name}`} onClick={() => setDoomed(project)}>
                Delete
              </Button>
            </li>
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
        Its program, data, versions and runs go with it, and this cannot be undone. Cached model answers stay.
      </ConfirmDialog>
    </div>
  )
}

function ProjectSize({ projectId }: { readonly projectId: string }) {
  const bytes = useQuery({ queryKey: ['storageInfo', projectId], queryFn: () => projectBytes(projectId), staleTime: 5_000 })
  return <span className="text-sm text-faint tabular">{bytes.data === undefined ? '…' : `about ${formatBytes(bytes.data)}`}</span>
}

async function remove(project: Project): Promise<void> {
  try {
    await deleteProject(project.id)
    notify({ title: `Deleted “${project.name}”`, tone: 'neutral' })
  } catch (error) {
    notifyError('The project could not be deleted', error)
  }
}

import { QueryClient } from '@tanstack/react-query'
import { onChange, type ChangeNotice } from '@/storage/change-notices'
import { joinWrites, noteWritten } from './growing-list'

/** Keys of everything read from storage. The first part is the record's store, so that a notice finds what it made stale. */
export const queryKeys = {
  projects: () => ['projects'] as const,
  versions: (projectId: string) => ['versions', projectId] as const,
  datasets: () => ['datasets'] as const,
  dataset: (id: string) => ['datasets', id] as const,
  datasetRows: (id: string) => ['datasets', id, 'rows'] as const,
  runs: (projectId: string) => ['runs', 'of', projectId] as const,
  run: (runId: string) => ['runs', runId] as const,
  runEvents: (runId: string) => ['runEvents', runId] as const,
  runCalls: (runId: string) => ['runCalls', runId] as const,
  batchRollouts: (runId: string, batch: number | undefined) => ['rollouts', runId, 'batch', batch ?? ''] as const,
  traceLines: (runId: string) => ['rollouts', runId, 'lines'] as const,
  rollout: (runId: string, batch: number, index: number) => ['rollouts', runId, 'one', batch, index] as const,
  tries: (projectId: string) => ['tries', projectId] as const,
  runLocks: () => ['runLocks'] as const,
  call: (runId: string, key: string) => ['lmCalls', runId, key] as const,
  keys: () => ['keys'] as const,
  toolHosts: (projectId: string) => ['toolHosts', projectId] as const,
  modelFacts: () => ['settings', 'model-facts'] as const,
  damaged: () => ['quarantine'] as const,
  storageInfo: () => ['storageInfo'] as const,
}

/** Stored data changes only through notices, so nothing goes stale by time and no window focus refetches. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: false, networkMode: 'always' },
  },
})

let stop: (() => void) | undefined

/** Keeps what the page shows in step with the storage, also with what other tabs write. */
export function watchStorage(): () => void {
  stop ??= onChange(refreshSoon)
  return () => {
    stop?.()
    stop = undefined
  }
}

type Change = Pick<ChangeNotice, 'store' | 'id' | 'wrote'>
const pending = new Map<string, Change>()
let timer: ReturnType<typeof setTimeout> | undefined
/** A live run announces ten times a second: lists need not be read that often. */
const refreshPauseMs = 400

function refreshSoon({ store, id, wrote }: Change): void {
  const name = JSON.stringify([store, id])
  const before = pending.get(name)
  const joined = before === undefined ? wrote : before.wrote && wrote && joinWrites([before.wrote, wrote])
  pending.set(name, { store, id, wrote: joined })
  timer ??= setTimeout(() => {
    timer = undefined
    const changes = [...pending.values()]
    pending.clear()
    for (const change of changes) refresh(change)
  }, refreshPauseMs)
}

function refresh({ store, id, wrote }: Change): void {
  switch (store) {
    case 'projects':
      return invalidate(queryKeys.projects())
    case 'forgottenKeys':
      return invalidate(queryKeys.keys())
    case 'versions':
      return invalidate(['versions'])
    case 'datasets':
    case 'datasetChunks':
      if (id === undefined) return invalidate(queryKeys.datasets())
      invalidate(queryKeys.dataset(id))
      return void queryClient.invalidateQueries({ queryKey: queryKeys.datasets(), exact: true })
    case 'runs':
      invalidate(id === undefined ? ['runs'] : queryKeys.run(id))
      invalidate(['runs', 'of'])
      invalidate(queryKeys.runLocks())
      return
    case 'runEvents':
    case 'rollouts':
    case 'runCalls':
      return noteWritten(queryClient, id, wrote)
    default:
      invalidate([store])
  }
}

export function invalidate(queryKey: readonly string[]): void {
  void queryClient.invalidateQueries({ queryKey })
}

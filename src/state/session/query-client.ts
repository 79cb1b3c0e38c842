import { QueryClient } from '@tanstack/react-query'
import { onChange } from '@/storage/change-notices'

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
  runLocks: () => ['runLocks'] as const,
  call: (key: string) => ['lmCalls', key] as const,
  keys: () => ['keys'] as const,
  modelFacts: () => ['settings', 'model-facts'] as const,
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
  stop ??= onChange(({ store, id }) => refreshSoon(store, id))
  return () => {
    stop?.()
    stop = undefined
  }
}

const pending = new Map<string, { store: string; id: string }>()
let timer: ReturnType<typeof setTimeout> | undefined
/** A live run announces ten times a second: lists need not be read that often. */
const refreshPauseMs = 400

function refreshSoon(store: string, id: string): void {
  pending.set(`${store} ${id}`, { store, id })
  timer ??= setTimeout(() => {
    timer = undefined
    const notices = [...pending.values()]
    pending.clear()
    for (const notice of notices) refresh(notice.store, notice.id)
  }, refreshPauseMs)
}

function refresh(store: string, id: string): void {
  switch (store) {
    case 'projects':
      return invalidate(queryKeys.projects())
    case 'versions':
      return invalidate(['versions'])
    case 'datasets':
    case 'datasetChunks':
      invalidate(queryKeys.dataset(id))
      return void queryClient.invalidateQueries({ queryKey: queryKeys.datasets(), exact: true })
    case 'runs':
      invalidate(queryKeys.run(id))
      invalidate(['runs', 'of'])
      invalidate(queryKeys.runLocks())
      return
    case 'runEvents':
    case 'rollouts':
    case 'runCalls':
      invalidate(['runEvents', id])
      invalidate(['rollouts', id])
      invalidate(['runCalls', id])
      return
    default:
      invalidate([store])
  }
}

export function invalidate(queryKey: readonly string[]): void {
  void queryClient.invalidateQueries({ queryKey })
}

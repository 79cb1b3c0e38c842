import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { CallKey } from '@/engine/lm/lm'
import { getDataset, listDatasets, readRows } from '@/storage/datasets'
import { listProjects } from '@/storage/projects'
import type { RunId, TryRecord } from '@/storage/records'
import { answerOf } from '@/storage/run-answers'
import { getRun, listRuns } from '@/storage/runs'
import { heldTries, listTries } from '@/storage/tries'
import { storageInfo } from '@/storage/usage'
import { listVersions } from '@/storage/versions'
import { engine } from './engine-client'
import { growingQuery } from './growing-list'
import { queryKeys } from './query-client'
import { runCalls, runEvents } from './run-lists'
import { watchedRuns } from './run-lock-watch'

export function useProjects() {
  return useQuery({ queryKey: queryKeys.projects(), queryFn: () => listProjects() })
}

export function useDataset(id: string | undefined) {
  return useQuery({
    queryKey: queryKeys.dataset(id ?? ''),
    queryFn: async () => (await getDataset(id ?? '')) ?? null,
    enabled: id !== undefined,
  })
}

export function useDatasets() {
  return useQuery({ queryKey: queryKeys.datasets(), queryFn: () => listDatasets() })
}

/** All rows of a dataset, in their order. */
export function useDatasetRows(id: string | undefined) {
  return useQuery({
    queryKey: queryKeys.datasetRows(id ?? ''),
    queryFn: () => readRows(id ?? ''),
    enabled: id !== undefined,
    // While an edit is read back, the table keeps showing what it had.
    placeholderData: keepPreviousData,
    structuralSharing: false,
  })
}

export function useRuns(projectId: string) {
  return useQuery({ queryKey: queryKeys.runs(projectId), queryFn: () => listRuns(projectId) })
}

export function useRun(runId: RunId | undefined) {
  return useQuery({
    queryKey: queryKeys.run(runId ?? ''),
    queryFn: async () => (await getRun(runId ?? '')) ?? null,
    enabled: runId !== undefined,
  })
}

export function useRunEvents(runId: RunId, isEnabled = true) {
  return useQuery({ ...growingQuery(runEvents(runId)), enabled: isEnabled })
}

export function useRunCalls(runId: RunId | undefined) {
  return useQuery({ ...growingQuery(runCalls(runId ?? '')), enabled: runId !== undefined })
}

/** The stored request and answer behind a call of a run. */
export function useCall(runId: RunId, key: CallKey) {
  return useQuery({ queryKey: queryKeys.call(runId, key), queryFn: async () => (await answerOf(runId, key)) ?? null })
}

export function useVersions(projectId: string) {
  return useQuery({ queryKey: queryKeys.versions(projectId), queryFn: () => listVersions(projectId) })
}

/** Origins with a saved key; never the keys themselves. */
export function useKeys() {
  return useQuery({ queryKey: queryKeys.keys(), queryFn: () => engine().keys() })
}

export function useStorageInfo() {
  return useQuery({ queryKey: queryKeys.storageInfo(), queryFn: () => storageInfo(), staleTime: 5_000 })
}

/** A try as it is shown: one that says it is running and that nobody makes was interrupted. */
export type ShownTry = Omit<TryRecord, 'status'> & { readonly status: TryRecord['status'] | 'interrupted' }

/** What asked models in this project without being a run, newest first. */
export function useTries(projectId: string): UseQueryResult<readonly ShownTry[]> {
  return useQuery({
    queryKey: queryKeys.tries(projectId),
    queryFn: async (): Promise<readonly ShownTry[]> => {
      const held = await heldTries()
      const tries = await listTries(projectId)
      return tries.map(one => (one.status === 'running' && !held.has(one.id) ? { ...one, status: 'interrupted' } : one))
    },
    // A tab that dies in the middle of one tells nobody.
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'running') ? 5_000 : false),
  })
}

/** Runs that some tab is running; a run that says it is running and is not among them was interrupted. */
export function useRunLocks(): UseQueryResult<ReadonlySet<RunId>> {
  return useQuery({ queryKey: queryKeys.runLocks(), queryFn: watchedRuns, refetchInterval: 5_000, structuralSharing: false })
}

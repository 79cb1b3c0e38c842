import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Example, ExampleId } from '@/engine/base/example'
import type { ExampleSetRef } from '@/engine/record/spec'
import { getExampleSet } from '@/storage/example-sets'
import type { RunId, RunRecord } from '@/storage/records'
import type { RolloutPlace } from '@/storage/rollouts'
import { growingQuery } from '../session/growing-list'
import { batchRollouts, oneRollout, traceLines } from '../session/run-lists'

/** The rollouts of one batch of a run: what a candidate or an evaluation did on its rows, by index. */
export function useBatchRollouts(runId: RunId, batch: number | undefined) {
  return useQuery({ ...growingQuery(batchRollouts(runId, batch)), enabled: batch !== undefined })
}

/** The rollouts of a whole run for its list, without the inputs of their steps. */
export function useTraceLines(runId: RunId) {
  return useQuery(growingQuery(traceLines(runId)))
}

/** One rollout with all of its trace; null where there is none. */
export function useRollout(runId: RunId, place: RolloutPlace) {
  return useQuery({ ...growingQuery(oneRollout(runId, place)), select: found => found[0] ?? null })
}

export interface RunExamples {
  readonly byId: ReadonlyMap<ExampleId, Example>
  /** The rows that are scored, in their order. */
  readonly scored: readonly Example[]
  readonly isLoading: boolean
  readonly error: unknown
  refetch(): void
}

/** The rows a run was made with, as they were then. */
export function useRunExamples(record: RunRecord | undefined): RunExamples {
  const val = useExampleSet(record?.spec.data.val)
  const train = useExampleSet(record?.spec.data.train)
  const [valRows, trainRows] = [val.data, train.data]
  const byId = useMemo(() => new Map([...(trainRows ?? []), ...(valRows ?? [])].map(row => [row.id, row])), [valRows, trainRows])
  return {
    byId,
    // Without a val split, candidates are scored on the train rows.
    scored: (valRows === undefined || valRows.length > 0 ? valRows : trainRows) ?? noRows,
    isLoading: val.isLoading || train.isLoading,
    error: val.error ?? train.error,
    refetch() {
      void val.refetch()
      void train.refetch()
    },
  }
}

const noRows: readonly Example[] = []

function useExampleSet(ref: ExampleSetRef | undefined) {
  return useQuery({
    queryKey: ['exampleSets', ref?.hash ?? ''],
    queryFn: () => (ref === undefined || ref.count === 0 ? [] : getExampleSet(ref)),
    enabled: ref !== undefined,
    structuralSharing: false,
  })
}

import { useMemo } from 'react'
import { decidedRows, type DecidedRow } from '@/engine/evaluate/decided-rows'
import type { PredictorId } from '@/engine/program/program'
import type { DecisionSettings } from '@/engine/signature/decisions/decision'
import type { RunRecord } from '@/storage/records'
import { useRuns } from '../session/queries'
import { useBatchRollouts, useRunExamples } from './run-data'

export interface DecidedRun {
  readonly title: string
  readonly rows: readonly DecidedRow[]
  /** How the run itself decided. */
  readonly settings: DecisionSettings
}

/** The last evaluation of a project, with the rows in which it decided an output; undefined before there is one. */
export function useDecidedRun(projectId: string, predictor: PredictorId, output: string): DecidedRun | undefined {
  const { data } = useRuns(projectId)
  const record = latestEvaluation(data?.runs ?? [])
  const { data: rollouts } = useBatchRollouts(record?.id ?? '', record && 0)
  const { byId } = useRunExamples(record)
  const rows = useMemo(
    () =>
      decidedRows(
        (rollouts ?? []).map(({ rollout }) => rollout),
        { predictor, output },
        byId,
      ),
    [rollouts, predictor, output, byId],
  )
  if (record === undefined || rows.length === 0) return undefined
  return { title: record.title, rows, settings: record.spec.state[predictor]?.fields?.[output] ?? {} }
}

function latestEvaluation(runs: readonly RunRecord[]): RunRecord | undefined {
  let latest: RunRecord | undefined
  for (const run of runs) if (run.kind === 'evaluate' && (latest === undefined || run.createdAt > latest.createdAt)) latest = run
  return latest
}

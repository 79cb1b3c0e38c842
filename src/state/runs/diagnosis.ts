import { useMemo } from 'react'
import { diagnose } from '@/engine/advice/diagnose'
import type { Diagnosis } from '@/engine/advice/finding'
import { traitsOf } from '@/engine/providers/registry'
import type { RunView } from '@/engine/run/view/run-view'
import type { RunId, RunRecord } from '@/storage/records'
import { useRunView } from './live/live-runs'

/** Why a compile brought no gain, or what to doubt about its gain; undefined while it runs, and for other kinds of runs. */
export function useDiagnosis(runId: RunId): Diagnosis | undefined {
  const { view, record, live } = useRunView(runId)
  return useMemo(() => (record === undefined || live ? undefined : diagnosisOf(record, view)), [record, view, live])
}

export function diagnosisOf({ kind, spec, result: recorded }: RunRecord, view: RunView): Diagnosis | undefined {
  if (kind !== 'compile' || view.end === undefined) return undefined
  const result = view.end.result ?? recorded
  return diagnose({
    view,
    graph: spec.graph,
    sizes: { train: spec.data.train.count, val: spec.data.val.count },
    isSandbox: !traitsOf(spec.models.task).isLanguageModel,
    ...(result && { result }),
    ...(spec.optimizer && { optimizer: spec.optimizer }),
  })
}

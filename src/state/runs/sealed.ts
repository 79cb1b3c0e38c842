import type { RunRecord } from '@/storage/records'
import { useProject } from '../project-store'

/** Whether a run's scores must not be shown yet: it is of the test split, and nobody has asked to see it. */
export function useIsSealed(record: Pick<RunRecord, 'id' | 'spec'> | undefined): boolean {
  return useProject(project => isSealed(record, project.reveals))
}

export function isSealed(record: Pick<RunRecord, 'id' | 'spec'> | undefined, reveals: readonly { readonly runId: string }[]): boolean {
  return record?.spec.data.split === 'test' && !reveals.some(({ runId }) => runId === record.id)
}

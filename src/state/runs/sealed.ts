import type { Project } from '@/engine/project/project'
import type { RunRecord } from '@/storage/records'
import { useProject } from '../document/project-store'

/** Whether a run's scores must not be shown yet: it has rows of the test split, and nobody has asked to see it. */
export function useIsSealed(record: Pick<RunRecord, 'id' | 'spec'> | undefined): boolean {
  return useProject(project => isSealed(record, project))
}

export function isSealed(
  record: Pick<RunRecord, 'id' | 'spec'> | undefined,
  { reveals, split }: Pick<Project, 'reveals' | 'split'>,
): boolean {
  if (record === undefined) return false
  const ran = record.spec.data.split
  return (ran === 'test' || (ran === 'all' && split.test > 0)) && !reveals.some(({ runId }) => runId === record.id)
}

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Project } from '@/engine/project/project'
import type { RunRequest } from '@/worker/api'
import { engine } from '../../session/engine-client'

/** What a run would take, asked again whenever something that decides it changes. Positions and names do not. */
export function useEstimate(project: Project, kind: RunRequest['kind'], split?: RunRequest['split']) {
  const { graph, state, datasetId, mapping, split: shares, metric, optimizer, roles, models, run } = project
  return useQuery({
    queryKey: ['estimate', kind, split, graph, datasetId, mapping, shares, metric, optimizer, roles, models, run, askedMore(state)],
    queryFn: () => engine().estimate({ project, kind, ...(split && { split }) }),
    placeholderData: keepPreviousData,
    retry: false,
  })
}

/** What of a state decides how many requests it takes and whom it asks: its texts do not. */
function askedMore(state: Project['state']) {
  return Object.entries(state).map(([id, { lm, nearest, demos }]) => [
    id,
    lm,
    nearest?.embedder,
    nearest?.embedder === undefined ? undefined : demos.length,
  ])
}

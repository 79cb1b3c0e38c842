import { useQuery } from '@tanstack/react-query'
import type { StartProblem } from '@/engine/advice/before/start-problem'
import type { RunRequest } from '@/worker/api'
import { useProject } from '../../document/project-store'
import { engine } from '../../session/engine-client'
import { useDataset } from '../../session/queries'

/**
 * What stands against a run before it starts. The rows are read in the worker, once for each state of the dataset; asked again when
 * something changes that decides it. Undefined while it is not known, as for a dataset that cannot be read.
 */
export function useStartProblems(kind: 'compile' | 'evaluate', split?: RunRequest['split']): readonly StartProblem[] | undefined {
  const project = useProject(one => one)
  const { id, graph, datasetId, mapping, split: shares, metric, optimizer } = project
  const { data: dataset } = useDataset(datasetId)
  const version = datasetId === undefined ? 'none' : dataset?.updatedAt
  const { data } = useQuery({
    queryKey: ['start-problems', id, kind, split, datasetId, version, graph, mapping, shares, metric, optimizer],
    queryFn: () => engine().startProblems({ project, kind, ...(split && { split }) }),
    enabled: version !== undefined,
    // While it is asked again, what was said stays; of another project it says nothing.
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
    structuralSharing: false,
  })
  return data
}

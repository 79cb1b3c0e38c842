import type { Example } from '@/engine/base/example'
import { labelNames, toExample } from '@/engine/data/mapping'
import { splitOf } from '@/engine/data/split'
import { EngineError } from '@/engine/base/errors'
import type { DatasetMeta, Project, SplitSpec } from '@/engine/project/project'
import type { SplitName } from '@/engine/record/spec'
import { getDataset, readRows } from '@/storage/datasets'

/** A project's dataset as its program sees it. */
export interface ProjectRows {
  readonly project: Project
  readonly dataset: DatasetMeta
  readonly examples: readonly Example[]
}

/** Undefined for a project without a dataset. Throws `not-found` for one whose dataset is gone. */
export async function projectRows(project: Project): Promise<ProjectRows | undefined> {
  if (project.datasetId === undefined) return undefined
  const dataset = await getDataset(project.datasetId)
  if (!dataset) {
    throw new EngineError('not-found', 'The dataset of this project is no longer stored in this browser. Import it again in Data.', {
      dataset: project.datasetId,
    })
  }
  const rows = await readRows(dataset.id)
  return { project, dataset, examples: rows.map(row => toExample(row, dataset.columns, project.graph, project.mapping)) }
}

export function chosenExamples({ examples }: ProjectRows, split: SplitName, spec: SplitSpec): readonly Example[] {
  return split === 'all' ? examples : examples.filter(example => splitOf(example.id, spec) === split)
}

export function labelNamesOf({ project, dataset }: ProjectRows): ReadonlySet<string> {
  return labelNames(project.graph, dataset.columns, project.mapping)
}

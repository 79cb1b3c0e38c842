import type { Example } from '@/engine/base/example'
import { labelNames, toExample } from '@/engine/data/mapping'
import { countPlaces, placeOf, splitOf } from '@/engine/data/split'
import { EngineError } from '@/engine/base/errors'
import type { DataRow, DatasetMeta, Project } from '@/engine/project/project'
import type { SplitName } from '@/engine/record/spec'
import { getDataset, readRows } from '@/storage/datasets'

/** A project and its dataset, of which nothing but the head was read. */
export interface ProjectData {
  readonly project: Project
  readonly dataset: DatasetMeta
}

/** Undefined for a project without a dataset. Throws `not-found` for one whose dataset is gone. */
export async function projectData(project: Project): Promise<ProjectData | undefined> {
  if (project.datasetId === undefined) return undefined
  const dataset = await getDataset(project.datasetId)
  if (dataset) return { project, dataset }
  throw new EngineError('not-found', 'The dataset of this project is no longer stored in this browser. Import it again in Data.', {
    dataset: project.datasetId,
  })
}

export type RowCounts = Readonly<Record<SplitName, number>>

/** How many rows each split has. The rows are read once for each state of a dataset and seed; other shares are counted from memory. */
export async function rowCounts({ project: { split }, dataset }: ProjectData): Promise<RowCounts> {
  const { id, updatedAt, rowCount } = dataset
  const key = JSON.stringify([id, updatedAt, rowCount, split.seed])
  if (latest?.key !== key) latest = { key, places: placesOf(id, split.seed) }
  const { places } = latest
  // A failed reading is tried again.
  places.catch(() => (latest = latest?.places === places ? undefined : latest))
  return { ...countPlaces(await places, split), all: (await places).length }
}

let latest: { readonly key: string; readonly places: Promise<Float64Array> } | undefined

async function placesOf(id: string, seed: number): Promise<Float64Array> {
  const rows = await readRows(id)
  return Float64Array.from(rows, row => placeOf(row.id, seed)).sort()
}

/** The rows of a split as the program sees them, in their order. */
export async function examplesOf(data: ProjectData, split: SplitName): Promise<readonly Example[]> {
  return mapped(data, inSplit(await readRows(data.dataset.id), data, split))
}

/** Those of several splits, read in one go. */
export async function examplesOfAll<S extends SplitName>(data: ProjectData, splits: readonly S[]): Promise<Record<S, readonly Example[]>> {
  const rows = await readRows(data.dataset.id)
  // One entry for each split, which the type cannot see.
  return Object.fromEntries(splits.map(split => [split, mapped(data, inSplit(rows, data, split))])) as Record<S, readonly Example[]>
}

/** The first rows of the val split, or of the train split where there are none: never of the test split, which stays sealed. */
export async function firstOpenExamples(data: ProjectData, count: number): Promise<readonly Example[]> {
  const val = await firstExamples(data, 'val', count)
  return val.length > 0 ? val : firstExamples(data, 'train', count)
}

/** The first rows of a split; no more of the dataset is read than it takes to find them. */
async function firstExamples(data: ProjectData, split: SplitName, count: number): Promise<readonly Example[]> {
  const { id, rowCount } = data.dataset
  const found: DataRow[] = []
  for (let start = 0; start < rowCount && found.length < count; start += pieceSize)
    found.push(...inSplit(await readRows(id, { start, count: pieceSize }), data, split))
  return mapped(data, found.slice(0, count))
}
/** Rows that are read at once by whoever gives way in between. */
export const pieceSize = 2_000

/** All rows as the program sees them, a piece at a time: other work gets its turn in between. */
export async function eachPiece(data: ProjectData, take: (examples: readonly Example[]) => void): Promise<void> {
  const { id, rowCount } = data.dataset
  for (let start = 0; start < rowCount; start += pieceSize) take(mapped(data, await readRows(id, { start, count: pieceSize })))
}

/** These rows, in this order; those that are gone are left out. */
export async function examplesById(data: ProjectData, ids: readonly string[]): Promise<readonly Example[]> {
  const wanted = new Set(ids)
  const rows = (await readRows(data.dataset.id)).filter(row => wanted.has(row.id))
  const found = new Map(mapped(data, rows).map(example => [example.id, example]))
  return ids.flatMap(id => found.get(id) ?? [])
}

export function labelNamesOf({ project, dataset }: ProjectData): ReadonlySet<string> {
  return labelNames(project.graph, dataset.columns, project.mapping)
}

function inSplit(rows: readonly DataRow[], { project }: ProjectData, split: SplitName): readonly DataRow[] {
  return split === 'all' ? rows : rows.filter(row => splitOf(row.id, project.split) === split)
}

function mapped({ project, dataset }: ProjectData, rows: readonly DataRow[]): readonly Example[] {
  return rows.map(row => toExample(row, dataset.columns, project.graph, project.mapping))
}

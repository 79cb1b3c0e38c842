import { rowSurveyor, type RowSurvey } from '@/engine/advice/before/row-survey'
import { refusalOf, type StartProblem } from '@/engine/advice/before/start-problem'
import { startProblems } from '@/engine/advice/before/start-problems'
import { splitOf, splits } from '@/engine/data/split'
import { checkGraph } from '@/engine/graph/check'
import { programInputs, programOutputs } from '@/engine/program/ends'
import { literalValues, mostLiteralValues, type CountedValue } from '@/engine/data/literal-values'
import { canonicalJson } from '@/lib/canonical-json'
import { convertCell, isFileCell } from '@/lib/cell-types'
import type { Project } from '@/engine/project/project'
import type { Json } from '@/lib/json'
import { getDataset, readRows } from '@/storage/datasets'
import type { ColumnValues, RunRequest } from './api'
import { eachPiece, pieceSize, projectData, type ProjectData } from './project-rows'

/**
 * What is known of a run before it starts. Rows are read piece by piece and once for each state of the dataset, its columns and splits:
 * another metric or optimizer is answered from memory.
 */
export async function startProblemsOf({ project, kind, split = 'val' }: RunRequest): Promise<readonly StartProblem[]> {
  // The page says what is wrong with the program itself, at its place.
  if (kind === 'row' || checkGraph(project.graph).some(({ severity }) => severity === 'error')) return []
  const data = await projectData(project)
  if (data === undefined)
    return [
      {
        id: 'no-data',
        severity: 'stop',
        message: 'There is no data yet.',
        advice: 'Import a file in Data.',
        fixes: [{ kind: 'open-data', words: 'Import data' }],
      },
    ]
  const asked = { project, columns: data.dataset.columns, kind, split: kind === 'compile' ? 'val' : split, addresses: addressesOf(project) }
  return startProblems(asked, await surveyOf(data))
}

/** Where the models are that the steps ask. */
function addressesOf({ models, roles, state }: Project): readonly string[] {
  const asked = new Set([roles.task, ...Object.values(state).map(({ lm }) => lm)])
  return models.flatMap(({ id, baseUrl }) => (asked.has(id) && baseUrl !== undefined ? [baseUrl] : []))
}

/** Throws `data-invalid` or `params-invalid` for a run that is certain to come to nothing. Rows that somebody picked by hand are run whatever they are. */
export async function refuseDoomed(request: RunRequest): Promise<void> {
  if (request.exampleIds) return
  const stop = (await startProblemsOf(request)).find(({ severity }) => severity === 'stop')
  if (stop) throw refusalOf(stop)
}

function surveyOf(data: ProjectData): Promise<RowSurvey> {
  const { dataset, project } = data
  const { graph, mapping, split } = project
  const fields = [programInputs(graph), programOutputs(graph)]
  const key = canonicalJson([dataset.id, dataset.updatedAt, dataset.rowCount, fields, mapping, split])
  if (latest?.key !== key) latest = { key, survey: readSurvey(data) }
  const { survey } = latest
  // A failed reading is tried again.
  survey.catch(() => (latest = latest?.survey === survey ? undefined : latest))
  return survey
}

let latest: { readonly key: string; readonly survey: Promise<RowSurvey> } | undefined

async function readSurvey(data: ProjectData): Promise<RowSurvey> {
  const { add, survey } = rowSurveyor(data.project.graph)
  await eachPiece(data, examples => {
    for (const split of splits)
      add(
        split,
        examples.filter(({ id }) => splitOf(id, data.project.split) === split),
      )
  })
  return survey()
}

/** The columns of a dataset that have few enough different values for a Literal, and how many have more. */
export async function columnValues(datasetId: string): Promise<ColumnValues> {
  const dataset = await getDataset(datasetId)
  const columns = (dataset?.columns ?? []).filter(({ type }) => !isFileCell(type) && type !== 'json')
  const cells = new Map(columns.map(({ id }) => [id, [] as Json[]]))
  for (let start = 0; start < (dataset?.rowCount ?? 0); start += pieceSize) {
    for (const row of await readRows(datasetId, { start, count: pieceSize }))
      for (const { id, type } of columns) cells.get(id)?.push(convertCell(row.cells[id], type))
  }
  const counted = columns.map(({ id, name }) => ({ name, values: literalValues(cells.get(id) ?? []) }))
  const few = counted.filter(({ values }) => areOptions(values))
  return { columns: few.filter(({ values }) => values.length > 0), others: counted.length - few.length }
}

/** Few enough, short, and most of them more than once: texts that stand once each are no names of classes. */
function areOptions(values: readonly CountedValue[]): boolean {
  const total = values.reduce((sum, { count }) => sum + count, 0)
  return (
    values.length <= mostLiteralValues &&
    (values.length <= fewValues || values.length * 2 <= total) &&
    values.every(({ value }) => isShort(String(value)))
  )
}

/** What is longer, or has lines, is no name of a class. */
function isShort(text: string): boolean {
  return text.length <= longestValue && !text.includes('\n')
}

const fewValues = 10
const longestValue = 120

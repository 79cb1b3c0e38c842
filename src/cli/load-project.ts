import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { guessMapping, toExample, unmappedInputs } from '@/engine/data/mapping'
import { splitOf } from '@/engine/data/split'
import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import { checkGraph } from '@/engine/graph/check'
import type { Column, DataRow, Mapping, Project, ProjectFile } from '@/engine/project/project'
import { parseProjectFile } from '@/engine/project/read-project'
import type { SplitName } from '@/engine/record/spec'
import { readDspyState } from '@/export/from-dspy-json'
import { parseJson, type Json } from '@/lib/json'
import { convertCell } from '@/lib/tabular/guess-type'
import { TableError } from '@/lib/tabular/limits'
import { readTable } from '@/lib/tabular/table-reader'
import { requireFlag, type Flags } from './arguments'

export interface Dataset {
  readonly columns: readonly Column[]
  readonly rows: readonly DataRow[]
}

/** Reads `--project`, checks that it can run, and loads `--state` onto it when one is given. */
export function loadProject(flags: Flags): ProjectFile {
  const file = parseProjectFile(readJsonFile(requireFlag(flags, 'project')))
  const problem = checkGraph(file.project.graph).find(one => one.severity === 'error')
  if (problem) throw new EngineError('graph-invalid', `The program cannot run: ${problem.message}`)
  if (flags.state === undefined) return file
  const { state } = readDspyState(readJsonFile(flags.state), file.project)
  return { ...file, project: { ...file.project, state } }
}

/** The examples of a data flag (`--data`, `--val`) or of the project's own dataset, with the split each row belongs to. */
export async function loadExamples(
  file: ProjectFile,
  path: string | undefined,
  flags: Flags,
  idPrefix = 'row',
): Promise<readonly Example[]> {
  const { graph } = file.project
  const dataset = path === undefined ? file.dataset : await readDataset(path, flags, idPrefix)
  if (!dataset) throw new EngineError('data-invalid', 'The project holds no dataset. Give one with --data file.csv.')
  const mapping: Mapping = path === undefined ? file.project.mapping : guessMapping(graph, dataset.columns)
  const missing = unmappedInputs(graph, dataset.columns, mapping)
  if (missing.length > 0) {
    const names = missing.map(field => `"${field.name}"`).join(', ')
    throw new EngineError(
      'data-invalid',
      `No column feeds the input ${names}. Name one with --map column=${missing[0]?.name ?? 'field'}; the columns are ${dataset.columns.map(column => column.name).join(', ')}.`,
    )
  }
  return dataset.rows.map(row => toExample(row, dataset.columns, graph, mapping))
}

/** Rows of one split; `all` is every row. */
export function examplesOf(examples: readonly Example[], split: SplitName, project: Project): readonly Example[] {
  return split === 'all' ? examples : examples.filter(example => splitOf(example.id, project.split) === split)
}

export function parseSplit(text: string | undefined, fallback: SplitName): SplitName {
  if (text === undefined) return fallback
  if (text === 'train' || text === 'val' || text === 'test' || text === 'all') return text
  throw new EngineError('params-invalid', `--split must be train, val, test or all, not "${text}".`)
}

export function readJsonFile(path: string): Json {
  requireFile(path)
  const parsed = parseJson(readFileSync(path, 'utf8'))
  if (!parsed.ok) throw new EngineError('project-invalid', `${path} is not JSON: ${parsed.reason}.`)
  return parsed.value
}

function requireFile(path: string): void {
  if (!existsSync(path)) throw new EngineError('not-found', `There is no file ${path}.`)
  if (statSync(path).isDirectory()) throw new EngineError('not-found', `${path} is a folder, not a file.`)
}

/** Rows get ids by their place in the file, so that the same file always splits the same way. */
async function readDataset(path: string, flags: Flags, idPrefix: string): Promise<Dataset> {
  const names = parseMap(flags.map)
  requireFile(path)
  const read: Json[][] = []
  // Node's web stream and the page's are the same at run time; only their type packages differ.
  const stream = Readable.toWeb(createReadStream(path)) as unknown as ReadableStream<Uint8Array>
  const table = await readTable(stream, { name: basename(path), onRows: rows => void read.push(...rows) }).catch((error: unknown) => {
    throw error instanceof TableError ? new EngineError('data-invalid', `${path}: ${error.message}`) : error
  })
  const bad = table.badRows[0]
  if (bad && (!flags['skip-bad-rows'] || table.rowCount === 0)) {
    const count = table.badRowCount === 1 ? 'One row' : `${table.badRowCount} rows`
    throw new EngineError(
      'data-invalid',
      `${path}: ${count} could not be read; line ${bad.line} ${bad.reason}. Correct the file, or leave such rows out with --skip-bad-rows.`,
    )
  }
  const columns = table.columns.map((column, index): Column => ({
    id: `c${index + 1}`,
    name: names.get(column.name) ?? column.name,
    type: column.type,
  }))
  for (const name of names.keys()) {
    if (!table.columns.some(column => column.name === name))
      throw new EngineError(
        'params-invalid',
        `--map names the column "${name}", but ${path} has ${table.columns.map(column => column.name).join(', ')}.`,
      )
  }
  const rows = read.map((cells, index): DataRow => ({
    id: `${idPrefix}-${index + 1}`,
    cells: Object.fromEntries(columns.map((column, at) => [column.id, convertCell(cells[at], column.type)])),
  }))
  return { columns, rows }
}

/** `col=field,…`: the column takes the field's name, and is then matched by it. */
function parseMap(text: string | undefined): ReadonlyMap<string, string> {
  const pairs = (text ?? '').split(',').filter(pair => pair !== '')
  return new Map(
    pairs.map(pair => {
      const at = pair.indexOf('=')
      if (at <= 0 || at === pair.length - 1)
        throw new EngineError('params-invalid', `--map takes column=field pairs with commas between them, not "${pair}".`)
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

import { listBlobEntries, takeBlobs } from '@/engine/blobs/blob-entry'
import { fileWords } from '@/engine/blobs/blob-ref'
import { checkBlobSize, type BlobStore } from '@/engine/blobs/blob-store'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { guessMapping, toExample, unmappedInputs } from '@/engine/data/mapping'
import { programInputs } from '@/engine/program/ends'
import { splitOf } from '@/engine/data/split'
import type { Example } from '@/engine/base/example'
import { EngineError, isEngineError } from '@/engine/base/errors'
import { isAddressRef } from '@/engine/blobs/remote-ref'
import type { TakeMediaOptions } from '@/engine/blobs/take-media'
import { takeFiles } from '@/engine/data/given-files'
import { holdsFile } from '@/engine/signature/types/registry'
import type { Field } from '@/engine/signature/signature'
import type { FieldType } from '@/engine/signature/types/field-type'
import { checkGraph } from '@/engine/graph/check'
import type { ProgramGraph } from '@/engine/program/program'
import type { Column, DataRow, Mapping, Project, ProjectFile } from '@/engine/project/project'
import { readProjectFile } from '@/engine/project/read-project-file'
import type { SplitName } from '@/engine/record/spec'
import { wholeProgramWords } from '@/export/is-dspy-state'
import { withDspyState } from '@/export/open-dspy-file'
import { storedCell } from '@/lib/cell-types'
import { parseExactJson } from '@/lib/exact-json'
import type { Json } from '@/lib/json'
import { workPool } from '@/lib/work-pool'
import { encodingLabel, type Encoding } from '@/lib/tabular/encoding'
import { TableError } from '@/lib/tabular/limits'
import type { TableSource } from '@/lib/tabular/table'
import { readTable } from '@/lib/tabular/table-reader'
import { requireFlag, type Flags } from './arguments'
import type { Console } from './console'

export interface Dataset {
  readonly columns: readonly Column[]
  readonly rows: readonly DataRow[]
}

/**
 * Reads `--project` with its files, checks that it can run, and loads `--state` onto it when one is given. Files that are missing or
 * damaged are complained of: only the rows that show them fail. What of the state has no place in the program is told.
 */
export async function loadProject(flags: Flags, blobs: BlobStore, output: Console): Promise<ProjectFile> {
  const path = requireFlag(flags, 'project')
  const { file: read, remarks } = readProjectFile(readJsonFile(path))
  for (const remark of remarks) output.complain(`${path}: ${remark}`)
  const { blobs: entries, ...file } = read
  const { missing } = await takeBlobs(blobs, { entries, values: [file] })
  if (missing.length > 0)
    output.complain(
      `${missing.length === 1 ? 'One file' : `${missing.length} files`} of this project are missing or damaged: ${missing.map(fileWords).join('; ')}.`,
    )
  const problem = checkGraph(file.project.graph).find(one => one.severity === 'error')
  if (problem) throw new EngineError('graph-invalid', `The program cannot run: ${problem.message}`)
  if (flags.state === undefined) return file
  const { project, notCarried } = await withDspyState(file.project, readStateText(flags.state), blobs)
  for (const words of notCarried) output.complain(`${flags.state}: ${words}`)
  return { ...file, project }
}

/** A project file as text, with the files that it names. */
export async function projectText(file: ProjectFile, blobs: Pick<BlobStore, 'get'>): Promise<string> {
  const entries = await listBlobEntries(blobs, file)
  return `${JSON.stringify(entries.length === 0 ? file : { ...file, blobs: entries }, null, 2)}\n`
}

/** The examples of a data flag (`--data`, `--val`) or of the project's own dataset, with the split each row belongs to. */
export async function loadExamples(
  file: ProjectFile,
  path: string | undefined,
  flags: Flags,
  ports: DataPorts,
): Promise<readonly Example[]> {
  const { graph } = file.project
  const { columns, mapping, examples } = await loadMapped(file, path, flags, ports)
  const missing = unmappedInputs(graph, columns, mapping)
  if (missing.length > 0) {
    const names = missing.map(field => `"${field.name}"`).join(', ')
    throw new EngineError(
      'data-invalid',
      `No column feeds the input ${names}. Name one with --map column=${missing[0]?.name ?? 'field'}; the columns are ${columns.map(column => column.name).join(', ')}.`,
    )
  }
  return path === undefined ? examples : withFiles(examples, { path, blobs: ports.blobs, fields: fileInputs(graph) })
}

interface DataPorts {
  readonly blobs: BlobStore
  readonly output: Console
  readonly idPrefix?: string
}

/** The same with the columns and what they are mapped to, which need not be every input; files are left as their cells name them. */
export async function loadMapped(
  file: ProjectFile,
  path: string | undefined,
  flags: Flags,
  { output, idPrefix = 'row' }: Omit<DataPorts, 'blobs'>,
): Promise<{ readonly columns: readonly Column[]; readonly mapping: Mapping; readonly examples: readonly Example[] }> {
  const { graph } = file.project
  const dataset = path === undefined ? file.dataset : await readDataset(path, flags, { output, idPrefix })
  if (!dataset) throw new EngineError('data-invalid', 'The project holds no dataset. Give one with --data file.csv.')
  const mapping: Mapping = path === undefined ? file.project.mapping : guessMapping(graph, dataset.columns)
  const { columns } = dataset
  return { columns, mapping, examples: dataset.rows.map(row => toExample(row, columns, graph, mapping)) }
}

/** Program inputs that are files, or may hold some. */
function fileInputs(graph: ProgramGraph): readonly Field[] {
  return programInputs(graph).filter(({ type }) => holdsFile(type))
}

/** Files as a data file gives them: paths beside it, addresses on the web, `data:` URLs. Throws `data-invalid` with the row. */
async function withFiles(
  examples: readonly Example[],
  { path, blobs, fields }: { readonly path: string; readonly blobs: BlobStore; readonly fields: readonly Field[] },
): Promise<readonly Example[]> {
  if (fields.length === 0) return examples
  const readPath = async (name: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const found = resolve(dirname(path), name)
    if (!existsSync(found) || !statSync(found).isFile()) return undefined
    checkBlobSize(statSync(found).size, `"${name}"`)
    return new Uint8Array(readFileSync(found))
  }
  const options = { store: blobs, fetch: (url: string) => fetch(url), readPath }
  return workPool(() => 8).map(examples, async (example, index) => {
    const inputs: Record<string, Json> = { ...example.inputs }
    try {
      for (const { name, type } of fields) inputs[name] = await fileCell(type, inputs[name] ?? null, options)
    } catch (error) {
      throw isEngineError(error, 'data-invalid')
        ? new EngineError('data-invalid', `${path}, row ${index + 1}: ${error.message}`, error.facts, error)
        : error
    }
    return { ...example, inputs }
  })
}

/** Empty stays empty. An address of its own is loaded, as the page does it; in an object or a list it is sent as it is. */
async function fileCell(type: FieldType, cell: Json, options: TakeMediaOptions): Promise<Json> {
  if (cell === null || cell === '') return null
  const taken: unknown = await takeFiles(type, isAddressRef(cell) ? cell.$url : cell, options)
  // Files are references now, and all else is as it was.
  return taken as Json
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
  const parsed = parseExactJson(readFileSync(path, 'utf8'))
  if (!parsed.ok) throw new EngineError('project-invalid', `${path} is not JSON: ${parsed.reason}.`)
  return parsed.value
}

/** The text of a state file. A folder or a pickle is a whole program, which only Python can open. */
export function readStateText(path: string): string {
  const isWhole = path.endsWith('.pkl') || (existsSync(path) && statSync(path).isDirectory())
  if (isWhole) throw new EngineError('project-invalid', `${path}: ${wholeProgramWords}`)
  requireFile(path)
  return readFileSync(path, 'utf8')
}

function requireFile(path: string): void {
  if (!existsSync(path)) throw new EngineError('not-found', `There is no file ${path}.`)
  if (statSync(path).isDirectory()) throw new EngineError('not-found', `${path} is a folder, not a file.`)
}

/** Rows get ids by their place in the file, so that the same file always splits the same way. */
async function readDataset(
  path: string,
  flags: Flags,
  { output, idPrefix }: { readonly output: Pick<Console, 'complain'>; readonly idPrefix: string },
): Promise<Dataset> {
  const names = parseMap(flags.map)
  requireFile(path)
  const read: Json[][] = []
  const options = { name: basename(path), encoding: chosenEncoding(flags.encoding), onRows: (rows: Json[][]) => void read.push(...rows) }
  const table = await readTable(sourceOf(path), options).catch((error: unknown) => {
    throw error instanceof TableError ? new EngineError('data-invalid', `${path}: ${error.message}`) : error
  })
  tellEncoding(path, table.encoding, output)
  if (table.leftOut.length > 0) output.complain(`${path}: left out ${table.leftOut.join('; ')}.`)
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
    cells: Object.fromEntries(columns.map((column, at) => [column.id, storedCell(cells[table.columns[at]?.place ?? at], column.type)])),
  }))
  return { columns, rows }
}

/** A file is read twice, once for its encoding; what is no file, such as a pipe, comes only once. */
function sourceOf(path: string): TableSource {
  // Node's web stream and the page's are the same at run time; only their type packages differ.
  const stream = () => Readable.toWeb(createReadStream(path)) as unknown as ReadableStream<Uint8Array>
  const facts = statSync(path)
  return facts.isFile() ? { size: facts.size, stream } : stream()
}

function chosenEncoding(name: string | undefined): string | undefined {
  const label = name === undefined ? undefined : encodingLabel(name)
  if (name !== undefined && label === undefined)
    throw new EngineError(
      'params-invalid',
      `--encoding knows no "${name}". Name one such as utf-8, windows-1252, shift_jis, gb18030 or utf-16le.`,
    )
  return label
}

/** Words read in a wrong encoding would be paid for: where the bytes leave a choice, it is the user's. */
function tellEncoding(path: string, encoding: Encoding | undefined, output: Pick<Console, 'complain'>): void {
  if (encoding?.isDoubtful)
    throw new EngineError(
      'data-invalid',
      `${path} is not UTF-8, and its bytes do not say what it is; ${encoding.label} is likeliest. Name it with --encoding ${encoding.label} (or windows-1251, shift_jis, gb18030 …), or save the file as UTF-8.`,
    )
  if (encoding?.isGuessed)
    output.complain(`${path}: read as ${encoding.title ?? encoding.label}. If its letters are wrong, name another with --encoding.`)
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

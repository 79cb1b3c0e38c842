import type { Wording } from '@/export/python/messages-json'
import type { SourceKind } from '@/engine/user-code/source-kind'
import type { Json } from '@/lib/json'
import type { Encoding } from '@/lib/tabular/encoding'
import type { StartProblem } from '@/engine/advice/before/start-problem'
import type { ExampleId, Values } from '@/engine/base/example'
import type { ErrorJson } from '@/engine/base/errors'
import type { CountedValue } from '@/engine/data/literal-values'
import type { CallPurpose, ModelSpec, ProviderId } from '@/engine/lm/lm'
import type { MetricSpec, Score } from '@/engine/metrics/metric'
import type { Tool } from '@/engine/modules/react-tools'
import type { McpToolInfo } from '@/engine/tools/mcp-client'
import type { McpServer } from '@/engine/tools/mcp-tool'
import type { Column, DatasetMeta, Project, ProjectFile } from '@/engine/project/project'
import type { CallEstimate, JournalEvent, MeterEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import type { RunCommand } from '@/engine/run/base/ports'
import type { ReplayReport } from '@/engine/run/replay'
import type { Shortfall } from '@/engine/run/work/preflight'
import type { Limits } from '@/engine/run/plan/raise-limits'
import type { SplitName } from '@/engine/record/spec'
import type { RunId, RunStatus, TryId } from '@/storage/records'
import type { Restored } from '@/storage/backup'
import type { LeftOut } from '@/storage/run-file'

/** A batch of what happened in a run, after it was written. */
export interface RunMessage {
  readonly runId: RunId
  readonly status: RunStatus
  readonly events: readonly JournalEvent[]
  readonly rollouts: readonly RolloutRecord[]
  /** Node starts and ends (row runs only) and waits for the provider. */
  readonly meters: readonly MeterEvent[]
  readonly totals: RunTotals
  /** Why the run paused by itself: the browser has no space left. Free some, then `resume`. */
  readonly problem?: ErrorJson
}

export interface RunRequest {
  readonly project: Project
  readonly kind: 'row' | 'evaluate' | 'compile'
  /** Evaluate: which split. Compile uses train and val, never test. */
  readonly split?: SplitName
  /** Evaluate only these rows of the split, e.g. the ones that failed. */
  readonly exampleIds?: readonly ExampleId[]
  /** What the run is called; absent: named after what it does. */
  readonly title?: string
  /** Row runs: typed inputs, or a row of the dataset. */
  readonly row?: { readonly exampleId?: ExampleId; readonly inputs?: Values }
  /** A name that no other run has, where it must not use answers that are kept. */
  readonly fresh?: string
}

export interface ImportIssue {
  /** 1-based line or row of the file. */
  readonly line: number
  readonly reason: string
  readonly text: string
}
export interface ImportPreview {
  readonly importId: string
  readonly format: 'csv' | 'jsonl' | 'json'
  /** What was found about the file, e.g. `semicolon`, `UTF-8 with BOM`. */
  readonly details: readonly string[]
  /** How its bytes were read as text. */
  readonly encoding?: Encoding
  /** What of the file is in no row, such as `2 empty rows`. */
  readonly leftOut: readonly string[]
  readonly columns: readonly Column[]
  readonly rowCount: number
  readonly firstRows: readonly (readonly Json[])[]
  readonly badRowCount: number
  readonly badRows: readonly ImportIssue[]
}

/**
 * A dataset that was stored; how many cells of its columns of files hold none, with a sentence of the first; and how many images stay at
 * their addresses, since a page may not read them there.
 */
export interface ImportedDataset {
  readonly dataset: DatasetMeta
  readonly badFiles: number
  readonly badFile?: string
  readonly linked: number
}

export interface ConnectionReport {
  readonly ok: boolean
  readonly problem?: 'wrong-key' | 'wrong-url' | 'cors' | 'unreachable' | 'model-not-found' | 'quota' | 'other'
  /** Plain words: what happened and what to do. */
  readonly message: string
  readonly models: readonly string[]
}

export interface MetricTry {
  readonly exampleId: ExampleId
  readonly example: { readonly inputs: Values; readonly labels: Values }
  readonly prediction: Values
  readonly score?: Score
  readonly error?: ErrorJson
}

/** Rows a metric was tried on. `ended` says why there are fewer than were wanted. */
export interface MetricTries {
  readonly rows: readonly MetricTry[]
  readonly ended?: string
}

/** What a tool gave for the arguments it was tried with: a result, or why there is none. */
export interface ToolTry {
  readonly result?: Json
  readonly error?: ErrorJson
  readonly ms: number
}

export interface ExportCheck {
  readonly rows: readonly {
    readonly exampleId: ExampleId
    readonly requests: number
    readonly isEqual: boolean
    readonly studio: string
    readonly exported: string
  }[]
}

export interface RunEstimate {
  readonly calls: readonly CallEstimate[]
  readonly total: { readonly low: number; readonly expected: number; readonly high: number }
  /** Requests that may come on top, for answers that are asked for again in JSON; `expected` as the project's latest runs had it, where there are some. */
  readonly again: { readonly expected?: number; readonly high: number }
  readonly train: number
  readonly val: number
  readonly tokensPerCall?: { readonly input: number; readonly output: number }
  /** US dollars; absent when a price is unknown. */
  readonly cost?: { readonly low: number; readonly expected: number; readonly high: number }
  /** The part of `cost` that goes to the judge, where a metric asks one. */
  readonly judgeCost?: RunEstimate['cost']
  /** US dollars of one call, by what it is for (`reflection`: proposals of that LM); one is absent when a price or its tokens are unknown. Compiles only. */
  readonly costPerCall?: Readonly<Partial<Record<CallPurpose | 'reflection', number>>>
  /** Where a cap is below the least: a sentence that says so, and caps that are not. */
  readonly shortfall?: Shortfall
  /** Milliseconds at the chosen concurrency; absent while no call of these models was measured. */
  readonly ms?: { readonly low: number; readonly expected: number; readonly high: number }
  /** What its record will take in this browser, and what the browser says is left; `free` is no promise. */
  readonly bytes: { readonly expected: number; readonly high: number; readonly free?: number }
}

export interface ImportedProject {
  readonly id: string
  /** Of the whole program, without those within its steps. */
  readonly nodeCount: number
  readonly remarks: readonly string[]
}

export interface ImportedRun {
  readonly runId: RunId
  readonly answers: number
  /** Records that are damaged and not in the run: of which list, where and why. */
  readonly leftOut: readonly LeftOut[]
  /** Files it names that came damaged or not at all, and are not here either. */
  readonly missingFiles: number
}

export interface KeyInfo {
  readonly origin: string
  /** Empty for a short one, which they would half give away. */
  readonly last4: string
  readonly remembered: boolean
}

/** What a project's next run will need. */
export interface Preparation {
  readonly optimizer: string
  readonly providers: readonly ProviderId[]
}

export interface ColumnValues {
  /** With their values, the most frequent first. */
  readonly columns: readonly { readonly name: string; readonly values: readonly CountedValue[] }[]
  /** Columns with too many different values, or with long ones. */
  readonly others: number
}

/** What the page may ask of the engine's worker. Every rejection carries an `ErrorJson`. */
export interface EngineApi {
  /** Loads what a run will need, so that the first one does not wait for files. For a moment in which nothing else is wanted. */
  prepare(wanted: Preparation): Promise<void>
  /** Freezes spec and data of a run and stores them; returns its id. Rejects with `graph-invalid`, `params-invalid`, `data-invalid`. */
  createRun(request: RunRequest): Promise<RunId>
  /** Starts or resumes; resolves when the run has ended. */
  startRun(runId: RunId): Promise<void>
  command(runId: RunId, command: RunCommand): Promise<void>
  /** Gives a run that nobody runs new caps, or more errors. Rejects with `budget-too-small` when it has used them up already. */
  raiseCaps(runId: RunId, limits: Limits): Promise<void>
  /** Runs it once more from its record alone: nothing is sent, nothing is written. Told how many calls were answered. */
  replayRun(runId: RunId, onProgress?: (answeredCalls: number) => void): Promise<ReplayReport>
  /** The whole run as one JSON file, answers included, keys not. */
  exportRun(runId: RunId): Promise<Blob>
  /** Puts it into the project as a run of its own, whose answers serve no other run. */
  importRun(projectId: string, file: Blob): Promise<ImportedRun>
  estimate(request: RunRequest): Promise<RunEstimate>
  /** What is certain or likely to make an evaluation or a compile come to nothing, by a look at the rows; those that stop it come first. */
  startProblems(request: RunRequest): Promise<readonly StartProblem[]>
  subscribe(listener: (message: RunMessage) => void): Promise<void>

  /** `encoding`: the label of the one to read it in; absent, the bytes decide. */
  previewImport(file: Blob, name: string, onProgress: (share: number) => void, encoding?: string): Promise<ImportPreview>
  commitImport(importId: string, name: string, columns: readonly Column[]): Promise<ImportedDataset>
  discardImport(importId: string): Promise<void>
  /** What a Literal could be made of. */
  columnValues(datasetId: string): Promise<ColumnValues>

  /**
   * Tries and checks ask models without being a run: capped by `RunSettings.tryCalls` and the run's own caps, ended by `stopTry`, and
   * kept as a `TryRecord` where anything was sent.
   */
  tryMetric(project: Project, metric: MetricSpec, count: number, tryId: TryId): Promise<MetricTries>
  stopTry(tryId: TryId): Promise<void>
  /** Runs a tool of a project once; one that reaches outside does so for real, where its address is allowed. */
  tryTool(projectId: string, tool: Tool, args: Values): Promise<ToolTry>
  /** Asks an MCP server for its tools. Rejects with `tool-refused` where its address is not allowed, and with `tool-failed`. */
  listMcpTools(projectId: string, server: McpServer): Promise<readonly McpToolInfo[]>
  /** The addresses that the tools of a project may contact. */
  toolHosts(projectId: string): Promise<readonly string[]>
  /** Puts these in their place. */
  allowToolHosts(projectId: string, origins: readonly string[]): Promise<void>
  /** Why user code does not compile; null where it does. */
  checkSource(source: string, kind: SourceKind): Promise<ErrorJson | null>

  /** Returns what is worth saying about the key as it was typed. Rejects with `params-invalid` for what is no key. */
  setKey(origin: string, key: string, remember: boolean): Promise<readonly string[]>
  keys(): Promise<readonly KeyInfo[]>
  /** In every tab; runs that need the key pause. */
  forgetKey(origin: string): Promise<void>
  forgetAllKeys(): Promise<void>
  testConnection(model: ModelSpec, project: Pick<Project, 'id' | 'run'>, typedKey?: string): Promise<ConnectionReport>

  /** What is about to leave as a file, without any key that is remembered or in use. */
  withoutKeys<T>(value: T): Promise<T>
  /** The exported folder as a zip. */
  exportTypeScript(project: Project): Promise<Blob>
  checkExport(project: Project, exampleIds: readonly ExampleId[], tryId: TryId): Promise<ExportCheck>
  /** The Python package as a zip. */
  exportPython(project: Project, wording: Wording): Promise<Blob>
  checkPython(project: Project, exampleIds: readonly ExampleId[], tryId: TryId): Promise<ExportCheck>
  /** `withoutFiles` for a copy in this browser, where the files are. */
  exportProject(project: Project, options?: { readonly withoutFiles?: boolean }): Promise<ProjectFile>
  /** Stores what a project file holds under new ids; says what is not as it was in the file. */
  importProjectFile(file: unknown): Promise<ImportedProject>
  /** The same for a file of the studio's own making; returns the project's id. */
  importProject(file: unknown): Promise<string>

  /** Everything stored but the keys, as one file. */
  makeBackup(): Promise<Blob>
  /** Adds what a backup holds; records of the same id are replaced. */
  restoreBackup(file: Blob): Promise<Restored>
  /** Throws out stored answers, the least recently used first, until about `bytes` are free; none that an unfinished run needs. */
  evictCalls(bytes: number): Promise<{ readonly count: number; readonly bytes: number }>
}

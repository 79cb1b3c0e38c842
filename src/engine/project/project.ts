import type { Json, JsonObject } from '@/lib/json'
import type { FieldId } from '../signature/signature'
import type { ClassType } from '../signature/types/field-type'
import type { ExampleId } from '../base/example'
import type { BlobEntry } from '../blobs/blob-entry'
import type { BlobRef } from '../blobs/blob-ref'
import type { MediaKind } from '../blobs/media'
import type { ModelId, ProgramGraph, ProgramState, StepPath } from '../program/program'
import type { ModelSpec } from '../lm/lm'
import type { MetricSpec } from '../metrics/metric'
import type { Budget } from '../lm/spend'

export const projectSchemaVersion = 2

export type ColumnId = string
export type ColumnType = 'str' | 'int' | 'float' | 'bool' | 'json' | MediaKind
export interface Column {
  readonly id: ColumnId
  readonly name: string
  readonly type: ColumnType
}
/** Cells by column id. */
export interface DataRow {
  readonly id: ExampleId
  readonly cells: Readonly<Record<ColumnId, Json>>
}
export interface DatasetMeta {
  readonly id: string
  readonly name: string
  readonly columns: readonly Column[]
  readonly rowCount: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** Shares of the rows (any positive numbers; their proportion counts). A row's place depends on its id and the seed alone. */
export interface SplitSpec {
  readonly train: number
  readonly val: number
  readonly test: number
  readonly seed: number
}

/** Which column feeds a program input, and which holds the label of a program output. Keys are field ids. */
export interface Mapping {
  readonly inputs: Readonly<Record<FieldId, ColumnId>>
  readonly labels: Readonly<Record<FieldId, ColumnId>>
}

export interface Position {
  readonly x: number
  readonly y: number
}

/**
 * Which model does what. Absent: the teacher is the task LM, reflection and judge are the prompt LM, an answer in
 * plain words is read by whoever wrote it, and nothing makes embeddings.
 */
export interface ProjectRoles {
  readonly task: ModelId
  readonly prompt: ModelId
  readonly teacher?: ModelId
  readonly reflection?: ModelId
  readonly judge?: ModelId
  readonly extraction?: ModelId
  readonly embedding?: ModelId
}

/** The document a user edits. Positions are apart from the program, so that dragging changes no hash. */
export interface Project {
  readonly schemaVersion: typeof projectSchemaVersion
  readonly id: string
  readonly name: string
  readonly templateId?: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly graph: ProgramGraph
  readonly state: ProgramState
  /** Types with a name, also those that nothing uses yet. A field that uses one holds it whole: see `typesOfProject`. */
  readonly types?: readonly ClassType[]
  /** By path, also for the nodes of bodies. */
  readonly layout: Readonly<Record<StepPath, Position>>
  readonly datasetId?: string
  readonly mapping: Mapping
  readonly split: SplitSpec
  readonly metric: MetricSpec
  /** Settings of metrics that were chosen before, by kind: choosing one again finds them as they were. */
  readonly otherMetrics?: Readonly<Record<string, JsonObject>>
  readonly models: readonly ModelSpec[]
  readonly roles: ProjectRoles
  readonly optimizer: { readonly id: string; readonly params: Readonly<Record<string, JsonObject>> }
  readonly run: RunSettings
  /** Every look at the test split. Never undone. */
  readonly reveals: readonly { readonly at: number; readonly runId: string }[]
  /** The state file of DSPy that the program was opened from: as long as nothing of it changes, it is what an export writes. */
  readonly dspyFile?: BlobRef
}

export interface RunSettings {
  readonly concurrency: number
  readonly seed: number
  readonly maxErrors: number
  /** A share of the rows, 0 to 1, that may fail where it is more than `maxErrors`; `usualErrorShare` where it is absent. */
  readonly maxErrorShare?: number
  readonly budget: Budget
  /** Most LM calls of one try of a metric, or one check of an export; `usualTryCalls` where it is absent. */
  readonly tryCalls?: number
  /** Which outputs of a row are not shown while their answers are written; all are where it is absent, those of new steps too. */
  readonly stream?: 'off' | { readonly except: readonly string[] }
}

/** Ten bad rows of 300 say little about a program, and must not cost the score of the others. */
export const usualErrorShare = 0.1

/** Far more than three rows of a program take, and far less than a run. */
export const usualTryCalls = 100

/**
 * A saved state of the program: what Apply makes, and what can be brought back. With the program itself, where the steps of the project
 * were others before or after.
 */
export interface StateVersion {
  readonly id: string
  readonly projectId: string
  readonly number: number
  readonly at: number
  readonly note: string
  readonly state: ProgramState
  readonly graph?: ProgramGraph
  readonly layout?: Project['layout']
  readonly runId?: string
  /** Mean val score 0–1, when a run measured it. */
  readonly score?: number
}

/** The project's own file: all of it but runs, caches and keys. */
export interface ProjectFile {
  readonly format: 'dspy-studio-project'
  readonly schemaVersion: typeof projectSchemaVersion
  readonly project: Project
  readonly dataset?: { readonly name: string; readonly columns: readonly Column[]; readonly rows: readonly DataRow[] }
  readonly versions: readonly StateVersion[]
  /** Files that its values name, each once. Checked one by one by whoever takes them in, so that a damaged one costs only itself. */
  readonly blobs?: readonly BlobEntry[]
}

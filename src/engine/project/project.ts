import type { Json, JsonObject } from '@/lib/json'
import type { FieldId } from '../signature/signature'
import type { ExampleId } from '../base/example'
import type { ModelId, NodeId, ProgramGraph, ProgramState } from '../program/program'
import type { ModelSpec } from '../lm/lm'
import type { MetricSpec } from '../metrics/metric'
import type { Budget } from '../lm/spend'

export const projectSchemaVersion = 1

export type ColumnId = string
export type ColumnType = 'str' | 'int' | 'float' | 'bool' | 'json'
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

/** Which model does what. Absent: the teacher is the task LM, reflection and judge are the prompt LM, and nothing makes embeddings. */
export interface ProjectRoles {
  readonly task: ModelId
  readonly prompt: ModelId
  readonly teacher?: ModelId
  readonly reflection?: ModelId
  readonly judge?: ModelId
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
  readonly layout: Readonly<Record<NodeId, Position>>
  readonly datasetId?: string
  readonly mapping: Mapping
  readonly split: SplitSpec
  readonly metric: MetricSpec
  readonly models: readonly ModelSpec[]
  readonly roles: ProjectRoles
  readonly optimizer: { readonly id: string; readonly params: Readonly<Record<string, JsonObject>> }
  readonly run: RunSettings
  /** Every look at the test split. Never undone. */
  readonly reveals: readonly { readonly at: number; readonly runId: string }[]
}

export interface RunSettings {
  readonly concurrency: number
  readonly seed: number
  readonly maxErrors: number
  readonly budget: Budget
  /** Most LM calls of one try of a metric, or one check of an export; `usualTryCalls` where it is absent. */
  readonly tryCalls?: number
}

/** Far more than three rows of a program take, and far less than a run. */
export const usualTryCalls = 100

/** A saved state of the program: what Apply makes, and what can be brought back. */
export interface StateVersion {
  readonly id: string
  readonly projectId: string
  readonly number: number
  readonly at: number
  readonly note: string
  readonly state: ProgramState
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
}

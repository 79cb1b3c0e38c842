import type { Json, JsonObject } from '@/lib/json'
import { newJsonFallback } from '@/engine/program/json-fallback'
import type { ProgramGraph, ProgramState } from '@/engine/program/program'
import { sandboxModel } from '@/engine/providers/sandbox/sandbox-model'
import type { MetricSpec } from '@/engine/metrics/metric'
import { projectSchemaVersion, type ColumnType, type Position, type ProjectFile, type SplitSpec } from '@/engine/project/project'

export interface TemplateContent {
  readonly templateId: string
  readonly name: string
  readonly graph: ProgramGraph
  readonly state: ProgramState
  readonly layout: Readonly<Record<string, Position>>
  readonly datasetName: string
  /** Columns in the order of the rows' cells; their ids are their names. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
  readonly rows: readonly (readonly Json[])[]
  readonly mapping: { readonly inputs: Readonly<Record<string, string>>; readonly labels: Readonly<Record<string, string>> }
  readonly split: SplitSpec
  readonly metric: MetricSpec
  readonly optimizerParams: JsonObject
}

/** The project file of a template: everything but its content is the same for all of them. */
export function projectFileOf(content: TemplateContent, newId: (prefix: string) => string): ProjectFile {
  return {
    format: 'dspy-studio-project',
    schemaVersion: projectSchemaVersion,
    project: {
      schemaVersion: projectSchemaVersion,
      id: newId('project'),
      name: content.name,
      templateId: content.templateId,
      createdAt: 0,
      updatedAt: 0,
      graph: { ...content.graph, jsonFallback: newJsonFallback },
      state: content.state,
      layout: content.layout,
      mapping: content.mapping,
      split: content.split,
      metric: content.metric,
      models: [sandboxModel],
      roles: { task: sandboxModel.id, prompt: sandboxModel.id },
      optimizer: { id: optimizerId, params: { [optimizerId]: content.optimizerParams } },
      run: { concurrency: 8, seed: 0, maxErrors: 10, budget: {} },
      reveals: [],
    },
    dataset: {
      name: content.datasetName,
      columns: content.columns.map(({ name, type }) => ({ id: name, name, type })),
      rows: content.rows.map((cells, at) => ({
        id: `r${String(at + 1).padStart(3, '0')}`,
        cells: Object.fromEntries(content.columns.map(({ name }, column) => [name, cells[column] ?? null])),
      })),
    },
    versions: [],
  }
}

const optimizerId = 'bootstrap-few-shot-random-search'

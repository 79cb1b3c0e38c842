import { z } from 'zod'
import { isJsonObject } from '@/lib/json'
import { EngineError } from '../errors'
import { providerIds, type LmSettings, type ModelSpec } from '../lm/lm'
import type { MetricSpec } from '../metrics/metric'
import type { Budget } from '../run/spec'
import { projectMigrations, type ProjectMigration } from './migrations'
import { graphSchema, jsonObjectSchema, jsonSchema, keySchema, stateSchema } from './program-schema'
import { projectSchemaVersion } from './project'
import type { Column, DataRow, DatasetMeta, Mapping, Project, ProjectFile, SplitSpec, StateVersion } from './project'
import type { BlobEntry } from '../blobs/blob-entry'

export const settingsSchema: z.ZodType<LmSettings> = z.object({
  temperature: z.number().min(0).max(10).optional(),
  maxTokens: z.number().int().positive().optional(),
  topP: z.number().min(0).max(1).optional(),
  stop: z.array(z.string()).optional(),
  seed: z.number().int().optional(),
  reasoningEffort: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
})

export const modelSchema: z.ZodType<ModelSpec> = z.object({
  id: keySchema,
  label: z.string(),
  provider: z.enum(providerIds),
  model: z.string(),
  baseUrl: z.string().optional(),
  settings: settingsSchema,
  price: z.object({ input: z.number().nonnegative(), output: z.number().nonnegative() }).optional(),
  limits: z
    .object({
      concurrency: z.number().int().positive().optional(),
      requestsPerMinute: z.number().positive().optional(),
      tokensPerMinute: z.number().positive().optional(),
    })
    .optional(),
})

export const metricSchema: z.ZodType<MetricSpec> = z.object({ kind: keySchema, params: jsonObjectSchema })

export const budgetSchema: z.ZodType<Budget> = z.object({
  maxCalls: z.number().int().nonnegative().optional(),
  maxTokens: z.number().int().nonnegative().optional(),
  maxCost: z.number().nonnegative().optional(),
  maxMs: z.number().nonnegative().optional(),
})

export const columnSchema: z.ZodType<Column> = z.object({
  id: keySchema,
  name: z.string(),
  type: z.enum(['str', 'int', 'float', 'bool', 'json']),
})

export const dataRowSchema: z.ZodType<DataRow> = z.object({ id: keySchema, cells: z.record(keySchema, jsonSchema) })

export const datasetSchema: z.ZodType<DatasetMeta> = z.object({
  id: keySchema,
  name: z.string(),
  columns: z.array(columnSchema),
  rowCount: z.number().int().nonnegative(),
  createdAt: z.number(),
  updatedAt: z.number(),
})

export const mappingSchema: z.ZodType<Mapping> = z.object({
  inputs: z.record(keySchema, keySchema),
  labels: z.record(keySchema, keySchema),
})

const share = z.number().nonnegative()
export const splitSchema: z.ZodType<SplitSpec> = z.object({ train: share, val: share, test: share, seed: z.number().int() })

export const projectSchema: z.ZodType<Project> = z.object({
  schemaVersion: z.literal(projectSchemaVersion),
  id: keySchema,
  name: z.string(),
  templateId: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  graph: graphSchema,
  state: stateSchema,
  layout: z.record(keySchema, z.object({ x: z.number(), y: z.number() })),
  datasetId: keySchema.optional(),
  mapping: mappingSchema,
  split: splitSchema,
  metric: metricSchema,
  models: z.array(modelSchema),
  roles: z.object({
    task: keySchema,
    prompt: keySchema,
    teacher: keySchema.optional(),
    reflection: keySchema.optional(),
    embedding: keySchema.optional(),
  }),
  optimizer: z.object({ id: keySchema, params: z.record(keySchema, jsonObjectSchema) }),
  run: z.object({
    concurrency: z.number().int().positive(),
    seed: z.number().int(),
    maxErrors: z.number().int().nonnegative(),
    budget: budgetSchema,
  }),
  reveals: z.array(z.object({ at: z.number(), runId: z.string() })),
})

export const versionSchema: z.ZodType<StateVersion> = z.object({
  id: keySchema,
  projectId: keySchema,
  number: z.number().int(),
  at: z.number(),
  note: z.string(),
  state: stateSchema,
  runId: z.string().optional(),
  score: z.number().optional(),
})

export const projectFileSchema: z.ZodType<ProjectFile> = z.object({
  format: z.literal('dspy-studio-project'),
  schemaVersion: z.literal(projectSchemaVersion),
  project: projectSchema,
  dataset: z.object({ name: z.string(), columns: z.array(columnSchema), rows: z.array(dataRowSchema) }).optional(),
  versions: z.array(versionSchema),
  blobs: z.array(z.custom<BlobEntry>(() => true)).optional(),
})

/**
 * Reads a project file of this or any older version: migrates it step by step, checks every value and what they refer to.
 * Throws `project-newer` for a file of a later version and `project-invalid` with the path of the first fault.
 */
export function parseProjectFile(json: unknown, migrations: readonly ProjectMigration[] = projectMigrations): ProjectFile {
  if (!isJsonObject(json) || json.format !== 'dspy-studio-project') {
    throw new EngineError('project-invalid', 'This is not a DSPy Studio project file. Choose a file that was saved with "Export project".')
  }
  checkShape(json)
  const version = json.schemaVersion
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw invalid(['schemaVersion'], 'is not a version number')
  }
  if (version > projectSchemaVersion) {
    throw new EngineError(
      'project-newer',
      `This project was made by a newer version of DSPy Studio (file version ${version}, this app reads up to ${projectSchemaVersion}). Update DSPy Studio, then open it again.`,
      { version, supported: projectSchemaVersion },
    )
  }
  const migrated = migrations.filter(step => step.from >= version).reduce((file, step) => step.migrate(file), json)
  const result = projectFileSchema.safeParse(migrated)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw invalid(issue?.path ?? [], issue?.message ?? 'is not what a project file holds')
  }
  checkReferences(result.data)
  return result.data
}

/** Also refused: a key named `__proto__` anywhere, and nesting so deep that it can only be meant to break a reader. */
export function checkShape(value: unknown, path: string[] = []): void {
  if (typeof value !== 'object' || value === null) return
  if (path.length > maxDepth) throw invalid(path.slice(0, 6), `is nested more than ${maxDepth} levels deep`)
  for (const key of Object.keys(value)) {
    // One stack for the whole walk: a file may hold millions of cells.
    path.push(key)
    if (key === '__proto__') throw invalid(path, 'is a name no project may use: remove it from the file')
    checkShape(Reflect.get(value, key), path)
    path.pop()
  }
}
const maxDepth = 64

function checkReferences(file: ProjectFile): void {
  const { graph, models, roles } = file.project
  const fields = new Map(graph.nodes.map(node => [node.id, new Set(node.fields.map(field => field.id))]))
  if (fields.size < graph.nodes.length) throw invalid(['project', 'graph', 'nodes'], 'has two nodes with the same id')
  graph.edges.forEach((edge, index) => {
    for (const side of ['from', 'to'] as const) {
      const end = edge[side]
      // A module may add outputs of its own (reasoning), so a missing source field is left to the check of the graph.
      const isKnown = side === 'to' ? fields.get(end.node)?.has(end.field) : fields.has(end.node)
      if (!isKnown) throw invalid(['project', 'graph', 'edges', index, side], 'points at a node or field that the project does not have')
    }
  })
  const modelIds = new Set(models.map(model => model.id))
  for (const role of ['task', 'prompt', 'teacher', 'reflection', 'embedding'] as const) {
    const id = roles[role]
    if (id !== undefined && !modelIds.has(id))
      throw invalid(['project', 'roles', role], `names the model "${id}", which the project does not have`)
  }
}

function invalid(path: readonly PropertyKey[], problem: string): EngineError {
  const where = path.map(String).join('.') || 'file'
  return new EngineError(
    'project-invalid',
    `The project file cannot be read: ${where} ${problem}. Export the project again, or correct this place by hand.`,
    {
      path: where,
    },
  )
}

import { z } from 'zod'
import type { LmSettings, ProviderId, ModelSpec } from '../lm/lm'
import type { MetricSpec } from '../metrics/metric'
import type { Budget } from '../lm/spend'
import {
  classTypeSchema,
  distinct,
  graphSchema,
  jsonSchema,
  keySchema,
  paramsSchema,
  stateSchema,
  textSchema,
  titleSchema,
} from '../program/program-schema'
import { projectSchemaVersion } from './project'
import type { Column, DataRow, DatasetMeta, Mapping, Project, ProjectFile, SplitSpec, StateVersion } from './project'
import type { BlobEntry } from '../blobs/blob-entry'
import { isBlobRef, type BlobRef } from '../blobs/blob-ref'

const settingsSchema: z.ZodType<LmSettings> = z.object({
  temperature: z.number().min(0).max(10).optional(),
  maxTokens: z.number().int().positive().optional(),
  topP: z.number().min(0).max(1).optional(),
  stop: z.array(titleSchema).optional(),
  seed: z.number().int().optional(),
  reasoningEffort: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
})

export const modelSchema: z.ZodType<ModelSpec> = z.object({
  id: keySchema,
  label: titleSchema,
  // One that this version does not know is shown and kept: see `isKnownProvider`.
  provider: keySchema as unknown as z.ZodType<ProviderId>,
  model: titleSchema,
  baseUrl: titleSchema.optional(),
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

export const metricSchema: z.ZodType<MetricSpec> = z.object({ kind: keySchema, params: paramsSchema })

export const budgetSchema: z.ZodType<Budget> = z.object({
  maxCalls: z.number().int().nonnegative().optional(),
  maxTokens: z.number().int().nonnegative().optional(),
  maxCost: z.number().nonnegative().optional(),
  maxMs: z.number().nonnegative().optional(),
})

export const columnSchema: z.ZodType<Column> = z.object({
  id: keySchema,
  name: titleSchema,
  type: z.enum(['str', 'int', 'float', 'bool', 'json', 'image', 'audio', 'file']),
})

/** The columns of a dataset. */
export const columnsSchema = distinct(columnSchema, 'columns')

export const dataRowSchema: z.ZodType<DataRow> = z.object({ id: keySchema, cells: z.record(keySchema, jsonSchema) })

export const datasetSchema: z.ZodType<DatasetMeta> = z.object({
  id: keySchema,
  name: titleSchema,
  columns: columnsSchema,
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

const layoutSchema = z.record(keySchema, z.object({ x: z.number(), y: z.number() }))

export const projectSchema: z.ZodType<Project> = z.object({
  schemaVersion: z.literal(projectSchemaVersion),
  id: keySchema,
  name: titleSchema,
  templateId: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  graph: graphSchema,
  state: stateSchema,
  types: z.array(classTypeSchema).optional(),
  layout: layoutSchema,
  datasetId: keySchema.optional(),
  mapping: mappingSchema,
  split: splitSchema,
  metric: metricSchema,
  otherMetrics: z.record(keySchema, paramsSchema).optional(),
  models: distinct(modelSchema, 'models'),
  roles: z.object({
    task: keySchema,
    prompt: keySchema,
    teacher: keySchema.optional(),
    reflection: keySchema.optional(),
    judge: keySchema.optional(),
    extraction: keySchema.optional(),
    embedding: keySchema.optional(),
  }),
  optimizer: z.object({ id: keySchema, params: z.record(keySchema, paramsSchema) }),
  run: z.object({
    concurrency: z.number().int().positive(),
    seed: z.number().int(),
    maxErrors: z.number().int().nonnegative(),
    maxErrorShare: z.number().min(0).max(1).optional(),
    budget: budgetSchema,
    tryCalls: z.number().int().positive().optional(),
    stream: z.union([z.literal('off'), z.object({ except: z.array(z.string()) })]).optional(),
  }),
  reveals: z.array(z.object({ at: z.number(), runId: z.string() })),
  dspyFile: z.custom<BlobRef>(isBlobRef, 'is not the name of a file').optional(),
})

export const versionSchema: z.ZodType<StateVersion> = z.object({
  id: keySchema,
  projectId: keySchema,
  number: z.number().int(),
  at: z.number(),
  note: textSchema,
  state: stateSchema,
  graph: graphSchema.optional(),
  layout: layoutSchema.optional(),
  runId: z.string().optional(),
  score: z.number().optional(),
})

export const projectFileSchema: z.ZodType<ProjectFile> = z.object({
  format: z.literal('dspy-studio-project'),
  schemaVersion: z.literal(projectSchemaVersion),
  project: projectSchema,
  dataset: z.object({ name: titleSchema, columns: columnsSchema, rows: distinct(dataRowSchema, 'rows') }).optional(),
  versions: z.array(versionSchema),
  blobs: z.array(z.custom<BlobEntry>(() => true)).optional(),
})

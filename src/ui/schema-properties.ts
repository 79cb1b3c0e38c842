import { z } from 'zod'
import { issueWords } from '@/lib/issue-words'

/** What a form needs to know of one key of an object schema. */
export interface SchemaProperty {
  readonly key: string
  readonly kind: 'number' | 'integer' | 'string' | 'boolean' | 'enum' | 'json'
  readonly title?: string
  readonly help?: string
  /** Asks for another control than the kind's own: `textarea`, `code`, `hidden`, or one the form's user supplies. */
  readonly widget?: string
  readonly isOptional: boolean
  readonly isNullable: boolean
  readonly fallback?: unknown
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly options?: readonly string[]
}

/** Reads a Zod object schema through its JSON Schema, so that no Zod internals are relied on. */
export function schemaProperties(schema: z.ZodObject): readonly SchemaProperty[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const required = new Set(root.required ?? [])
  return Object.entries(root.properties ?? {}).flatMap(([key, property]) =>
    typeof property === 'boolean' ? [] : [describe(key, property, !required.has(key))],
  )
}

/** The schema's own complaints about a value, by key. */
export function schemaErrors(schema: z.ZodObject, value: unknown): Readonly<Record<string, string>> {
  const result = schema.safeParse(value)
  if (result.success) return {}
  const errors: Record<string, string> = {}
  for (const issue of result.error.issues) {
    const key = String(issue.path[0] ?? '')
    const isMissing = typeof value === 'object' && value !== null && !Object.hasOwn(value, key)
    errors[key] ??= isMissing ? 'A value is needed.' : issueWords(issue)
  }
  return errors
}

type JsonSchema = z.core.JSONSchema.BaseSchema

function describe(key: string, outer: JsonSchema, isOptional: boolean): SchemaProperty {
  const branches = branchesOf(outer)
  const isNullable = branches.some(branch => branch.type === 'null')
  const inner = isNullable && branches.length === 2 ? (branches.find(branch => branch.type !== 'null') ?? outer) : outer
  const schema: JsonSchema = { ...inner, ...outer }
  const isInteger = inner.type === 'integer'
  return {
    key,
    kind: kindOf(inner),
    title: text(schema['title']),
    help: text(schema['help']) ?? schema.description,
    widget: text(schema['widget']),
    isOptional,
    isNullable,
    fallback: schema.default,
    min: bound(inner.minimum ?? inner.exclusiveMinimum),
    max: bound(inner.maximum ?? inner.exclusiveMaximum),
    step: inner.multipleOf ?? (isInteger ? 1 : 0.1),
    options: inner.enum?.map(String),
  }
}

/** What a value may be one of: schemas of their own, or several types in one schema. */
function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const { type } = schema as { readonly type?: unknown }
  if (Array.isArray(type)) return type.map((one): JsonSchema => ({ ...schema, type: one as JsonSchema['type'] }) as JsonSchema)
  return (schema.anyOf ?? []).filter((branch): branch is JsonSchema => typeof branch === 'object')
}

function kindOf(schema: JsonSchema): SchemaProperty['kind'] {
  if (schema.enum && schema.enum.every(option => typeof option === 'string')) return 'enum'
  if (schema.type === 'number' || schema.type === 'integer' || schema.type === 'string' || schema.type === 'boolean') return schema.type
  return 'json'
}

/** Zod bounds every integer by the largest exact one: no news for a form. */
function bound(limit: number | boolean | undefined): number | undefined {
  return typeof limit !== 'number' || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

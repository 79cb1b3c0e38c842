import { fieldNameProblem } from '@/engine/signature/types/field-name'
import { inferPrefix } from '@/engine/signature/label'
import { pythonName } from '@/engine/signature/python-name'
import type { FieldType } from '@/engine/signature/types/field-type'
import { isJsonObject, type Json } from '@/lib/json'
import { typeOfDecision } from './dspy-decisions'
import type { DspyEntry, DspyField } from './dspy-entries'

/** A field as far as a state file tells. */
export interface FoundField {
  readonly name: string
  readonly desc: string
  readonly type: FieldType
}

/**
 * The fields of an entry in their order. A name is what an empty description quotes (`${name}`), else the key of a demo with this prefix,
 * else made of the prefix; a type is what the settings of a decision or the values of the
 * demos are, and `str` where there are none.
 */
export function foundFields({ fields, demos, decisions = {} }: DspyEntry): readonly FoundField[] {
  const shown = demos.slice(0, lookedAt)
  const byPrefix = new Map([...shown, decisions].flatMap(values => Object.keys(values)).map(key => [`${inferPrefix(key)}:`, key]))
  const taken = new Set<string>()
  return fields.map(field => {
    const name = distinct(nameOf(field, byPrefix), taken)
    taken.add(name)
    const values = shown.flatMap(demo => (Object.hasOwn(demo, name) ? [demo[name] ?? null] : []))
    const settings = Object.hasOwn(decisions, name) ? decisions[name] : undefined
    const type = typeOfDecision(settings ?? null, values) ?? typeOfValues(values)
    return { name, desc: quotedName(field) === undefined ? (field.description ?? '') : '', type }
  })
}

/** Whether a field of a file is the one that a module adds itself under this name. */
export function isAdded({ prefix = '', description }: DspyField, name: string): boolean {
  if (description === `\${${name}}` || prefix === `${inferPrefix(name)}:`) return true
  if (name === 'reasoning') return prefix.startsWith('Reasoning:')
  // DSPy's MultiChainComparison writes its own prefixes over these.
  const attempt = /^reasoning_attempt_(\d{1,3})$/.exec(name)?.[1]
  return attempt === undefined
    ? name === 'rationale' && prefix.startsWith('Accurate Reasoning:')
    : prefix === `Student Attempt #${attempt}:`
}

/** Enough demos to tell what a field holds. */
const lookedAt = 50

function nameOf(field: DspyField, byPrefix: ReadonlyMap<string, string>): string {
  const named = quotedName(field) ?? byPrefix.get(field.prefix ?? '')
  if (named !== undefined && fieldNameProblem(named) === undefined) return named
  const made = pythonName((field.prefix ?? '').replace(/:$/, '').slice(0, 80))
  return fieldNameProblem(made) === undefined ? made : 'field'
}

function quotedName({ description = '' }: DspyField): string | undefined {
  return /^\$\{(\w{1,200})\}$/.exec(description)?.[1]
}

function distinct(name: string, taken: ReadonlySet<string>): string {
  let unique = name
  for (let count = 2; taken.has(unique); count++) unique = `${name}_${count}`
  return unique
}

function typeOfValues(values: readonly Json[]): FieldType {
  const filled = values.filter(value => value !== null)
  const of = typeOfFilled(filled)
  return filled.length < values.length && of.kind !== 'any' && filled.length > 0 ? { kind: 'optional', of } : of
}

function typeOfFilled(values: readonly Json[]): FieldType {
  const every = (fits: (value: Json) => boolean): boolean => values.every(fits)
  if (every(value => typeof value === 'string')) return { kind: every(isImageText) && values.length > 0 ? 'image' : 'str' }
  if (every(value => typeof value === 'boolean')) return { kind: 'bool' }
  if (every(value => typeof value === 'number')) return { kind: every(Number.isInteger) ? 'int' : 'float' }
  if (every(value => Array.isArray(value))) {
    const items = values.flatMap(value => (Array.isArray(value) ? (value as readonly Json[]).slice(0, lookedAt) : []))
    return { kind: 'list', of: items.length > 0 ? typeOfFilled(items) : { kind: 'any' } }
  }
  return every(isJsonObject) ? { kind: 'object', fields: {} } : { kind: 'any' }
}

function isImageText(value: Json): boolean {
  return typeof value === 'string' && value.startsWith('<<CUSTOM-TYPE-START-IDENTIFIER>>') && value.slice(0, 200).includes('"image_url"')
}

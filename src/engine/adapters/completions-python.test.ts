import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import { completionCases, type CompletionCase, type PromptCase } from '@/testing/arbitrary-prompts'
import { askDspyAdapters, type AdapterAnswer } from '@/testing/dspy-adapters'
import { answerOf } from '@/testing/written-answer'
import { dspyPython } from '@/testing/dspy-python'
import { isEngineError } from '../base/errors'
import type { FieldType } from '../signature/types/field-type'
import { partType, typesWithin } from '../signature/types/registry'
import { readMarked, readMarkedExactly } from './read-markers'
import { readXmlFields } from './read-xml'
import { adapters, exactAdapters } from './registry'
import { isStrictXml } from './strict-xml'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')
const ids = ['chat', 'json', 'xml', 'baml'] as const
const perAdapter = 60

/** One answer that the two sides read differently. */
interface Difference {
  readonly one: CompletionCase
  readonly text: string
  readonly ours: Json | undefined
  readonly theirs: Json | undefined
}

/** What is read differently with every setting, on purpose; see docs/decisions/2026-11-30-dspy-to-the-letter.md. */
const always: Readonly<Record<string, (difference: Difference) => boolean>> = {
  'JSON that is broken': ({ one, text }) => !isSoundJson(one, text),
  'a number without end': ({ text }) => /\b(?:inf|nan)\b|e\+?3\d\d/.test(text),
  'an option that is no text, spelled inside of a list or an object': ({ one }) =>
    outputsOf(one).some(({ type }) =>
      typesWithin(type)
        .slice(1)
        .some(of => of.kind === 'enum' && of.values.some(value => typeof value !== 'string')),
    ),
  'tags within a text': ({ one, text }) => one.adapter === 'xml' && /<\w+><\/\w+>/.test(text),
}

/** What is read differently unless DSPy is followed to the letter. */
const lenient: Readonly<Record<string, (difference: Difference) => boolean>> = {
  'a marker that does not stand alone at the start of its line': ({ one, text }) =>
    one.adapter === 'chat' &&
    canonicalJson([...readMarked(text, namesOf(one))]) !==
      canonicalJson([...readMarkedExactly(text)].filter(([name]) => namesOf(one).has(name))),
  'XML that is not strict': ({ one, text }) => one.adapter === 'xml' && !isStrictXml(text),
  'parts without a type, in XML': ({ one }) =>
    one.adapter === 'xml' &&
    outputsOf(one).some(({ type }) =>
      typesWithin(type).some(of => of.kind === 'any' || 'isBare' in of || (of.kind === 'object' && Object.keys(of.fields).length === 0)),
    ),
  'the parts of a class that may be missing, in XML': ({ one }) =>
    one.adapter === 'xml' &&
    outputsOf(one).some(({ type }) => typesWithin(type).some(({ kind }) => kind === 'optional' || kind === 'union')),
  'a value of a union or an option that is taken as the text it is': ({ ours, theirs }) => ours !== undefined && theirs === undefined,
  'fields that stand twice, in XML': ({ one, text }) =>
    one.adapter === 'xml' && [...namesOf(one)].some(name => text.split(`<${name}`).length > 2),
  'line ends of Windows, in XML': ({ one, text }) => one.adapter === 'xml' && text.includes('\r'),
}

describe.skipIf(!python)('answers beside DSPy itself', () => {
  const seed = Date.now() % 2 ** 31
  let asked: { readonly cases: readonly CompletionCase[]; readonly answers: readonly AdapterAnswer[] } | undefined
  const all = () => {
    if (asked) return asked
    process.stdout.write(`completions: seed ${seed}\n`)
    const cases = ids.flatMap(id => fc.sample(completionCases(id, answerOf), { numRuns: perAdapter, seed }))
    return (asked = { cases, answers: askDspyAdapters(python ?? '', cases) })
  }
  const differences = (table: typeof adapters): readonly Difference[] => {
    const { cases, answers } = all()
    return cases.flatMap((one, at) =>
      one.texts.flatMap((text, i): Difference[] => {
        const their = answers[at]?.read[i]
        const [ours, theirs] = [
          read(() => table[one.adapter].parse({ instructions: '', fields: one.fields }, text)),
          their && 'values' in their ? their.values : undefined,
        ]
        return (ours && comparable(one, ours)) === (theirs && comparable(one, theirs)) ? [] : [{ one, text, ours, theirs }]
      }),
    )
  }

  it('are read to the same values, or refused by both, where DSPy is followed to the letter', { timeout: 300_000 }, () => {
    const found = differences(exactAdapters)
    const unnamed = found.filter(one => nameOf(one, always) === undefined)
    process.stdout.write(`to the letter: ${JSON.stringify(counted(found, always))}\n`)
    expect(unnamed.slice(0, 5).map(shown), `seed ${seed}, ${unnamed.length} differ`).toEqual([])
    expect(all().cases.reduce((sum, { texts }) => sum + texts.length, 0)).toBeGreaterThanOrEqual(500)
    expect(found.length / (ids.length * perAdapter * 4)).toBeLessThan(0.08)
  })

  it('are read to the same values otherwise, or where DSPy refuses', { timeout: 300_000 }, () => {
    const kinds = { ...always, ...lenient }
    const found = differences(adapters)
    const unnamed = found.filter(one => nameOf(one, kinds) === undefined)
    process.stdout.write(`as usual: ${JSON.stringify(counted(found, kinds))}\n`)
    expect(unnamed.slice(0, 5).map(shown), `seed ${seed}, ${unnamed.length} differ`).toEqual([])
  })
})

function counted(found: readonly Difference[], kinds: typeof always): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const one of found) {
    const name = nameOf(one, kinds) ?? 'unnamed'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function nameOf(difference: Difference, kinds: typeof always): string | undefined {
  return Object.keys(kinds).find(name => kinds[name]?.(difference))
}

function shown({ one, text, ours, theirs }: Difference) {
  return { adapter: one.adapter, types: outputsOf(one).map(({ name, type }) => [name, JSON.stringify(type)]), text, ours, theirs }
}

function outputsOf({ fields }: PromptCase) {
  return fields.filter(({ role }) => role === 'output')
}

function namesOf(one: PromptCase): ReadonlySet<string> {
  return new Set(outputsOf(one).map(({ name }) => name))
}

/** True where each value is JSON to the letter, or plain words. */
function isSoundJson(one: CompletionCase, text: string): boolean {
  const isSound = (part: string): boolean => !/[[\]{}"'`]/.test(part) || parseJson(part.trim()).ok
  if (one.adapter === 'json' || one.adapter === 'baml') {
    const start = text.indexOf('{')
    return (
      parseJson(text.slice(start, text.lastIndexOf('}') + 1)).ok &&
      !/[{}[\]]/.test(text.slice(0, start)) &&
      values(text.slice(start)).every(isSound)
    )
  }
  const parts = outputsOf(one)
    .filter(({ type }) => type.kind !== 'str')
    .flatMap(({ name }) => {
      if (one.adapter === 'chat') return readMarkedExactly(text).get(name) ?? readMarked(text, namesOf(one)).get(name) ?? ''
      return (readXmlFields(text, namesOf(one)).get(name) ?? []).map(({ raw }) => (raw.includes('<') ? '' : raw))
    })
  return parts.every(isSound)
}

/** The texts that stand directly in an object. */
function values(text: string): readonly string[] {
  const read = parseJson(text.slice(0, text.lastIndexOf('}') + 1))
  return read.ok ? Object.values(read.value ?? {}).filter(value => typeof value === 'string') : []
}

function read<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return undefined
    throw error
  }
}

/** Equal for equal values: a set has no order, keys have none, and JavaScript does not tell 1.0 from 1. */
function comparable(one: PromptCase, values: JsonObject): string {
  return canonicalJson(outputsOf(one).map(({ name, type }) => [name, unordered(type, values[name] ?? null)]))
}

function unordered(type: FieldType, value: Json): Json {
  if (type.kind === 'optional') return value === null ? null : unordered(type.of, value)
  if (typeof value !== 'object' || value === null) return pythonStr(value)
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unordered(partType(type, key) ?? any, item)]))
  const items = value.map((item, at) => unordered(partType(type, at) ?? any, item))
  // Of a union it is not known which member a list is.
  return typesWithin(type).some(({ kind }) => kind === 'union' || kind === 'set')
    ? items.map(item => canonicalJson(item)).toSorted((a, b) => (a < b ? -1 : 1))
    : items
}

const any: FieldType = { kind: 'any' }

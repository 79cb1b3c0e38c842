import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signatures, valuesOf } from '@/testing/arbitrary-fields'
import type { Json } from '@/lib/json'
import { EngineError } from '../base/errors'
import { plainMessages } from '../lm/parts'
import type { FieldType } from '../signature/types/field-type'
import { partType } from '../signature/types/registry'
import { adapterIds } from '../program/adapter-id'
import { adapters } from './registry'

/** An empty list that may also be null or anything has no form of its own in XML: a self-closed tag is null there, as in DSPy. */
function isTold(type: FieldType, value: Json): boolean {
  if (type.kind === 'any') return !(Array.isArray(value) && value.length === 0)
  if (type.kind === 'optional') return value === null || (isTold(type.of, value) && !(Array.isArray(value) && value.length === 0))
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every((item, at) => isTold(partType(type, at) ?? { kind: 'any' }, item))
  return Object.entries(value).every(([key, item]) => isTold(partType(type, key) ?? { kind: 'any' }, item))
}

const pieces = ['a', 'n', 'd', 'e', 'item', 'entry key="x"', 'b'].flatMap(name => [`<${name}>`, `</${name}>`, `<${name}/>`])
const others = ['[[ ## a ## ]]', '\n', '{', '}', '"a"', ':', '1', '"', ',', '[', ']', '```', '<', '&', '&amp;', '<![CDATA[', ']]>', '<!--']

describe.each(adapterIds.map(id => adapters[id]))('contract of the $id adapter', adapter => {
  const cases = signatures.chain(signature =>
    fc.tuple(
      fc.constant(signature),
      fc.record(Object.fromEntries(signature.fields.map(field => [field.name, valuesOf(field.type)])), { noNullPrototype: true }),
    ),
  )

  it('reads back the answers it writes', () => {
    fc.assert(
      fc.property(cases, ([signature, demo]) => {
        fc.pre(signature.fields.every(field => demo[field.name] !== null))
        fc.pre(adapter.id !== 'xml' || signature.fields.every(field => isTold(field.type, demo[field.name] ?? null)))
        const answer = plainMessages(adapter.format(signature, [demo], {})).findLast(message => message.role === 'assistant')?.content ?? ''
        const outputs = signature.fields.filter(field => field.role === 'output').map(field => [field.name, demo[field.name]])
        if (adapter.extraction) fc.pre(answer !== '')
        expect(adapter.parse(signature, answer)).toEqual(adapter.extraction ? { text: answer } : Object.fromEntries(outputs))
      }),
      { numRuns: 500 },
    )
  })

  it('opens with a system message, keeps turns in pairs and ends with the request', () => {
    fc.assert(
      fc.property(cases, ([signature, demo]) => {
        const roles = adapter.format(signature, [demo, demo], demo).map(message => message.role)
        expect(roles[0]).toBe('system')
        expect(roles.at(-1)).toBe('user')
        expect(roles.slice(1, -1).every((role, at) => role === (at % 2 === 0 ? 'user' : 'assistant'))).toBe(true)
      }),
    )
  })

  const type = (kind: 'any' | 'bool' | 'int' | 'str' | 'float'): FieldType => ({ kind })
  const kinds: readonly (readonly [string, FieldType])[] = [
    ['a', type('any')],
    ['n', { kind: 'list', of: type('int') }],
    ['d', { kind: 'dict', of: { kind: 'list', of: type('any') } }],
    ['e', { kind: 'enum', values: ['x', 1] }],
    ['b', { kind: 'optional', of: type('str') }],
  ]
  const signature = {
    instructions: '',
    fields: kinds.map(([name, of]) => ({ id: name, name, type: of, role: 'output' as const, desc: '' })),
  }

  /** The refusal of a text; anything but an `EngineError` is a bug and goes on. */
  const failureOf = (text: string): EngineError | undefined => {
    try {
      adapter.parse(signature, text)
      return undefined
    } catch (error) {
      if (error instanceof EngineError) return error
      throw error
    }
  }

  it('throws nothing but adapter-parse on any text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...pieces, ...others), { maxLength: 40 }).map(all => all.join('')),
    )
    fc.assert(
      fc.property(texts, text => {
        const error = failureOf(text)
        expect(error === undefined || (error.code === 'adapter-parse' && error.facts['text'] === text)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it.each(
    [
      '<a>',
      '<n><item>',
      '<',
      '<a ',
      '<a "',
      '<![CDATA[',
      ']]><![CDATA[',
      '<d><x>',
      '</a>',
      '<item>',
      '<d><d>',
      '&#',
      '[[ ## a ## ]]\n',
      '<n>1</n>',
    ].map(piece => [piece]),
  )('reads a long run of %j in bounded time', piece => {
    const before = performance.now()
    failureOf(piece.repeat(200_000 / piece.length))
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

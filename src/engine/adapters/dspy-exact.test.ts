import { describe, expect, it } from 'vitest'
import { field } from '@/testing/toy-programs'
import { isEngineError } from '../base/errors'
import { plainMessages } from '../lm/parts'
import { adapterIds, type AdapterId } from '../program/adapter-id'
import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import { adapterFor, adapters, asideAdapter, exactAdapters } from './registry'

const refused = Symbol('refused')

function read(isExact: boolean, adapter: AdapterId, type: FieldType, text: string): Json | typeof refused {
  try {
    const table = isExact ? exactAdapters : adapters
    return table[adapter].parse({ instructions: '', fields: [field('q', 'input'), field('a', 'output', type)] }, text)['a'] ?? null
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return refused
    throw error
  }
}

const str: FieldType = { kind: 'str' }

describe('following DSPy to the letter', () => {
  it.each<[what: string, AdapterId, FieldType, text: string, usual: Json | typeof refused, exact: Json | typeof refused]>([
    ['a marker in bold', 'chat', str, '**[[ ## a ## ]]**\nyes', 'yes', refused],
    ['a marker in the middle of a line', 'chat', str, 'So: [[ ## a ## ]] yes', 'yes', refused],
    ['an indented marker', 'chat', str, '  [[ ## a ## ]]\nyes', 'yes', ']]\nyes'],
    ['a bare < in XML', 'xml', str, '<a>1 < 2</a>', '1 < 2', refused],
    ['an unclosed tag in XML', 'xml', str, '<a>yes', 'yes', refused],
    ['a field that stands twice, in XML', 'xml', { kind: 'int' }, '<a>1</a><a>2</a>', 1, refused],
    ['a part without a type, in XML', 'xml', { kind: 'list', of: { kind: 'any' }, isBare: true }, '<a><item>1</item></a>', [1], ['1']],
    [
      'a text that a union may hold',
      'chat',
      { kind: 'union', of: [{ kind: 'int' }, { kind: 'str' }] },
      '[[ ## a ## ]]\n[1]',
      '[1]',
      refused,
    ],
    ['prose with brackets for any value', 'chat', { kind: 'any' }, '[[ ## a ## ]]\nsee [1]', 'see [1]', [1]],
    ['the second of two objects', 'json', str, '{"x": 1} {"a": "yes"}', 'yes', refused],
  ])('differs on %s', (_what, adapter, type, text, usual, exact) => {
    expect(read(false, adapter, type, text)).toEqual(usual)
    expect(read(true, adapter, type, text)).toEqual(exact)
  })

  it('describes any value by its empty schema, and escapes plain texts alone in XML', () => {
    const signature = {
      instructions: '',
      fields: [field('q', 'input'), field('a', 'output', { kind: 'any' }), field('b', 'output', { kind: 'optional', of: str })],
    }
    const texts = (table: typeof adapters) =>
      plainMessages(table.xml.format(signature, [{ q: '1', a: '<', b: '<' }], {})).map(({ content }) => content)
    expect(texts(adapters)[2]).toContain('<b>\n&lt;\n</b>')
    expect(texts(exactAdapters)[2]).toContain('<b>\n<\n</b>')
    expect(texts(exactAdapters)[0]).toMatch(/\{a\} {8}# note: .*: \{\}/)
  })

  it('is chosen by the program, for its steps, its fallback, its second questions and what is asked aside', () => {
    for (const id of adapterIds) {
      expect(adapterFor({ adapter: id })).toBe(adapters[id])
      expect(adapterFor({ adapter: id, dspyExact: true })).toBe(exactAdapters[id])
    }
    expect(exactAdapters.chat.fallback).toBe(exactAdapters.json)
    expect(exactAdapters.xml.fallback).toBe(exactAdapters.json)
    expect(exactAdapters['two-step'].extraction?.adapter).toBe(exactAdapters.chat)
    expect(asideAdapter({ dspyExact: true })).toBe(exactAdapters.chat)
  })
})

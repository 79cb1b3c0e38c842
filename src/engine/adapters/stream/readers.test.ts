import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Values } from '@/engine/base/example'
import { isEngineError } from '@/engine/base/errors'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { field } from '@/testing/toy-programs'
import { adapters } from '../registry'
import type { FieldText } from './field-reader'
import { fieldReader } from './registry'

const signature = {
  instructions: 'Answer.',
  fields: [field('q', 'input'), field('a', 'output'), field('b', 'output'), { ...field('n', 'output'), type: parseTypeName('int') }],
}
const ids = ['chat', 'json', 'xml'] as const
type Id = (typeof ids)[number]

function streamed(id: Id, pieces: readonly string[]): readonly FieldText[][] {
  const reader = fieldReader(id, signature)
  if (!reader) throw new Error(`the ${id} adapter has no reader`)
  return [...pieces.map(piece => [...reader.push(piece)]), [...reader.end()]]
}

/** The texts of each field put together. */
function joined(chunks: readonly FieldText[][]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const { field: name, text } of chunks.flat()) values[name] = (values[name] ?? '') + text
  return values
}

function cutAt(text: string, places: readonly number[]): readonly string[] {
  const cuts = [0, ...[...new Set(places.map(place => place % (text.length + 1)))].toSorted((a, b) => a - b), text.length]
  return cuts.slice(1).map((end, at) => text.slice(cuts[at], end))
}

function parsed(id: Id, text: string): Values | undefined {
  try {
    return adapters[id].parse(signature, text)
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return undefined
    throw error
  }
}

const places = fc.array(fc.nat(2000), { maxLength: 60 })
const pieces = {
  chat: [
    '[[ ## a ## ]]',
    '[[ ## ',
    '[[ #',
    '[[',
    '[',
    ' ## ]]',
    ']]',
    '[[ ## c ## ]]',
    '[[ ## completed ## ]]',
    '```',
    '**',
    '- ',
    '> ',
    '1. ',
  ],
  json: ['{', '}', '"', '\\', '\\n', '\\u00', '\\ud83d', '\\ude00', ',', ':', '{"a": "', '", "b": "', '"}', '[', ']', '12', 'null'],
  xml: ['<a>', '</a>', '<b>', '</b>', '<', '</', '<a', '>', '&', '&amp;', '&lt', ';', '<![CDATA[', ']]>', '<c x="1">', '<a/>'],
} as const
const common = ['\n', ' ', '\r\n', '\t', 'word', 'x', '4', 'é', '😀', '\ud83d', '日本'] as const
const wild = (id: Id) => fc.array(fc.constantFrom(...common, ...pieces[id]), { maxLength: 40 }).map(list => list.join(''))

/** An answer as the adapter asks for it, around two texts. */
const layouts: Readonly<Record<Id, (a: string, b: string, lead: string) => string>> = {
  chat: (a, b, lead) => `${lead}\n[[ ## a ## ]]\n${a}\n\n[[ ## b ## ]]\n${b}\n\n[[ ## n ## ]]\n4\n\n[[ ## completed ## ]]\n`,
  json: (a, b, lead) => `${lead}\n${JSON.stringify({ a, b, n: 4 }, null, 2)}`,
  xml: (a, b, lead) => `${lead}\n<a>\n${escaped(a)}\n</a>\n\n<b>${escaped(b)}</b>\n<n>4</n>`,
}
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
/** Values in which no line begins with a marker. */
const value: Readonly<Record<Id, fc.Arbitrary<string>>> = {
  chat: wild('chat').filter(
    text => !/^[\s>*_`#+\-\d.)]*\[\[ ## \w+ ## \]\]/m.test(text) && !/^\s*```/m.test(text) && !/\[\[ ## (?:a|completed)/.test(text),
  ),
  json: fc.oneof(wild('json'), fc.string({ unit: 'binary' })),
  xml: wild('xml'),
}

describe.each(ids)('an answer in the layout of %s, while it is written', id => {
  test('comes to the values of the whole answer, however it is cut', () => {
    fc.assert(
      fc.property(value[id], value[id], fc.constantFrom('', 'Sure, here it is:', 'I thought [about] it.'), places, (a, b, lead, cuts) => {
        const text = layouts[id](a, b, lead)
        const read = parsed(id, text)
        if (!read) return
        const chunks = streamed(id, cutAt(text, cuts))
        expect(joined(chunks)).toEqual({ a: read['a'], b: read['b'], n: '4' })
        expect(
          chunks
            .flat()
            .filter(({ isLast }) => isLast)
            .map(({ field: name }) => name),
        ).toEqual(['a', 'b', 'n'])
      }),
      { numRuns: 3000 },
    )
  })

  test('gives the same texts however any other text is cut', () => {
    fc.assert(
      fc.property(wild(id), fc.constantFrom('', layouts[id]('', '', '').slice(0, 20)), places, (rest, head, cuts) => {
        const text = head + rest
        expect(joined(streamed(id, cutAt(text, cuts)))).toEqual(joined(streamed(id, [text])))
      }),
      { numRuns: 3000 },
    )
  })

  test('holds back no word that is whole', () => {
    const text = layouts[id]('One two three', 'x', '')
    const shown = streamed(id, Array.from(text)).flat()
    expect(shown.filter(({ field: name }) => name === 'a').length).toBeGreaterThan(8)
  })
})

describe('chunks as DSPy gives them', () => {
  const told = (id: Id, chunks: readonly string[], name: string): readonly unknown[] => {
    const reader = fieldReader(id, signature)
    return chunks.flatMap(chunk => reader?.push(chunk) ?? []).flatMap(one => (one.field === name ? [[one.text, one.isLast]] : []))
  }

  test('ST1: the line feeds around a value are in none of them', () => {
    const chunks = ['[[ ##', ' a', ' ## ]]', '\n', '\n', 'Hello', ' wor', 'ld', '  \n', '\n', '[[ ##', ' completed', ' ## ]]']
    expect(told('chat', chunks, 'a')).toEqual([
      ['Hello', false],
      [' wor', false],
      ['ld', false],
      ['', true],
    ])
  })

  test('ST2: white space within a value comes with the words behind it', () => {
    const chunks = ['[[ ## a ## ]]', '\n\n  ', 'One', ' \n\n ', 'two\n', '\n[[ ## b ## ]]', '\nx']
    expect(told('chat', chunks, 'a')).toEqual([
      ['One', false],
      [' \n\n two', false],
      ['', true],
    ])
  })

  test('ST3: tags', () => {
    const chunks = ['<a', '>', '\n', ' Hi', ' there', '\n', '</a', '>']
    expect(told('xml', chunks, 'a')).toEqual([
      ['Hi', false],
      [' there', false],
      ['', true],
    ])
  })

  test('ST4: white space at the end of what came is held back', () => {
    expect(told('chat', ['[[ ## a ## ]]\n', 'Hel', 'lo  ', '\n'], 'a')).toEqual([
      ['Hel', false],
      ['lo', false],
    ])
  })
})

// Differs: of an answer that comes in one piece DSPy's listeners tell nothing.
test('a whole answer in one piece is told', () => {
  expect(joined(streamed('chat', ['[[ ## a ## ]]\nRome\n\n[[ ## completed ## ]]']))).toEqual({ a: 'Rome' })
})

test('a fence around the whole answer is in no value', () => {
  const text = '```\n[[ ## a ## ]]\nRome\n\n[[ ## b ## ]]\nx\n```\n'
  expect(joined(streamed('chat', Array.from(text)))).toEqual({ a: 'Rome', b: 'x' })
})

test('markers in the middle of lines count where all of them stand so', () => {
  expect(joined(streamed('chat', Array.from('[[ ## a ## ]] Rome [[ ## b ## ]] x [[ ## completed ## ]]')))).toEqual({ a: 'Rome', b: 'x' })
  expect(joined(streamed('chat', Array.from('[[ ## a ## ]]\nNow [[ ## b ## ]] follows\n[[ ## b ## ]]\nx')))).toEqual({
    a: 'Now [[ ## b ## ]] follows',
    b: 'x',
  })
})

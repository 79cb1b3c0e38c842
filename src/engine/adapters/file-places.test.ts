import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlobRef } from '../blobs/blob-ref'
import { blobsOf, plainText, textOf, type Content } from '../lm/parts'
import { parseSignatureLine } from '../signature/parse-signature'
import type { Signature } from '../signature/signature'
import { adapterIds } from '../program/adapter-id'
import { filePlaces } from './file-places'
import { adapters } from './registry'

const ref = (letter: string): BlobRef => ({ $blob: letter.repeat(64), mime: 'image/png', bytes: 9 })
const [a, b] = [ref('a'), ref('b')]

function signatureOf(line: string): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  const fields = [
    ...inputs.map(field => ({ ...field, role: 'input' as const })),
    ...outputs.map(field => ({ ...field, role: 'output' as const })),
  ]
  return { instructions: 'Look.', fields: fields.map((field, index) => ({ id: `f${index}`, desc: '', ...field })) }
}

const shape = (content: Content | undefined) =>
  typeof content === 'string'
    ? content
    : content?.map(part => (part.type === 'blob' ? part.ref.$blob[0] : part.type === 'text' ? part.text : part.type))

describe('a file among the values of a prompt', () => {
  const signature = signatureOf('photo: Any, question -> answer')

  it('is a part of its own in its place, with the text around it as it is', () => {
    const messages = adapters.chat.format(signature, [], { photo: a, question: 'What is it?' })
    expect(shape(messages.at(-1)?.content)).toEqual([
      '[[ ## photo ## ]]\n',
      'a',
      expect.stringMatching(/^\n\n\[\[ ## question ## \]\]\nWhat is it\?\n\nNow write/),
    ])
    expect(typeof messages[0]?.content).toBe('string')
  })

  it('stands between its tags in XML', () => {
    const messages = adapters.xml.format(signature, [], { photo: a, question: 'What?' })
    expect(shape(messages.at(-1)?.content)).toEqual(['<photo>\n', 'a', expect.stringMatching(/^\n<\/photo>\n\n<question>\nWhat\?/)])
  })

  it.each(adapterIds)('goes with its demo, whole or not: %s', id => {
    const demos = [
      { photo: a, question: 'q', answer: 'cat' },
      { photo: b, question: null, answer: 'dog' },
    ]
    const messages = adapters[id].format(signature, demos, { photo: 'none', question: 'x' })
    expect(messages.map(({ content }) => blobsOf(content).map(({ $blob }) => $blob[0]))).toEqual([[], ['b'], [], ['a'], [], []])
    expect(messages.filter(({ role }) => role === 'assistant').every(({ content }) => typeof content === 'string')).toBe(true)
  })

  it('stands in a list and an object without the quotes of a text', () => {
    const line = signatureOf('photos: list[Any], named: dict[str, Any] -> answer')
    const messages = adapters.chat.format(line, [], { photos: [a, 'and', b], named: { first: b } })
    expect(shape(messages.at(-1)?.content)).toEqual([
      '[[ ## photos ## ]]\n[',
      'a',
      ', "and", ',
      'b',
      ']\n\n[[ ## named ## ]]\n{"first": ',
      'b',
      expect.stringMatching(/^\}\n\nNow/),
    ])
  })

  it('is described in the answer of a demo, which holds texts alone', () => {
    const made = signatureOf('question -> picture: Any')
    const content = adapters.chat.format(made, [{ question: 'q', picture: a }], { question: 'x' })[2]?.content ?? ''
    expect(content).toContain('[image/png, 9 B, aaaaaaaa]')
  })

  it('is taken for no text of a row, whatever that holds', () => {
    const odd = fc.string({ unit: fc.constantFrom('\uE000', '0', '1', '"', 'x') })
    fc.assert(
      fc.property(odd, odd, (first, last) => {
        const values = [first, a, last, [b]]
        const places = filePlaces(values)
        const [one, two, three, four] = values.map(value => places.hold(value))
        const content = places.fill(`${String(one)}|${String(two)}|${String(three)}|${JSON.stringify(four)}`)
        expect(blobsOf(content)).toEqual([a, b])
        expect(textOf(content)).toBe(`${first}||${last}|[]`)
      }),
    )
  })

  it('leaves messages without one as texts, byte for byte', () => {
    const messages = adapters.chat.format(signature, [], { photo: '\uE0000\uE000', question: 'q' })
    expect(messages.every(({ content }) => typeof content === 'string')).toBe(true)
    expect(plainText(messages.at(-1)?.content ?? '')).toContain('\uE0000\uE000')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Demo } from '../program/program'
import type { Signature } from '../signature/signature'
import { EngineError } from '../base/errors'
import { plainMessages } from '../lm/parts'
import { defaultInstructions } from '../signature/default-instructions'
import { parseSignatureLine } from '../signature/parse-signature'
import { signatures, valuesOf } from '@/testing/arbitrary-fields'
import { chatAdapter } from './chat'
import { frameText } from './frame-text'
import { jsonAdapter } from './json'

function signatureOf(line: string, instructions?: string): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  const fields = [
    ...inputs.map(({ name, type }) => ({ id: name, name, type, role: 'input' as const, desc: '' })),
    ...outputs.map(({ name, type }) => ({ id: name, name, type, role: 'output' as const, desc: '' })),
  ]
  return { instructions: instructions ?? defaultInstructions(fields), fields }
}

describe('chat layout', () => {
  const { introduction, inputsHeading, outputsHeading, objective, boolNote, incompleteDemo, leftOut } = frameText

  it('lays out a plain question', () => {
    expect(chatAdapter.format(signatureOf('question -> answer'), [], { question: 'Hi' })).toEqual([
      {
        role: 'system',
        content: `${inputsHeading}
1. \`question\` (str):
${outputsHeading}
1. \`answer\` (str):
${introduction}

[[ ## question ## ]]
{question}

[[ ## answer ## ]]
{answer}

[[ ## completed ## ]]
${objective}
        From \`question\`, work out \`answer\`.`,
      },
      {
        role: 'user',
        content: '[[ ## question ## ]]\nHi\n\nNow write `[[ ## answer ## ]]`, then the closing marker `[[ ## completed ## ]]`.',
      },
    ])
  })

  it('keeps every byte of the worked layout', () => {
    const signature = signatureOf('q, n: int -> a, ok: bool', 'Line one.\nLine two.')
    const demos: Demo[] = [
      { q: 'D1.q', n: 5, a: 'D1.a', ok: true, augmented: true },
      { q: 'D2.q', a: 'D2.a' },
    ]
    const messages = chatAdapter.format(signature, demos, { q: '…', n: 7 })
    expect(messages.map(message => message.role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user'])
    expect(messages.map(message => message.content)).toEqual([
      `${inputsHeading}\n1. \`q\` (str): \n2. \`n\` (int):\n${outputsHeading}\n1. \`a\` (str): \n2. \`ok\` (bool):\n${introduction}\n\n` +
        `[[ ## q ## ]]\n{q}\n\n[[ ## n ## ]]\n{n}\n\n[[ ## a ## ]]\n{a}\n\n[[ ## ok ## ]]\n{ok}        # note: ${boolNote}\n\n` +
        `[[ ## completed ## ]]\n${objective}\n        Line one.\n        Line two.`,
      `${incompleteDemo}\n\n[[ ## q ## ]]\nD2.q`,
      `[[ ## a ## ]]\nD2.a\n\n[[ ## ok ## ]]\n${leftOut}\n\n[[ ## completed ## ]]\n`,
      '[[ ## q ## ]]\nD1.q\n\n[[ ## n ## ]]\n5',
      '[[ ## a ## ]]\nD1.a\n\n[[ ## ok ## ]]\nTrue\n\n[[ ## completed ## ]]\n',
      '[[ ## q ## ]]\n…\n\n[[ ## n ## ]]\n7\n\n' +
        'Now write `[[ ## a ## ]]`, then `[[ ## ok ## ]]` (a valid Python value of type bool), then the closing marker `[[ ## completed ## ]]`.',
    ])
  })

  it('puts incomplete demos first, each kind in its order, and leaves out what is no demo', () => {
    const demos: Demo[] = [{ q: 'A1', a: '1' }, { q: 'B1', a: null }, { q: 'C' }, { a: 'C' }, { q: 'A2', a: '2' }, { q: null, a: 'B2' }]
    const messages = plainMessages(chatAdapter.format(signatureOf('q -> a'), demos, { q: 'x' })).slice(1, -1)
    expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content.split('\n').at(-1))).toEqual([
      'B1',
      'None',
      'A1',
      'A2',
    ])
    expect(messages[1]?.content).toBe('[[ ## a ## ]]\nNone\n\n[[ ## completed ## ]]\n')
  })

  it('prints values by type', () => {
    const signature = signatureOf(
      "f: float, fs: list[float], b: bool, o: Optional[float], d: dict[str, int], x: {'p': float, 'q': int}, s, l: list[str], e: Literal['a', 2], y: Any -> r",
    )
    const inputs = {
      f: 1,
      fs: [1, 0.5],
      b: false,
      o: null,
      d: { é: 1 },
      x: { p: 2, q: 2 },
      s: ['x', 'y\nz'],
      l: ['x', 'y\nz'],
      e: 2,
      y: { k: [true, null] },
    }
    const blocks = plainMessages(chatAdapter.format(signature, [], inputs))
      .at(-1)
      ?.content.split('\n\n')
    expect(blocks?.slice(0, -1).map(text => text.slice(text.indexOf('\n') + 1))).toEqual([
      '1.0',
      '[1.0, 0.5]',
      'False',
      'None',
      '{"é": 1}',
      '{"p": 2.0, "q": 2}',
      '[1] «x»\n[2] «««\n    y\n    z\n»»»',
      '["x", "y\\nz"]',
      '2',
      '{"k": [true, null]}',
    ])
    expect(userText({ s: [] })).toBe('N/A')
    expect(userText({ s: ['one'] })).toBe('«one»')
    expect(userText({ s: ['a «b»'] })).toBe('«««\n    a «b»\n»»»')
    function userText(values: { s: string[] }) {
      const content = plainMessages(chatAdapter.format(signatureOf('s -> r'), [], values)).at(-1)?.content ?? ''
      return content.slice(content.indexOf('\n') + 1, content.indexOf('\n\nNow'))
    }
  })

  it('tells the form of every output, and its description', () => {
    const base = signatureOf("q -> label: Literal['a b', 3], n: float, l: list[int], o: Optional[int]", 'Do it.\n\n  Well.')
    const signature = {
      ...base,
      fields: base.fields.map((field, i) => (i === 1 ? { ...field, desc: 'the class' } : { ...field, desc: `\${${field.name}}` })),
    }
    const system = plainMessages(chatAdapter.format(signature, [], { q: '' }))[0]?.content ?? ''
    expect(system).toContain(
      "1. `label` (Literal['a b', 3]): the class\n2. `n` (float): \n3. `l` (list[int]): \n4. `o` (Union[int, NoneType]):\n",
    )
    expect(system).toContain(`{label}        # note: ${frameText.optionsNote(['a b', '3'])}\n`)
    expect(system).toContain(`{n}        # note: ${frameText.numberNote('float')}\n`)
    expect(system).toContain(`{l}        # note: ${frameText.schemaNote('{"type": "array", "items": {"type": "integer"}}')}\n`)
    expect(system).toContain(`{o}        # note: ${frameText.schemaNote('{"anyOf": [{"type": "integer"}, {"type": "null"}]}')}\n`)
    expect(system.endsWith(`${objective}\n        Do it.\n        \n        Well.`)).toBe(true)
  })

  it('keeps a request without inputs to the reminder, and survives odd names of keys', () => {
    const [, user] = chatAdapter.format(signatureOf('q -> a'), [], { toString: 'x' })
    expect(user?.content).toMatch(/^Now write/)
  })

  it('formats again when fields, demos or instructions are others', () => {
    const signature = signatureOf('q -> a', 'One.')
    const demos: Demo[] = [{ q: '1', a: '2' }]
    const first = chatAdapter.format(signature, demos, { q: 'x' })
    expect(chatAdapter.format({ ...signature, instructions: 'Two.' }, demos, { q: 'x' })[0]?.content).toContain('Two.')
    expect(chatAdapter.format(signatureOf('q -> b', 'One.'), demos, { q: 'x' })).toHaveLength(2)
    expect(chatAdapter.format(signature, [], { q: 'x' })).toHaveLength(2)
    expect(chatAdapter.format(signature, demos, { q: 'x' })).toEqual(first)
    expect(jsonAdapter.format(signature, demos, { q: 'x' })[2]?.content).toBe('{\n  "a": "2"\n}')
  })
})

describe('chat parse', () => {
  const parse = (line: string, text: string) => chatAdapter.parse(signatureOf(line), text)

  it.each([
    ['[[ ## answer ## ]] yes\nmore', 'yes\nmore'],
    ['thinking…\n[[ ## answer ## ]]\n\n first \n[[ ## answer ## ]]\nsecond', 'first'],
    ['[[ ## answer ## ]]\nyes\n[[ ## completed ## ]]\nrest', 'yes'],
    ['[[ ## answer ## ]]\nyes\n[[ ## other ## ]]\nrest', 'yes'],
    ['   [[ ## answer ## ]]  yes\n   [[ ## completed ## ]]', 'yes'],
    ['[[ ## answer ## ]]\r\na\r\nb\r\n', 'a\nb'],
    ['[[ ## answer ## ]]\nsee [[ ## answer ## ]] inline', 'see [[ ## answer ## ]] inline'],
    ['[[ ## answer ## ]]', ''],
  ])('reads %j', (text, answer) => {
    expect(parse('question -> answer', text)).toEqual({ answer })
  })

  it('reads typed sections in any order, and null for a missing optional one', () => {
    expect(parse('q -> n: int, l: list[str], größe: Optional[bool]', '[[ ## l ## ]]\n["a"]\n[[ ## n ## ]]\n3')).toEqual({
      n: 3,
      l: ['a'],
      größe: null,
    })
    expect(parse('q -> größe: bool', '[[ ## größe ## ]]\nTrue')).toEqual({ größe: true })
  })

  it('says what is missing or unreadable and keeps the rest', () => {
    const text = '[[ ## a ## ]]\nfine\n[[ ## n ## ]]\nmany'
    expect(() => parse('q -> a, n: int, z', text)).toThrow(
      expect.objectContaining({
        code: 'adapter-parse',
        message: expect.stringContaining('`n` has another type: expected int, got many'),
        facts: { text, adapter: 'chat', parsed: { a: 'fine' }, missing: ['z'], unreadable: ['n'] },
      }),
    )
    expect(() => parse('q -> a', 'just words')).toThrow('lacks `a`')
    expect(() => parse('q -> a', ' \n')).toThrow('empty answer')
  })
})

describe.each([chatAdapter, jsonAdapter])('$id adapter', adapter => {
  it('reads back the answers it writes', () => {
    const cases = signatures.chain(signature =>
      fc.tuple(
        fc.constant(signature),
        fc.record(Object.fromEntries(signature.fields.map(field => [field.name, valuesOf(field.type)])), { noNullPrototype: true }),
      ),
    )
    fc.assert(
      fc.property(cases, ([signature, demo]) => {
        // A null output makes the demo incomplete, and stands as a word that a text may be, too.
        fc.pre(signature.fields.every(field => demo[field.name] !== null))
        const answer = plainMessages(adapter.format(signature, [demo], {})).findLast(message => message.role === 'assistant')?.content ?? ''
        const outputs = signature.fields.filter(field => field.role === 'output').map(field => [field.name, demo[field.name]])
        expect(adapter.parse(signature, answer)).toEqual(Object.fromEntries(outputs))
      }),
      { numRuns: 500 },
    )
  })

  it('throws nothing but adapter-parse on any text', () => {
    const pieces = fc.constantFrom(
      '[[ ## a ## ]]',
      '[[ ## n ## ]]',
      '\n',
      '{',
      '}',
      '"a"',
      ':',
      '1',
      '"',
      ',',
      '[',
      ']',
      '```',
      'x',
      "'",
      '[[ ## __proto__ ## ]]',
    )
    const signature = signatureOf("-> a: Any, n: list[int], d: dict[str, float], e: Literal['x', 1], o: Optional[Literal['y']], b: bool")
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 40 }).map(all => all.join('')),
        ),
        text => {
          try {
            adapter.parse(signature, text)
          } catch (error) {
            if (!(error instanceof EngineError)) throw error
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

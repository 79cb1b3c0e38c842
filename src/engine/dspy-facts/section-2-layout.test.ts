import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { barePrompt } from '@/testing/bare-prompt'
import { signatureOf } from '@/testing/signature-of'
import { adapters, exactAdapters } from '../adapters/registry'
import { adapterIds, type AdapterId } from '../program/adapter-id'
import type { Demo } from '../program/program'
import { promptTypeName } from '../signature/type-name'
import { parseTypeName } from '../signature/parse-type-name'
import type { FieldType } from '../signature/types/field-type'

const twoInputs = '1. `q` (str): \n2. `n` (int):'
const twoOutputs = '1. `a` (str): \n2. `ok` (bool):'
const fields = `⟨inputs⟩\n${twoInputs}\n⟨outputs⟩\n${twoOutputs}`
const task = '⟨objective⟩\n        Line one.\n        Line two.'
const marked = (names: readonly string[]): string => names.map(name => `[[ ## ${name} ## ]]\n{${name}}`).join('\n\n')

/** What DSPy 3.4.1 sends for one complete and one incomplete demo, with tokens for its sentences. */
const worked: Readonly<Record<AdapterId, readonly string[]>> = {
  chat: [
    `${fields}\n⟨introduction⟩\n\n${marked(['q', 'n', 'a', 'ok'])}        # note: ⟨bool⟩\n\n[[ ## completed ## ]]\n${task}`,
    '⟨incomplete⟩\n\n[[ ## q ## ]]\nD2.q',
    '[[ ## a ## ]]\nD2.a\n\n[[ ## ok ## ]]\n⟨left out⟩\n\n[[ ## completed ## ]]\n',
    '[[ ## q ## ]]\nD1.q\n\n[[ ## n ## ]]\n5',
    '[[ ## a ## ]]\nD1.a\n\n[[ ## ok ## ]]\nTrue\n\n[[ ## completed ## ]]\n',
    '[[ ## q ## ]]\n…\n\n[[ ## n ## ]]\n7\n\n⟨start⟩`[[ ## a ## ]]`⟨then⟩`[[ ## ok ## ]]`⟨valid⟩bool)⟨close⟩`[[ ## completed ## ]]`⟨end⟩',
  ],
  json: [
    `${fields}\n⟨introduction⟩\n\n⟨json inputs⟩\n\n${marked(['q', 'n'])}\n\n⟨json outputs⟩\n\n{\n  "a": "{a}",\n  "ok": "{ok}        # note: ⟨bool⟩"\n}\n${task}`,
    '⟨incomplete⟩\n\n[[ ## q ## ]]\nD2.q',
    '{\n  "a": "D2.a",\n  "ok": "⟨left out⟩"\n}',
    '[[ ## q ## ]]\nD1.q\n\n[[ ## n ## ]]\n5',
    '{\n  "a": "D1.a",\n  "ok": true\n}',
    '[[ ## q ## ]]\n…\n\n[[ ## n ## ]]\n7\n\n⟨start⟩`a`⟨then⟩`ok`⟨valid⟩bool)⟨end⟩',
  ],
  xml: [
    `${fields}\n⟨introduction⟩\n\n<q>\n{q}\n</q>\n\n<n>\n{n}\n</n>\n\n<a>\n{a}\n</a>\n\n<ok>\n{ok}        # note: ⟨bool⟩\n</ok>\n${task}`,
    '⟨incomplete⟩\n\n<q>\nD2.q\n</q>',
    '<a>\nD2.a\n</a>\n\n<ok>\n⟨left out⟩\n</ok>',
    '<q>\nD1.q\n</q>\n\n<n>\n5\n</n>',
    '<a>\nD1.a\n</a>\n\n<ok>\nTrue\n</ok>',
    '<q>\n…\n</q>\n\n<n>\n7\n</n>\n\n⟨start⟩`<a>`⟨then⟩`<ok>`.',
  ],
  baml: [
    `${fields}\n⟨introduction⟩\n\n${marked(['q', 'n'])}\n\n[[ ## a ## ]]\n⟨type⟩string\n\n[[ ## ok ## ]]\n⟨type⟩boolean\n\n[[ ## completed ## ]]\n${task}`,
    '⟨incomplete⟩\n\n[[ ## q ## ]]\nD2.q',
    '{\n  "a": "D2.a",\n  "ok": "⟨left out⟩"\n}',
    '[[ ## q ## ]]\nD1.q\n\n[[ ## n ## ]]\n5',
    '{\n  "a": "D1.a",\n  "ok": true\n}',
    '[[ ## q ## ]]\n…\n\n[[ ## n ## ]]\n7\n\n⟨start⟩`a`⟨then⟩`ok`⟨valid⟩bool)⟨end⟩',
  ],
  'two-step': [
    `⟨who⟩\n${fields}\n⟨write⟩\n⟨instructions⟩Line one.\nLine two.`,
    '⟨incomplete⟩\n\nq: D2.q',
    'a: D2.a',
    'q: D1.q\n\nn: 5',
    'a: D1.a\n\nok: True',
    'q: …\n\nn: 7',
  ],
}

describe.each(adapterIds)('the worked layout in %s', id => {
  const signature = signatureOf('q: str, n: int -> a: str, ok: bool', 'Line one.\nLine two.')
  const demos: readonly Demo[] = [
    { q: 'D1.q', n: 5, a: 'D1.a', ok: true, augmented: true, dspy_uuid: '3f' },
    { q: 'D2.q', a: 'D2.a' },
  ]

  it.each([
    ['as usual', adapters],
    ['to the letter', exactAdapters],
  ])('§2.14, §2.13 every byte around our sentences, %s', (_how, all) => {
    expect(barePrompt(all[id], signature, demos, { q: '…', n: 7 })).toEqual(worked[id])
  })

  it('§2.2 one system message, demos in pairs, the request at the end', () => {
    const roles = adapters[id].format(signature, demos, { q: '…', n: 7 }).map(({ role }) => role)
    expect(roles).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user'])
  })
})

describe('the parts of a system message', () => {
  it('§2.2 a line for each field: its number, name and type, and its description; a space stays behind the colon but in the last line', () => {
    const signature = signatureOf('q, n: int -> a, b: list[str]', '', { q: { desc: 'What is asked.' }, b: { desc: 'Two\nlines.' } })
    const [system = ''] = barePrompt(adapters.chat, signature, [], {})
    expect(system.slice(0, system.indexOf('\n⟨introduction⟩'))).toBe(
      '⟨inputs⟩\n1. `q` (str): What is asked.\n2. `n` (int):\n⟨outputs⟩\n1. `a` (str): \n2. `b` (list[str]): Two\nlines.',
    )
  })

  it('§2.2 each line of the instructions is indented by eight spaces, empty ones too', () => {
    const [system = ''] = barePrompt(adapters.chat, signatureOf('q -> a', 'One.\n\nTwo.\n  Three.'), [], {})
    expect(system.slice(system.indexOf('⟨objective⟩'))).toBe('⟨objective⟩\n        One.\n        \n        Two.\n          Three.')
  })

  it.each([
    ['str', 'str'],
    ['list[str]', 'list[str]'],
    ['dict[str, Any]', 'dict[str, Any]'],
    ['dict[str, list[int]]', 'dict[str, list[int]]'],
    ["Literal['a', \"b's\", 3]", "Literal['a', \"b's\", 3]"],
    ["Literal['c\\'\"']", "Literal['c\\'\"']"],
    ['Optional[int]', 'Union[int, NoneType]'],
    ['int | None', 'Union[int, NoneType]'],
    ['list[int | str]', 'list[Union[int, str]]'],
    ['str | int | None', 'Union[str, int, NoneType]'],
    ['dspy.Image', 'Image'],
    ['dspy.Reasoning', 'str'],
    ["dspy.Code['python']", 'Code_python'],
    ['dspy.ToolCalls', 'ToolCalls'],
    ['tuple[int, ...]', 'tuple[int, Ellipsis]'],
  ])('§2.2 the type `%s` is named `%s`', (type, name) => {
    expect(promptTypeName(parseTypeName(type))).toBe(name)
  })

  it('§2.2 a class is named by its name', () => {
    expect(promptTypeName(point)).toBe('Pt')
    expect(promptTypeName({ kind: 'list', of: color })).toBe('list[Color]')
  })

  it('§2.2 types within a type are described once each, four spaces in, below the line of the field', () => {
    const [system = ''] = barePrompt(adapters.chat, signatureOf("c: dspy.Code['python'] -> a: list[dspy.Code['python']]", ''), [], {})
    expect(system.match(/^ {4}\S/gm)).toHaveLength(2)
  })
})

describe('which demos are complete', () => {
  const userTurns = (line: string, demos: readonly Demo[]): readonly string[] =>
    barePrompt(adapters.chat, signatureOf(line, ''), demos, {})
      .slice(1, -1)
      .filter((_, at) => at % 2 === 0)
  const shown = (text: string, isComplete = true): string => `${isComplete ? '' : '⟨incomplete⟩\n\n'}[[ ## q ## ]]\n${text}`

  it('§2.3 incomplete demos come first, each kind in its own order; one without an input or an output is dropped', () => {
    const demos: readonly Demo[] = [
      { q: 'A1', a: '1', b: '2' },
      { q: 'B1', a: '1' },
      { q: 'C' },
      { a: 'C' },
      { q: 'A2', a: '1', b: '2' },
      { q: 'B2', b: '2' },
    ]
    expect(userTurns('q -> a, b', demos)).toEqual([shown('B1', false), shown('B2', false), shown('A1'), shown('A2')])
  })

  it('§2.3 a null makes a demo incomplete, also where the field may be null', () => {
    expect(userTurns('q -> a: Optional[int]', [{ q: 'A', a: null }])).toEqual([shown('A', false)])
  })

  it('§2.3 with a history among the inputs, a demo that lacks it is incomplete', () => {
    const demos: readonly Demo[] = [
      { q: 'A', a: '1' },
      { q: 'B', a: '1', history: { messages: [] } },
    ]
    expect(userTurns('q, history: dspy.History -> a', demos)).toEqual([
      shown('A', false),
      '[[ ## q ## ]]\nB\n\n[[ ## history ## ]]\n{"messages": []}',
    ])
  })

  it('§2.3 an incomplete demo leaves out the inputs that it lacks', () => {
    expect(userTurns('q, n: int -> a', [{ n: 3, a: '1' }])).toEqual(['⟨incomplete⟩\n\n[[ ## n ## ]]\n3'])
  })

  it('§2.3 further keys of a demo are in no message', () => {
    const demos = [{ q: 'A', a: '1', augmented: true, dspy_uuid: 'u', dspy_split: 'train', other: 'OTHER' }]
    expect(barePrompt(adapters.chat, signatureOf('q -> a', ''), demos, {}).slice(1, 3)).toEqual([
      shown('A'),
      '[[ ## a ## ]]\n1\n\n[[ ## completed ## ]]\n',
    ])
  })
})

describe('what stands in a user message', () => {
  it('§2.5 inputs that are not given are left out; the reminder stays', () => {
    expect(barePrompt(adapters.chat, signatureOf('q, n -> a', ''), [], { n: 'x' })[1]).toMatch(/^\[\[ ## n ## \]\]\nx\n\n⟨start⟩/)
    expect(barePrompt(adapters.chat, signatureOf('q -> a', ''), [], {})[1]).toMatch(/^⟨start⟩/)
  })

  it.each<[line: string, reminder: string]>([
    ['q -> a', '`[[ ## a ## ]]`'],
    ['q -> a: list[int]', '`[[ ## a ## ]]`⟨valid⟩list[int])'],
    ['q -> a: Optional[int]', '`[[ ## a ## ]]`⟨valid⟩Union[int, NoneType])'],
    ['q -> a: dspy.Reasoning', '`[[ ## a ## ]]`⟨valid⟩str)'],
    ["q -> a: dspy.Code['python']", '`[[ ## a ## ]]`⟨valid⟩Code_python)'],
  ])('§2.5 the reminder of `%s` names the type of all that is no plain text', (line, reminder) => {
    const request = barePrompt(adapters.chat, signatureOf(line, ''), [], { q: 'Q' })[1]
    expect(request).toBe(`[[ ## q ## ]]\nQ\n\n⟨start⟩${reminder}⟨close⟩\`[[ ## completed ## ]]\`⟨end⟩`)
  })

  it('§2.5 calls of tools have a remark of their own in the reminder, with the form of their JSON', () => {
    const request = barePrompt(adapters.chat, signatureOf('q -> c: dspy.ToolCalls', ''), [], { q: 'Q' })[1]
    expect(request).toMatch(/`\[\[ ## c ## \]\]` \([^)]*\{"tool_calls": \[/)
  })

  it('§2.5 the reminder in XML repeats the nesting of what has parts', () => {
    expect(barePrompt(adapters.xml, signatureOf('q -> a, l: list[str]', ''), [], { q: 'Q' })[1]).toMatch(
      /`<a>`⟨then⟩`<l>`.*<l><item>\.\.\.<\/item><\/l>$/,
    )
  })

  it.each<[type: string, value: Json, text: string]>([
    ['str', [], 'N/A'],
    ['str', ['x'], '«x»'],
    ['str', ['x', 'y\nz'], '[1] «x»\n[2] «««\n    y\n    z\n»»»'],
    ['str', ['a «b»'], '«««\n    a «b»\n»»»'],
    ['list[str]', ['one', 'two'], '["one", "two"]'],
    ['list[str]', ['x', 'y\nz'], '["x", "y\\nz"]'],
    ['list[str]', [], '[]'],
    ['bool', true, 'True'],
    ['Optional[int]', null, 'None'],
    ['float', 1, '1.0'],
    ['int', 1, '1'],
    ['str', 'é 日', 'é 日'],
    ['dict[str, int]', { é: 1, b: 2 }, '{"é": 1, "b": 2}'],
    ['Any', { k: [true, null, 'x'] }, '{"k": [true, null, "x"]}'],
    ['datetime.datetime', '2024-05-06T07:08:09', '2024-05-06T07:08:09'],
  ])('§2.5 a value of `%s`: %j is shown as %j', (type, value, text) => {
    const [, request = ''] = barePrompt(adapters.chat, signatureOf(`v: ${type} -> a`, ''), [], { v: value })
    expect(request.slice('[[ ## v ## ]]\n'.length, request.lastIndexOf('\n\n⟨start⟩'))).toBe(text)
  })
})

describe('what stands in an assistant message', () => {
  const answer = (id: AdapterId, line: string, demo: Demo): string => barePrompt(adapters[id], signatureOf(line, ''), [demo], {})[2] ?? ''
  const demo = { q: 'Q', l: ['é', 'b'], d: { x: 1 }, f: 1, s: 'a < b & c' }
  const line = 'q -> l: list[str], d: dict[str, int], f: float, s'

  it('§2.5 chat: blocks, the closing marker, and a newline behind it', () => {
    expect(answer('chat', line, demo)).toBe(
      '[[ ## l ## ]]\n["é", "b"]\n\n[[ ## d ## ]]\n{"x": 1}\n\n[[ ## f ## ]]\n1.0\n\n[[ ## s ## ]]\na < b & c\n\n[[ ## completed ## ]]\n',
    )
  })

  it.each(['json', 'baml'] as const)('§2.5 %s: one object, two spaces in, values as JSON', id => {
    expect(answer(id, line, demo)).toBe(
      '{\n  "l": [\n    "é",\n    "b"\n  ],\n  "d": {\n    "x": 1\n  },\n  "f": 1.0,\n  "s": "a < b & c"\n}',
    )
  })

  it('§2.5 XML: blocks alone, nested values as tags, texts escaped', () => {
    expect(answer('xml', line, demo)).toBe(
      '<l><item>é</item><item>b</item></l>\n\n<d><x>1</x></d>\n\n<f>\n1.0\n</f>\n\n<s>\na &lt; b &amp; c\n</s>',
    )
  })

  it('§2.7 two steps: names and values, an output that the demo lacks is left out', () => {
    expect(answer('two-step', line, { q: 'Q', s: 'x', f: 1 })).toBe('f: 1.0\n\ns: x')
  })
})

const point: FieldType = {
  kind: 'class',
  name: 'Pt',
  desc: 'A point.',
  fields: [
    { name: 'y', type: { kind: 'int' } },
    { name: 'x', type: { kind: 'int' }, desc: 'across' },
  ],
}
const color: FieldType = {
  kind: 'enum-class',
  name: 'Color',
  members: [
    { name: 'RED', value: 'r' },
    { name: 'BLUE', value: 2 },
  ],
}

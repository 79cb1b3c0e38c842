import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chatAdapter } from '@/engine/adapters/chat'
import { jsonAdapter } from '@/engine/adapters/json'
import { bamlAdapter } from '../baml'
import { isModelValue } from '../baml-type'
import type { FieldType } from '../../signature/types/field-type'
import { twoStepAdapter } from '../two-step'
import { xmlAdapter } from '@/engine/adapters/xml'
import type { Adapter } from '@/engine/adapters/adapter'
import { plainMessages } from '@/engine/lm/parts'
import type { Demo } from '@/engine/program/program'
import { signature } from '@/engine/providers/sandbox/ask.fixture'
import { withReasoning } from '@/engine/modules/chain-of-thought'
import { formatJson, formatValue } from '@/engine/adapters/format-value'
import { moduleKind } from '@/engine/modules/registry'
import type { Tool } from '@/engine/modules/react-tools'
import { cleanInstructions } from '@/engine/signature/clean-instructions'
import { toldSignatures, valuesOf } from '@/testing/arbitrary-fields'
import { agentStep, lookupTool } from '@/testing/toy-programs'
import type { Json } from '@/lib/json'
import { trajectoryIn } from './read-agent'
import { readPrompt } from './read-prompt'
import { writeAnswer } from './write-answer'

const asked = withReasoning(
  signature(
    "title, body: str -> kind: Literal['a bug', 'o\\'clock', 3], score: float, tags: list[str]",
    'First line.\n\n  - second: line\nThird.',
  ),
)

const adapters: readonly (readonly [string, Adapter])[] = [
  ['chat', chatAdapter],
  ['json', jsonAdapter],
  ['xml', xmlAdapter],
  // Its answers are JSON.
  ['json', bamlAdapter],
]

describe.each(adapters)('reading what the %s adapter writes', (format, adapter) => {
  const written = (...asked: Parameters<Adapter['format']>) => plainMessages(adapter.format(...asked))
  const demos: Demo[] = [
    { title: 'Crash', body: 'It broke.\n\nTwice.', reasoning: 'It says broke.', kind: 'a bug', score: 0.5, tags: ['x', 'y'] },
    { title: 'Late', kind: 3 },
  ]
  const prompt = readPrompt(written(asked, demos, { title: 'Now', body: 'One.\n\nTwo: `kind`?' }))

  it('finds the fields, their types and the instructions', () => {
    expect(prompt.inputs.map(field => field.name)).toEqual(['title', 'body'])
    expect(prompt.outputs.map(field => field.name)).toEqual(['reasoning', 'kind', 'score', 'tags'])
    expect(prompt.outputs.map(field => field.type)).toEqual([
      { kind: 'str' },
      { kind: 'enum', values: ['a bug', "o'clock", 3] },
      { kind: 'float' },
      { kind: 'list', of: { kind: 'str' } },
    ])
    expect(prompt.instructions).toBe('First line.\n\n  - second: line\nThird.')
  })

  it('finds the inputs of the request, without the reminder', () => {
    expect(prompt.request).toEqual({ title: 'Now', body: 'One.\n\nTwo: `kind`?' })
    expect(prompt.format).toBe(format)
  })

  it('finds the demos and leaves out values that they lack', () => {
    expect(prompt.demos).toHaveLength(2)
    const complete = prompt.demos.find(demo => demo.inputs['title'] === 'Crash')
    expect(complete?.inputs['body']).toBe('It broke.\n\nTwice.')
    expect(complete?.outputs).toMatchObject({ reasoning: 'It says broke.', kind: 'a bug', score: '0.5' })
    const incomplete = prompt.demos.find(demo => demo.inputs['title'] === 'Late')
    expect(incomplete?.outputs).toEqual({ kind: '3' })
  })

  it('reads a system message at the front of the first question', () => {
    const [system, first, ...others] = written(asked, demos, { title: 'Now', body: 'One.' })
    const folded = [{ role: 'user', content: `${system?.content}\n\n${first?.content}` }, ...others]
    expect(readPrompt(folded)).toMatchObject({
      outputs: prompt.outputs,
      instructions: prompt.instructions,
      request: { title: 'Now', body: 'One.' },
      demos: prompt.demos.map(({ inputs, outputs }) => ({ inputs, outputs })),
    })
    const alone = written(asked, [], { title: 'Now', body: 'One.' })
    const whole = [{ role: 'user', content: alone.map(({ content }) => content).join('\n\n') }]
    expect(readPrompt(whole)).toMatchObject({ instructions: prompt.instructions, request: { title: 'Now', body: 'One.' }, format })
  })

  it('reads every signature and every value back, and writes answers that the adapter reads', () => {
    const cases = toldSignatures.chain(signature =>
      fc.record({
        signature: fc.constant(signature),
        values: fc.record(Object.fromEntries(signature.fields.map(({ name, type }) => [name, valuesOf(type)]))),
      }),
    )
    fc.assert(
      fc.property(cases, ({ signature: one, values }) => {
        const inputs = one.fields.filter(({ role }) => role === 'input')
        const outputs = one.fields.filter(({ role }) => role === 'output')
        const read = readPrompt(written(one, [], values))
        expect(read.format).toBe(format)
        expect(read.inputs.map(({ name, type }) => ({ name, type }))).toEqual(inputs.map(({ name, type }) => ({ name, type })))
        expect(read.outputs.map(({ name, type }) => ({ name, type }))).toEqual(outputs.map(({ name, type }) => ({ name, type })))
        expect(read.instructions).toBe(linesOf(cleanInstructions(one.instructions)))
        // Tags are not escaped in questions: a text with tags of its own cannot be told from the layout.
        for (const { name, type } of inputs) expect(read.request[name]).toBe(shownBy(adapter, type, values[name] ?? null).trim())
        const given = Object.fromEntries(outputs.map(({ name }) => [name, values[name] ?? null]))
        const known = format === 'xml' ? tellable : (value: Json) => value
        expect(known(adapter.parse(one, writeAnswer(read, given)))).toEqual(known(given))
      }),
    )
  })

  it("reads an agent's tools, turns and tuned instructions", () => {
    const tools: readonly Tool[] = [
      { ...lookupTool, desc: 'The colour of a word {as it is}.\nOne word a call.' },
      {
        name: 'post',
        desc: '',
        args: [
          { name: 'weight_kg', type: { kind: 'float' }, desc: 'In kilograms.' },
          { name: 'speed', type: { kind: 'optional', of: { kind: 'enum', values: ['slow', 'fast'] } }, desc: '' },
        ],
        source: 'return 1',
      },
    ]
    const node = agentStep({}, { tools }).graph.nodes[1]
    if (node?.kind !== 'signature') throw new Error('the toy program has one step')
    const [turn, extract] = moduleKind('react')?.slots(node) ?? []
    const trajectory = [
      ['thought_1', 'Look it up.\n\nThen answer.'],
      ['tool_name_1', 'lookup'],
      ['tool_args_1', '{"word": "zorp"}'],
      ['observation_1', '{"colour": "red", "shades": [1, 2.5]}'],
      ['thought_2', ''],
      ['tool_name_2', 'post'],
      ['tool_args_2', '{}'],
      ['observation_2', 'Execution error in post: the argument "weight_kg" is missing'],
    ].map(([name = '', value = '']) => adapter.block(name, value))
    const inputs = { text: 'item zorp', trajectory: trajectory.join('\n\n') }
    const demo = { ...inputs, next_thought: 'Done.', next_tool_name: 'finish', next_tool_args: {} }
    const instructions = 'Look first.\n\n(1) `old`: a numbered line. Arguments: {}\nThen finish.'
    const step = turn?.signature(instructions)
    if (step === undefined || extract === undefined) throw new Error('an agent has two predictors')
    const read = readPrompt(written(step, [demo], inputs))
    expect(read.instructions).toBe(instructions)
    expect(read.tools).toEqual([
      {
        name: 'lookup',
        desc: 'The colour of a word {as it is}. One word a call.',
        args: [{ name: 'word', type: { kind: 'str' }, desc: 'One word.' }],
      },
      {
        name: 'post',
        desc: '',
        args: [
          { name: 'weight_kg', type: { kind: 'float' }, desc: 'In kilograms.' },
          { name: 'speed', type: { kind: 'optional', of: { kind: 'enum', values: ['slow', 'fast'] } }, desc: '' },
        ],
      },
      expect.objectContaining({ name: 'finish', args: [] }),
    ])
    const turns = [
      { thought: 'Look it up.\n\nThen answer.', tool: 'lookup', args: { word: 'zorp' }, observation: { colour: 'red', shades: [1, 2.5] } },
      { thought: '', tool: 'post', args: {}, observation: 'Execution error in post: the argument "weight_kg" is missing' },
    ]
    expect(read.request['text']).toBe('item zorp')
    expect(trajectoryIn(read.request)).toEqual(turns)
    expect(read.demos).toHaveLength(1)
    expect(trajectoryIn(read.demos[0]?.inputs ?? {})).toEqual(turns)
    expect(read.demos[0]?.outputs).toMatchObject({ next_tool_name: 'finish' })
    expect(trajectoryIn(readPrompt(written(step, [], { text: 'x', trajectory: '' })).request)).toEqual([])
    const answer = readPrompt(written(extract.signature('Answer.'), [], inputs))
    expect(answer.tools).toEqual([])
    expect(trajectoryIn(answer.request)).toEqual(turns)
  })
})

/** Tags tell nothing, an empty list and an empty object apart by the type alone, which `any` and `Optional` do not say. */
function tellable(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  const items = Object.entries(value)
  if (items.length === 0) return null
  return Array.isArray(value) ? value.map(tellable) : Object.fromEntries(items.map(([key, item]) => [key, tellable(item)]))
}

/** BAML's objects stand over several lines. */
function shownBy({ id }: Adapter, type: FieldType, value: Json): string {
  return id === 'baml' && isModelValue(type, value) ? formatJson(type, value, '') : formatValue(type, value)
}

/** Lines as a prompt shows them: an indent of the whole is lost at its first line and its end. */
function linesOf(text: string): string {
  return text.trim()
}

describe('reading the two questions of two steps', () => {
  const demos: Demo[] = [
    { title: 'Crash', body: 'It broke.\n\nTwice.', reasoning: 'It says broke.', kind: 'a bug', score: 0.5, tags: ['x', 'y'] },
    { title: 'Late', kind: 3 },
  ]
  const first = readPrompt(plainMessages(twoStepAdapter.format(asked, demos, { title: 'Now', body: 'One.\n\nbody: two' })))

  it('finds all that the first one tells', () => {
    expect(first.format).toBe('plain')
    expect(first.inputs.map(({ name }) => name)).toEqual(['title', 'body'])
    expect(first.outputs.map(({ name }) => name)).toEqual(['reasoning', 'kind', 'score', 'tags'])
    expect(first.instructions).toBe('First line.\n\n  - second: line\nThird.')
    expect(first.request).toEqual({ title: 'Now', body: 'One.\n\nbody: two' })
    expect(first.demos.map(({ inputs, outputs }) => ({ inputs, outputs }))).toEqual([
      { inputs: { title: 'Late' }, outputs: { kind: '3' } },
      {
        inputs: { title: 'Crash', body: 'It broke.\n\nTwice.' },
        outputs: { reasoning: 'It says broke.', kind: 'a bug', score: '0.5', tags: "['x', 'y']" },
      },
    ])
  })

  it('writes an answer in plain words, and copies it in the second one', () => {
    const values = { reasoning: 'So.\n\nAnd so.', kind: 'a bug', score: 0.25, tags: ['a', 'b'] }
    const answer = writeAnswer(first, values)
    expect(answer).toBe("reasoning: So.\n\nAnd so.\n\nkind: a bug\n\nscore: 0.25\n\ntags: ['a', 'b']")
    const { extraction } = twoStepAdapter
    if (!extraction) throw new Error('the adapter asks twice')
    const question = extraction.signature(asked)
    const second = readPrompt(plainMessages(extraction.adapter.format(question, [], twoStepAdapter.parse(asked, answer))))
    expect(extraction.adapter.parse(question, writeAnswer(second, {}))).toEqual(values)
  })
})

describe('reading what is no prompt', () => {
  it.each([[[]], [[{ role: 'user', content: 'Say hello.' }]], [[{ role: 'assistant', content: '1. `a` (str)' }]]])(
    'finds no outputs in %j',
    messages => {
      expect(readPrompt(messages).outputs).toEqual([])
    },
  )

  it('never throws, whatever the messages hold', () => {
    const pieces = fc.constantFrom(
      '1. `a` (',
      'str)',
      '[[ ## a ## ]]',
      '\n',
      '        ',
      '(1) `finish`: {',
      '<a>',
      '`a`',
      '{"a":',
      '[[ ## thought_0 ## ]]',
    )
    const texts = fc.array(pieces, { maxLength: 30 }).map(parts => parts.join(''))
    const messages = fc.array(fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: texts }), { maxLength: 5 })
    fc.assert(fc.property(messages, written => void trajectoryIn(readPrompt(written).request)))
  })
})

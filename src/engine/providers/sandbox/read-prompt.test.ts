import { describe, expect, it } from 'vitest'
import { chatAdapter } from '@/engine/adapters/chat'
import { jsonAdapter } from '@/engine/adapters/json'
import { xmlAdapter } from '@/engine/adapters/xml'
import type { Adapter } from '@/engine/adapters/adapter'
import { plainMessages } from '@/engine/lm/parts'
import type { Demo } from '@/engine/program/program'
import { signature } from './ask.fixture'
import { withReasoning } from '@/engine/modules/chain-of-thought'
import { readPrompt } from './read-prompt'
import { readType } from './read-type'

const asked = withReasoning(
  signature(
    "title, body: str -> kind: Literal['a bug', 'o\\'clock', 3], score: float, tags: list[str]",
    'First line.\n\n  - second: line\nThird.',
  ),
)

describe.each([
  ['chat', chatAdapter],
  ['json', jsonAdapter],
  ['xml', xmlAdapter],
] as readonly (readonly [string, Adapter])[])('reading what the %s adapter writes', (format, adapter) => {
  const demos: Demo[] = [
    { title: 'Crash', body: 'It broke.\n\nTwice.', reasoning: 'It says broke.', kind: 'a bug', score: 0.5, tags: ['x', 'y'] },
    { title: 'Late', kind: 3 },
  ]
  const prompt = readPrompt(plainMessages(adapter.format(asked, demos, { title: 'Now', body: 'One.\n\nTwo: `kind`?' })))

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
})

describe('reading types', () => {
  it.each([
    ["Literal['a, b', 'c']", { kind: 'enum', values: ['a, b', 'c'] }],
    ['Union[int, NoneType]', { kind: 'optional', of: { kind: 'int' } }],
    ['dict[str, list[float]]', { kind: 'dict', of: { kind: 'list', of: { kind: 'float' } } }],
    ['Point', { kind: 'any' }],
  ])('reads %s', (text, type) => {
    expect(readType(text)).toEqual(type)
  })

  it('takes the fields of a named type from its schema', () => {
    const schema = { type: 'object', properties: { x: { type: 'integer' }, tone: { enum: ['calm', 'loud'] } } }
    expect(readType('Note', schema)).toEqual({
      kind: 'object',
      fields: { x: { kind: 'int' }, tone: { kind: 'enum', values: ['calm', 'loud'] } },
    })
  })
})

import { describe, expect, it } from 'vitest'
import { realClock } from '@/testing/memory-ports'
import { scriptedLm } from '@/testing/scripted-lm'
import { edge, field, inputNode, outputNode, signatureNode } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { chatAdapter } from '../adapters/chat'
import { jsonAdapter } from '../adapters/json'
import { xmlAdapter } from '../adapters/xml'
import type { Values } from '../base/example'
import { textOf } from '../lm/parts'
import type { Program } from '../program/program'
import { graphSchema } from '../program/program-schema'
import type { Field } from '../signature/signature'
import { parseTypeName } from '../signature/parse-type-name'
import { createQuickJsRunner } from '../user-code/quickjs'
import { checkGraph } from './check'
import { executeProgram } from './execute'
import { promptFor } from './prompt'

const runner = await createQuickJsRunner()
const int = parseTypeName('int')

function program(keys: { readonly row?: Partial<Field>; readonly style?: Partial<Field>; readonly answer?: Partial<Field> }): Program {
  const answer = { ...field('answer', 'output', int), ...keys.answer }
  return {
    graph: {
      nodes: [
        inputNode({ ...field('text', 'output'), ...keys.row }),
        signatureNode('ask', 'Ask', [
          field('text', 'input'),
          { ...field('style', 'input'), ...keys.style },
          field('why', 'output'),
          answer,
        ]),
        outputNode(field('answer', 'input', int)),
      ],
      edges: [edge('in.text', 'ask.text'), edge('ask.answer', 'out.answer')],
    },
    state: {},
  }
}

async function run(asked: Program, inputs: Values, text: string) {
  const lm = scriptedLm([text])
  const context = {
    clock: realClock,
    runner,
    modelFor: () => ({ lm, model: toyModel }),
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' as const },
  }
  const { values, error, trace } = await executeProgram(asked, inputs, context)
  return { values, error, trace, said: textOf(lm.requests[0]?.messages.at(-1)?.content ?? '') }
}

const withDefaults = program({ row: { default: 'nothing' }, style: { default: 'short' }, answer: { default: -1 } })

describe('defaults (spec 2.11.4, 3.1)', () => {
  it('stand for inputs that a row or a wire does not bring', async () => {
    expect(checkGraph(withDefaults.graph)).toEqual([])
    for (const inputs of [{}, { text: null }] as Values[]) {
      const { values, said, trace } = await run(withDefaults, inputs, '[[ ## why ## ]]\nso\n[[ ## answer ## ]]\n3')
      expect(values).toEqual({ answer: 3 })
      expect(said).toContain('[[ ## text ## ]]\nnothing\n\n[[ ## style ## ]]\nshort')
      expect(trace[0]?.inputs).toEqual({ text: 'nothing', style: 'short' })
    }
    const { said } = await run(withDefaults, { text: 'given' }, '[[ ## why ## ]]\nso\n[[ ## answer ## ]]\n3')
    expect(said).toContain('[[ ## text ## ]]\ngiven')
    expect(promptFor(withDefaults, 'ask', { text: 'a' }).at(-1)?.content).toContain('[[ ## style ## ]]\nshort')
  })

  it('stand for outputs that an answer lacks, in every adapter', async () => {
    expect((await run(withDefaults, { text: 'a' }, '[[ ## why ## ]]\nso')).values).toEqual({ answer: -1 })
    const signature = { instructions: '', fields: withDefaults.graph.nodes[1]?.fields ?? [] }
    const texts: Record<string, string> = { chat: '[[ ## why ## ]]\nso', json: '{"why": "so"}', xml: '<why>so</why>' }
    for (const adapter of [chatAdapter, jsonAdapter, xmlAdapter])
      expect(adapter.parse(signature, texts[adapter.id] ?? '')).toEqual({ why: 'so', answer: -1 })
  })

  it('leave a gap a gap where there is none', async () => {
    const plain = program({})
    expect(checkGraph(plain.graph).map(({ message }) => message)).toEqual([expect.stringContaining('Nothing feeds "style"')])
    const { error } = await run(program({ style: { default: 'short' } }), {}, '')
    expect(String(error)).toContain('no value for "text"')
  })

  it.each([
    [{ default: 'many' }, 'does not fit its type'],
    [{ constraints: { ge: 3, lt: 3 } }, 'leave no value'],
    [{ constraints: { minLength: 4, maxLength: 2 } }, 'The least length'],
    [{ constraints: { maxLength: 1.5 } }, 'whole number'],
    [{ constraints: { pattern: '(' } }, 'The pattern cannot be used'],
  ])('and limits that cannot be are told: %j', (answer, words) => {
    const messages = checkGraph(program({ style: { default: '' }, answer }).graph).map(({ message }) => message)
    expect(messages).toEqual([expect.stringContaining(words)])
  })

  it('of None are taken for whatever is not given', () => {
    expect(checkGraph(program({ style: { default: null }, answer: { default: null } }).graph)).toEqual([])
  })
})

describe('constraints (spec 1.4, 2.2)', () => {
  it('follow the line of their field, under the marker of DSPy, in every adapter that lists fields', () => {
    const bounded = program({
      style: { default: 'short', desc: 'how', constraints: { maxLength: 20, minLength: 1, pattern: '^a' } },
      answer: { constraints: { lt: 10, ge: 0.5, multipleOf: 2, allowInfNan: false, gt: 0, le: 9 } },
    })
    for (const adapter of ['chat', 'json', 'xml'] as const) {
      const [system] = promptFor({ ...bounded, graph: { ...bounded.graph, adapter } }, 'ask', { text: 'a' })
      expect(system?.content).toContain('2. `style` (str): how\nConstraints: no shorter than: 1, no longer than: 20\n')
      expect(system?.content).toContain(
        '2. `answer` (int): \nConstraints: more than: 0, at least: 0.5, less than: 10, at most: 9, a multiple of: 2, infinity and nan may stand here: False\n',
      )
    }
  })

  it('change no prompt of a field that has none', () => {
    const [system] = promptFor(program({ style: { default: '', constraints: {} } }), 'ask', { text: 'a' })
    expect(system?.content).not.toContain('Constraints')
  })
})

it('keeps the optional keys of a field in what is stored, and opens what was stored without them', () => {
  const keys: Partial<Field> = {
    default: { a: [1, null] },
    prefix: 'The Style:',
    constraints: { ge: 1, pattern: '^a$', allowInfNan: true },
  }
  const { graph } = program({ style: { type: { kind: 'any' }, ...keys } })
  expect(graphSchema.parse(JSON.parse(JSON.stringify(graph)))).toEqual(graph)
  expect(graphSchema.parse(JSON.parse(JSON.stringify(program({}).graph)))).toEqual(program({}).graph)
})

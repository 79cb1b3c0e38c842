import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { chatAdapter } from '@/engine/adapters/chat'
import { jsonAdapter } from '@/engine/adapters/json'
import { xmlAdapter } from '@/engine/adapters/xml'
import { executeProgram } from '@/engine/graph/execute'
import type { AdapterId } from '@/engine/program/adapter-id'
import type { Demo, Program, ProgramState } from '@/engine/program/program'
import { moduleKind } from '@/engine/modules/registry'
import { finishTool } from '@/engine/base/agent-words'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { coerceValue } from '@/engine/signature/check-value'
import type { FieldType } from '@/engine/signature/types/field-type'
import { fieldNames, fieldTypes } from '@/testing/arbitrary-fields'
import { realClock } from '@/testing/memory-ports'
import { agentStep, edge, field, inputNode, outputNode, signatureNode, toyLabelOf } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { respond, sandboxLm } from '../sandbox-lm'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const str: FieldType = { kind: 'str' }
const float: FieldType = { kind: 'float' }
const tool = (name: string, desc: string, args: readonly (readonly [string, FieldType])[], source: string): Json => ({
  name,
  desc,
  args: args.map(([own, type]) => ({ name: own, type: type, desc: '' })),
  source,
})

/** question → answer by an agent. */
function agent(
  tools: readonly Json[],
  answer: FieldType,
  { state = {}, adapter }: { state?: ProgramState; adapter?: AdapterId } = {},
): Program {
  return {
    graph: {
      ...(adapter && { adapter }),
      nodes: [
        inputNode(field('question', 'output')),
        signatureNode('a', 'A', [field('question', 'input'), field('answer', 'output', answer)], 'react', { tools, max_iters: 8 }),
        outputNode(field('answer', 'input', answer)),
      ],
      edges: [edge('in.question', 'a.question'), edge('a.answer', 'out.answer')],
    },
    state,
  }
}

async function run(program: Program, inputs: JsonObject) {
  const { values, trace, error } = await executeProgram(program, inputs, {
    clock: realClock,
    runner,
    modelFor: () => ({ lm: sandboxLm(), model: toyModel }),
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
  })
  if (error !== undefined) throw error
  const called = trace.filter(({ kind, name }) => kind === 'tool' && name !== finishTool)
  return { answer: values?.['answer'] ?? values?.['label'], called, stopped: trace[0]?.stopped }
}
const ask = (program: Program, question: string) => run(program, { question })

const calculator = tool(
  'calculator',
  'Works out an arithmetic expression.',
  [['expression', str]],
  `if (!/^[-+*/(). 0-9]+$/.test(inputs.expression)) throw new Error('That is no expression.'); return eval(inputs.expression)`,
)
const add = tool(
  'add',
  'Adds two numbers.',
  [
    ['a', float],
    ['b', float],
  ],
  'return inputs.a + inputs.b',
)
const multiply = tool(
  'multiply',
  'Multiplies two numbers.',
  [
    ['a', float],
    ['b', float],
  ],
  'return inputs.a * inputs.b',
)
const capital = tool(
  'capital_of',
  'The capital city of a country.',
  [['country', str]],
  `const all = { France: 'Paris', Peru: 'Lima', Japan: 'Tokyo' }; if (!all[inputs.country]) throw new Error('Unknown country.'); return all[inputs.country]`,
)
const population = tool(
  'population',
  'How many people live in a city.',
  [['city', str]],
  `const all = { Paris: 2100000, Tokyo: 14000000 }; if (!all[inputs.city]) throw new Error('Unknown city.'); return { city: inputs.city, people: all[inputs.city] }`,
)
const search = tool(
  'search',
  'Finds articles by words.',
  [['query', str]],
  `const all = ['The Nile is 6650 km long and flows through Egypt.', 'The bridge at Arta was built in 1606 by masons.']
   const score = text => inputs.query.toLowerCase().split(/\\s+/).filter(word => text.toLowerCase().includes(word)).length
   const [best] = all.toSorted((one, other) => score(other) - score(one))
   return score(best) > 0 ? best : 'Nothing found.'`,
)

describe('the Sandbox as an agent', () => {
  it.each([
    ['What is 12 * (7 + 5)?', float, [calculator], 144],
    ['A box holds 12 eggs. How many eggs are in 7 boxes?', float, [calculator], 84],
    ['Tom has 5 apples and buys 7 more. How many apples does he have?', str, [calculator], '12'],
    ['Add 12 and 30.', float, [add, multiply], 42],
    ['Multiply 12 by 3.', float, [add, multiply], 36],
    ['What is the capital of Peru?', str, [capital, population], 'Lima'],
    ['How many people live in Paris?', { kind: 'int' }, [capital, population], 2100000],
    ['How many people live in the capital of Japan?', { kind: 'int' }, [capital, population], 14000000],
    ['How long is the Nile?', float, [search], 6650],
    ['Who built the bridge at Arta?', str, [search], 'The bridge at Arta was built in 1606 by masons.'],
  ] as readonly (readonly [string, FieldType, readonly Json[], Json])[])(
    'answers "%s" with tools it has never seen',
    async (question, type, tools, expected) => {
      const { answer, stopped } = await ask(agent(tools, type), question)
      expect(answer).toEqual(expected)
      expect(stopped).toBeUndefined()
    },
  )

  it.each(['chat', 'json', 'xml'] as const)('works in the %s adapter', async adapter => {
    expect(
      (await ask(agent([capital, population], { kind: 'int' }, { adapter }), 'How many people live in the capital of Japan?')).answer,
    ).toBe(14000000)
    expect((await run({ ...agentStep(), graph: { ...agentStep().graph, adapter } }, { text: 'order 3 for item wisp' })).answer).toBe(
      toyLabelOf('wisp'),
    )
  })

  it('tries another way after a failure, never the same call twice, and ends when nothing is left to try', async () => {
    const broken = tool('fetch_page', 'Fetches a page about a topic.', [['topic', str]], `throw new Error('The network is down.')`)
    const { called, stopped } = await ask(agent([broken], str), 'What does the page about Otters say?')
    const calls = called.map(({ inputs }) => JSON.stringify(inputs))
    expect(calls.length).toBeGreaterThan(1)
    expect(new Set(calls).size).toBe(calls.length)
    expect(stopped).toBeUndefined()
  })

  /** Neither name nor description says when to use them. */
  const alpha = tool('alpha', '', [['name', str]], `return { colour: 'red', size: 4 }`)
  const beta = tool('beta', '', [['name', str]], `return { colour: 'blue', size: 7 }`)
  const blank = { instructions: 'Answer.', demos: [] }
  const words = ['frobnicate', 'zug', 'wibble', 'snark', 'grok', 'plugh']

  it('follows advice on tools in its instructions', async () => {
    const asked = words.map(word => `Please ${word} the thing called Otto.`)
    const taught = (name: string): ProgramState => ({
      'a.react': { ...blank, instructions: `Answer.\n- About ${words.join(', ')}: call ${name}.` },
      'a.extract': blank,
    })
    for (const name of ['alpha', 'beta']) {
      const firsts = await Promise.all(
        asked.map(async question => (await ask(agent([alpha, beta], str, { state: taught(name) }), question)).called[0]?.name),
      )
      expect(firsts).toEqual(words.map(() => name))
    }
  })

  it('follows demos of its turns and of its answers', async () => {
    const turn = (word: string, next_tool_name: string): Demo => ({
      question: `Please ${word} the thing called Ada.`,
      trajectory: '',
      next_thought: 'On.',
      next_tool_name,
      next_tool_args: { name: 'Ada' },
    })
    const told = (word: string, name: string, values: JsonObject, answer: string): Demo => ({
      question: `Please ${word} the thing called Ada.`,
      trajectory: [
        ['thought_0', 'On.'],
        ['tool_name_0', name],
        ['tool_args_0', '{"name": "Ada"}'],
        ['observation_0', JSON.stringify(values)],
      ]
        .map(([own = '', value = '']) => chatAdapter.block(own, value))
        .join('\n\n'),
      reasoning: 'So.',
      answer,
    })
    const state: ProgramState = {
      'a.react': { ...blank, demos: [turn('frobnicate', 'beta'), turn('wibble', 'alpha')] },
      'a.extract': {
        ...blank,
        demos: [
          told('frobnicate', 'beta', { colour: 'blue', size: 5 }, '5'),
          told('wibble', 'alpha', { colour: 'green', size: 2 }, 'green'),
        ],
      },
    }
    const frobnicated = await ask(agent([alpha, beta], str, { state }), 'Please frobnicate the thing called Otto.')
    expect([frobnicated.called[0]?.name, frobnicated.answer]).toEqual(['beta', '7'])
    const wibbled = await ask(agent([alpha, beta], str, { state }), 'Please wibble the thing called Otto.')
    expect([wibbled.called[0]?.name, wibbled.answer]).toEqual(['alpha', 'red'])
  })

  it('gives the same turn for the same request, and others at a higher temperature', () => {
    const node = agent([alpha, beta], str).graph.nodes[1]
    if (node?.kind !== 'signature') throw new Error('the program has one step')
    const signature = moduleKind('react')?.slots(node)[0]?.signature('Answer.')
    const messages = signature && chatAdapter.format(signature, [], { question: 'What about Otto?', trajectory: '' })
    const answers = (temperature: number) =>
      Array.from(
        { length: 12 },
        (_, rollout) => respond({ model: 'sandbox', messages: messages ?? [], settings: { temperature } }, rollout).text,
      )
    expect(answers(1)).toEqual(answers(1))
    expect(new Set(answers(1)).size).toBeGreaterThan(1)
  })

  it('calls tools that there are with arguments that fit, whatever the tools and the question', () => {
    const tools = fc.uniqueArray(
      fc.record({
        name: fieldNames.filter(name => /^\w+$/.test(name) && name !== finishTool),
        desc: fc.string(),
        args: fc.uniqueArray(fc.record({ name: fieldNames.filter(name => /^\w+$/.test(name)), type: fieldTypes, desc: fc.string() }), {
          selector: ({ name }) => name,
          maxLength: 3,
        }),
        source: fc.constant('return 1'),
      }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
    )
    const observations = fc.array(
      fc.oneof(
        fc.string(),
        fc.jsonValue().map(value => JSON.stringify(value)),
      ),
      { maxLength: 3 },
    )
    fc.assert(
      fc.property(
        tools,
        fc.lorem(),
        observations,
        fc.constantFrom(chatAdapter, jsonAdapter, xmlAdapter),
        (own, question, seen, adapter) => {
          const node = agent(own, str).graph.nodes[1]
          if (node?.kind !== 'signature') throw new Error('the program has one step')
          const slot = moduleKind('react')?.slots(node)[0]
          if (slot === undefined) throw new Error('an agent has a first predictor')
          const signature = slot.signature('Answer.')
          const trajectory = seen.flatMap((observation, at) => [
            adapter.block(`thought_${at}`, 'On.'),
            adapter.block(`tool_name_${at}`, own[0]?.name ?? ''),
            adapter.block(`tool_args_${at}`, '{}'),
            adapter.block(`observation_${at}`, observation),
          ])
          const messages = adapter.format(signature, [], { question, trajectory: trajectory.join('\n\n') })
          const values = adapter.parse(signature, respond({ model: 'sandbox', messages, settings: {} }, 0).text)
          const called = own.find(({ name }) => name === values['next_tool_name'])
          const args = values['next_tool_args'] as JsonObject
          expect([finishTool, ...own.map(({ name }) => name)]).toContain(values['next_tool_name'])
          const fits = (called?.args ?? []).map(({ name, type }) => {
            const value = args[name]
            return value === undefined ? type.kind === 'optional' : coerceValue(type, value).ok
          })
          expect(fits.every(Boolean)).toBe(true)
        },
      ),
    )
  })
})

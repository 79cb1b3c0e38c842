import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { chatAnswer, moduleProgram, runModule } from '@/testing/run-module'
import type { ScriptedAnswer } from '@/testing/scripted-lm'
import { EngineError } from '../base/errors'
import { checkGraph } from '../graph/check'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import { promptTypeName } from '../signature/type-name'
import type { Tool } from '../modules/react-tools'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const lookup: Tool = {
  name: 'lookup',
  desc: 'The colour of a word.',
  args: [{ name: 'word', type: { kind: 'str' }, desc: '' }],
  source: "if (inputs.word === 'bad') throw new Error('no such word')\nreturn { word: inputs.word }",
}
const tooLong = new EngineError('lm-context-length', 'Too long.')

/** Inputs and outputs of each predictor, with the types that are no `str`. */
const shapes = (module: string, line: string, params: JsonObject): readonly (readonly [string, readonly string[], readonly string[]])[] =>
  predictorsOf(moduleProgram(module, line, params).graph).map(({ dspyName, signature }) => {
    const side = (role: string) =>
      signature({}).fields.flatMap(field => {
        const type = promptTypeName(field.type)
        return field.role === role ? [type === 'str' ? field.name : `${field.name}: ${type}`] : []
      })
    return [dspyName, side('input'), side('output')]
  })

describe('ReAct', () => {
  const params: JsonObject = { tools: [lookup], max_iters: 4 }
  const turn = (tool: string, args: JsonObject = {}, thought = 'On.'): string =>
    chatAnswer({ next_thought: thought, next_tool_name: tool, next_tool_args: JSON.stringify(args) })
  const look = turn('lookup', { word: 'x' })
  const end = chatAnswer({ reasoning: 'Seen.', a: 'A' })
  const run = (answers: readonly ScriptedAnswer[], changes: JsonObject = {}) =>
    runModule(moduleProgram('react', 'q -> a', { ...params, ...changes }), { q: 'Q' }, answers, { runner })
  const lastOf = (messages: readonly { readonly content: string }[] = []): string => messages.at(-1)?.content ?? ''

  it('§3.3, §7.4 two predictors: the step, and the extraction as a ChainOfThought', () => {
    expect(shapes('react', 'q -> a, b', params)).toEqual([
      [
        'step.react',
        ['q', 'trajectory'],
        ['next_thought', "next_tool_name: Literal['lookup', 'finish']", 'next_tool_args: dict[str, Any]'],
      ],
      ['step.extract.predict', ['q', 'trajectory'], ['reasoning', 'a', 'b']],
    ])
  })

  it('§3.3 the instructions of a step begin with the original ones, name inputs and outputs, and number the tools, `finish` last', () => {
    const [react, extract] = predictorsOf(moduleProgram('react', 'q -> a', params).graph)
    const state = {
      [react?.id ?? '']: { instructions: 'Own words.', demos: [] },
      [extract?.id ?? '']: { instructions: 'Own words.', demos: [] },
    }
    const told = react?.signature(state).instructions ?? ''
    expect(told.startsWith('Own words.\n\n')).toBe(true)
    expect(told.match(/^\(\d\) `?\w+/gm)).toEqual(['(1) `lookup', '(2) `finish'])
    for (const name of ['`q`', '`a`', '`trajectory`', '`next_thought`', '`next_tool_name`', '`next_tool_args`', 'JSON'])
      expect(told).toContain(name)
    expect(extract?.signature(state).instructions).toBe('Own words.')
  })

  it('§3.3 thought, tool, arguments and observation of each turn; `finish` is the last one, and its observation stands there too', async () => {
    const { outputs, requests } = await run([look, turn('finish', {}, 'Done.'), end])
    expect(outputs).toEqual({
      trajectory: {
        thought_0: 'On.', tool_name_0: 'lookup', tool_args_0: { word: 'x' }, observation_0: { word: 'x' },
        thought_1: 'Done.', tool_name_1: 'finish', tool_args_1: {}, observation_1: 'Completed.',
      },
      reasoning: 'Seen.',
      a: 'A',
    }) // prettier-ignore
    expect(requests).toHaveLength(3)
  })

  it('§3.3 the trajectory is a text of blocks as the adapter writes them, empty at first', async () => {
    const { requests } = await run([look, turn('finish'), end])
    expect(lastOf(requests[0]?.messages)).toMatch(/^\[\[ ## q ## \]\]\nQ\n\n\[\[ ## trajectory ## \]\]\n\n\n\S/)
    expect(lastOf(requests[1]?.messages)).toContain(
      '[[ ## trajectory ## ]]\n[[ ## thought_0 ## ]]\nOn.\n\n[[ ## tool_name_0 ## ]]\nlookup\n\n[[ ## tool_args_0 ## ]]\n{"word": "x"}\n\n[[ ## observation_0 ## ]]\n{"word": "x"}\n\n',
    )
  })

  it('§3.3 a tool that fails is an observation, and the loop goes on', async () => {
    const { outputs } = await run([turn('lookup', { word: 'bad' }), turn('finish'), end])
    expect(outputs['trajectory']).toMatchObject({ observation_0: expect.stringMatching(/^Execution error in lookup: [^]*no such word/) })
  })

  it('§3.3 after the most steps it answers with what it has', async () => {
    const { values, requests, trace } = await run([look, look, end], { max_iters: 2 })
    expect([values, requests.length, trace[0]?.stopped]).toEqual([{ a: 'A' }, 3, 'max-iterations'])
  })

  it('§3.3 a prompt that is too long is asked again without the oldest turn', async () => {
    const { outputs, requests } = await run([look, look, tooLong, turn('finish'), end])
    expect([Object.keys(outputs['trajectory'] ?? {})[0], requests.length]).toEqual(['thought_1', 5])
  })

  it('§3.3 three such attempts end the loop, and it answers all the same', async () => {
    const { values, requests, trace } = await run([look, look, look, tooLong, tooLong, tooLong, end])
    expect([values, requests.length, trace[0]?.stopped]).toEqual([{ a: 'A' }, 7, 'context-length'])
  })

  it('§3.3 a single turn is not left out', async () => {
    const { requests, trace } = await run([look, tooLong, end])
    expect([requests.length, trace[0]?.stopped]).toEqual([3, 'context-length'])
  })

  it('§3.3 in the extraction every failure is passed on', async () => {
    const { error } = await run([turn('finish'), 'garbage'])
    expect(error).toMatchObject({ code: 'adapter-parse' })
  })

  it('§3.3, App. C 8 differs on purpose: a step that cannot be read ends the loop and not the row, and the row says so', async () => {
    const { values, trace } = await run([turn('unknown_tool'), end])
    expect([values, trace[0]?.stopped]).toEqual([{ a: 'A' }, 'unreadable-step'])
  })

  it('§3.3 at most as many requests as steps, and one; twenty steps unless it says otherwise', () => {
    expect(callsOfRun(moduleProgram('react', 'q -> a', params).graph).high).toBe(5)
    expect(callsOfRun(moduleProgram('react', 'q -> a', { tools: [lookup] }).graph).high).toBe(21)
  })
})

describe('ReActV2', () => {
  const params: JsonObject = { tools: [lookup] }
  const call = (name: string, args: JsonObject, id?: string): Json => ({ name, args, ...(id !== undefined && { id }) })
  const turn = (...calls: readonly Json[]): string => chatAnswer({ next_thought: 'On.', tool_calls: JSON.stringify({ tool_calls: calls }) })
  const look = turn(call('lookup', { word: 'x' }))
  const submit = (a: string): string => turn(call('submit', { a }))
  const run = (answers: readonly ScriptedAnswer[], changes: JsonObject = {}) =>
    runModule(moduleProgram('react-v2', 'q -> a', { ...params, ...changes }), { q: 'Q' }, answers, { runner })
  const reasonOf = ({ outputs }: Awaited<ReturnType<typeof run>>): Json => outputs['termination_reason'] ?? null

  it('§3.4, §7.4 one predictor: inputs that may be null, the history and the tools to a thought and calls', () => {
    expect(shapes('react-v2', 'q, n: int -> a', params)).toEqual([
      [
        'step.react',
        ['q: Union[str, NoneType]', 'n: Union[int, NoneType]', 'history: History', 'tools: list[Tool]'],
        ['next_thought', 'tool_calls: ToolCalls'],
      ],
    ])
  })

  it('§A.9 V01 a tool, then `submit`', async () => {
    const end = await run([look, submit('done')])
    expect([end.values, reasonOf(end), end.requests.length]).toEqual([{ a: 'done' }, 'submit', 2])
  })

  it('§A.9 V02 after the most turns one request more, which may only submit', async () => {
    const end = await run([look, submit('f')], { max_iters: 1 })
    expect([end.values, reasonOf(end), end.requests.length]).toEqual([{ a: 'f' }, 'forced_submit', 2])
  })

  it.each([
    ['V03', 'that does not submit', look],
    ['V04', 'that submits something else', turn(call('submit', { b: 'f' }))],
  ])('§A.9 %s such a request %s is an error', async (_id, _fact, last) => {
    const { error, requests } = await run([look, last], { max_iters: 1 })
    expect([error, requests.length]).toEqual([expect.objectContaining({ code: 'adapter-parse' }), 2])
  })

  it.each([
    ['V05', 'q -> history', false],
    ['V06', 'q -> termination_reason', false],
    ['V07', 'history -> a', false],
    ['V08', 'tools -> a', false],
    ['V09', 'q -> a, tools', true],
  ])('§A.9 %s the signature `%s` is taken: %s', (_id, line, isTaken) => {
    expect(checkGraph(moduleProgram('react-v2', line, params).graph).map(({ message }) => message)).toHaveLength(isTaken ? 0 : 1)
  })

  it('§3.4 every call of a turn is made in order; one without an id gets that of its place', async () => {
    const two = turn(call('lookup', { word: 'x' }), call('lookup', { word: 'y' }, 'own'))
    const { outputs } = await run([look, two, submit('A')])
    const { messages } = outputs['history'] as { readonly messages: readonly JsonObject[] }
    expect(messages[1]?.['tool_calls']).toEqual({
      tool_calls: [
        { id: 'call_1_0', name: 'lookup', args: { word: 'x' } },
        { id: 'own', name: 'lookup', args: { word: 'y' } },
      ],
      tool_call_results: {
        tool_call_results: [
          { call_id: 'call_1_0', name: 'lookup', value: { word: 'x' }, is_error: false },
          { call_id: 'own', name: 'lookup', value: { word: 'y' }, is_error: false },
        ],
      },
    })
  })

  it('§3.4 an unknown tool and one that fails are results marked as errors, and the loop goes on', async () => {
    const { outputs, values } = await run([turn(call('warp', {}), call('lookup', { word: 'bad' })), submit('A')])
    const { messages } = outputs['history'] as { readonly messages: readonly JsonObject[] }
    expect(messages[0]?.['tool_calls']).toMatchObject({
      tool_call_results: {
        tool_call_results: [{ is_error: true }, { is_error: true, value: expect.stringMatching(/^Execution error in lookup: /) }],
      },
    })
    expect(values).toEqual({ a: 'A' })
  })

  it('§3.4 inputs are shown until the first turn is on record, and stand in it', async () => {
    const { requests, outputs } = await run([look, submit('A')])
    const turns = (index: number) => requests[index]?.messages.slice(1).map(({ content }) => content) ?? []
    expect(turns(0).at(-1)).toContain('[[ ## q ## ]]\nQ')
    expect(turns(1)[0]).toContain('[[ ## q ## ]]\nQ')
    expect(turns(1).at(-1)).not.toContain('## q ##')
    expect(outputs['history']).toMatchObject({ messages: [{ q: 'Q', next_thought: 'On.' }, { a: 'A' }] })
  })

  it('§3.4 a submit that lacks an output is a result like any other, and the loop goes on', async () => {
    const end = await run([turn(call('submit', {})), submit('A')])
    expect([end.values, reasonOf(end)]).toEqual([{ a: 'A' }, 'submit'])
  })

  it.each<[fact: string, answer: ScriptedAnswer]>([
    ['that cannot be read', 'garbage'],
    ['without a call', turn()],
    ['that is too long for the model', tooLong],
  ])('§3.4 a turn %s ends the loop, and the outputs are asked for once more', async (_fact, answer) => {
    const end = await run([look, answer, submit('A')])
    expect([end.values, reasonOf(end), end.requests.length]).toEqual([{ a: 'A' }, 'forced_submit', 3])
  })

  it('§A.9 a failure of the last request is passed on', async () => {
    const { error } = await run([look, tooLong], { max_iters: 1 })
    expect(error).toMatchObject({ code: 'lm-context-length' })
  })

  it('§3.4 at most as many requests as turns, and one; no tool of the user is called `submit`', () => {
    expect(callsOfRun(moduleProgram('react-v2', 'q -> a', params).graph).high).toBe(21)
    expect(checkGraph(moduleProgram('react-v2', 'q -> a', { tools: [{ ...lookup, name: 'submit' }] }).graph)).toHaveLength(1)
  })
})

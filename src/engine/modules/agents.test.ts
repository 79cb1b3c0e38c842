import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { EngineError } from '@/engine/base/errors'
import { executeProgram } from '@/engine/graph/execute'
import type { Program } from '@/engine/program/program'
import type { Lm, LmCall } from '@/engine/lm/lm'
import { callKey } from '@/engine/lm/kept/request-key'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { spansOf } from '@/engine/trace/span'
import { realClock } from '@/testing/memory-ports'
import { agentStep, lookupTool, oneStep, toyLabelOf } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { type PlainChatRequest, chatOf } from '@/testing/chat-of'
import { bestOfN } from './best-of-n'
import { refine } from './refine'
import { stepOf } from './registry'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const blocks = (values: Readonly<Record<string, string>>): string =>
  [...Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')
const turn = (tool: string, args: JsonObject = {}): string =>
  blocks({ next_thought: 'On.', next_tool_name: tool, next_tool_args: JSON.stringify(args) })

/** Answers with the texts in turn; an error stands for a failed request. */
function scripted(answers: readonly (string | Error)[]): Lm & { readonly requests: PlainChatRequest[]; readonly calls: LmCall[] } {
  const requests: PlainChatRequest[] = []
  const calls: LmCall[] = []
  return {
    capabilities: { responseFormats: [] },
    requests,
    calls,
    async generate(request, call) {
      const answer = answers[requests.length] ?? answers.at(-1) ?? ''
      requests.push(chatOf(request))
      calls.push(call)
      if (answer instanceof Error) throw answer
      return { text: answer, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1 }
    },
  }
}

function execute(program: Program, lm: Lm) {
  return executeProgram(
    program,
    { text: 'order 1 for item zorp' },
    {
      clock: realClock,
      runner,
      modelFor: () => ({ lm, model: toyModel }),
      call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
    },
  )
}

describe('ReAct', () => {
  it('calls tools until the model is done, then answers from the trajectory', async () => {
    const lm = scripted([turn('lookup', { word: 'zorp' }), turn('finish'), blocks({ reasoning: 'Seen.', label: 'red' })])
    const { values, trace } = await execute(agentStep(), lm)
    expect(values).toEqual({ label: 'red' })
    const colour = toyLabelOf('zorp')
    expect(lm.requests[1]?.messages.at(-1)?.content).toContain(`[[ ## observation_0 ## ]]\n${colour}`)
    expect(trace.map(({ id, parent, kind, predictor }) => ({ id, parent, kind, predictor }))).toEqual([
      { id: 'classify', parent: undefined, kind: undefined, predictor: undefined },
      { id: 'classify/0', parent: 'classify', kind: 'predict', predictor: 'classify.react' },
      { id: 'classify/1', parent: 'classify', kind: 'tool', predictor: undefined },
      { id: 'classify/2', parent: 'classify', kind: 'predict', predictor: 'classify.react' },
      { id: 'classify/3', parent: 'classify', kind: 'tool', predictor: undefined },
      { id: 'classify/4', parent: 'classify', kind: 'predict', predictor: 'classify.extract' },
    ])
    expect(trace[2]).toMatchObject({ name: 'lookup', inputs: { word: 'zorp' }, outputs: { result: colour }, calls: [] })
    expect(trace[0]?.outputs?.['trajectory']).toMatchObject({ tool_name_0: 'lookup', observation_0: colour, observation_1: 'Completed.' })
    expect(trace[0]?.stopped).toBeUndefined()
  })

  it('shows what it has done in the form of its adapter', async () => {
    const tags = (values: Readonly<Record<string, string>>): string =>
      Object.entries(values)
        .map(([name, value]) => `<${name}>\n${value}\n</${name}>`)
        .join('\n\n')
    const look = tags({ next_thought: 'On.', next_tool_name: 'lookup', next_tool_args: '{"word": "zorp"}' })
    const done = tags({ next_thought: 'On.', next_tool_name: 'finish', next_tool_args: '{}' })
    const lm = scripted([look, done, tags({ reasoning: 'Seen.', label: 'red' })])
    const { graph, state } = agentStep()
    const { values } = await execute({ graph: { ...graph, adapter: 'xml' }, state }, lm)
    expect(values).toEqual({ label: 'red' })
    expect(lm.requests[1]?.messages.at(-1)?.content).toContain('<thought_0>')
    expect(lm.requests[1]?.messages.at(-1)?.content).not.toContain('[[ ##')
  })

  it('says so when it ran out of steps, and answers all the same', async () => {
    const again = turn('lookup', { word: 'zorp' })
    const lm = scripted([again, again, blocks({ reasoning: 'Enough.', label: 'red' })])
    const { values, trace } = await execute(agentStep({}, { max_iters: 2 }), lm)
    expect(values).toEqual({ label: 'red' })
    expect(trace[0]?.stopped).toBe('max-iterations')
  })

  it('shows the model what went wrong with a tool', async () => {
    const lm = scripted([
      turn('lookup', { word: 'NO!' }),
      turn('lookup', { letter: 'z' }),
      turn('lookup'),
      turn('finish'),
      blocks({ reasoning: '', label: 'red' }),
    ])
    const { trace } = await execute(agentStep(), lm)
    const trajectory = JSON.stringify(trace[0]?.outputs?.['trajectory'])
    expect(trajectory).toMatch(/Execution error in lookup: .*That is no word/)
    expect(trajectory).toMatch(/it takes no argument \\"letter\\"/)
    expect(trajectory).toMatch(/the argument \\"word\\" is missing/)
    expect(trace.filter(({ kind, error }) => kind === 'tool' && error).map(({ error }) => error?.code)).toEqual([
      'code-failed',
      'code-failed',
      'code-failed',
    ])
  })

  it('ends the loop at a step that cannot be read, and says so', async () => {
    const lm = scripted([turn('warp'), turn('warp'), blocks({ reasoning: 'Well.', label: 'blue' })])
    const { values, trace } = await execute(agentStep(), { ...lm, generate: lm.generate })
    expect(values).toEqual({ label: 'blue' })
    expect(trace[0]?.stopped).toBe('unreadable-step')
  })

  it('leaves the oldest steps out where the trajectory is too long, three times at most', async () => {
    const long = new EngineError('lm-context-length', 'Too long.')
    const look = turn('lookup', { word: 'zorp' })
    const lm = scripted([look, look, long, turn('finish'), blocks({ reasoning: '', label: 'red' })])
    const { trace } = await execute(agentStep(), lm)
    expect(Object.keys(trace[0]?.outputs?.['trajectory'] ?? {})[0]).toBe('thought_1')
    expect(lm.requests[3]?.messages.at(-1)?.content).not.toContain('thought_0')
  })

  it('ends the row where the way to the model fails, with the steps so far in the trace', async () => {
    const lm = scripted([turn('lookup', { word: 'zorp' }), new EngineError('lm-server', 'Down.')])
    const { values, error, trace } = await execute(agentStep(), lm)
    expect(values).toBeUndefined()
    expect(error).toMatchObject({ code: 'lm-server', facts: { step: 'Classify' } })
    expect(trace.map(({ kind }) => kind)).toEqual([undefined, 'predict', 'tool', 'predict'])
    expect(trace.at(-1)?.error?.code).toBe('lm-server')
  })

  it('tells what keeps its tools from being used', async () => {
    const { checkGraph } = await import('@/engine/graph/check')
    const problems = (tools: readonly JsonObject[]) => checkGraph(agentStep({}, { tools }).graph).map(({ message }) => message)
    expect(problems([]).join()).toMatch(/has no tool/)
    expect(problems([lookupTool, lookupTool]).join()).toMatch(/two tools called "lookup"/)
    expect(problems([{ ...lookupTool, name: 'finish' }]).join()).toMatch(/ends the loop/)
    expect(problems([{ ...lookupTool, name: 'look up' }]).join()).toMatch(/letters, digits/)
    expect(problems([{ ...lookupTool, source: ' ' }]).join()).toMatch(/has no code/)
  })
})

const label = (text: string): string => blocks({ reasoning: 'So.', label: text })
const reward = '(inputs, outputs) => ({ red: 1, green: 0.5, blue: 0 })[outputs.label]'

describe('BestOfN', () => {
  it('keeps the best attempt, and nothing is learned from the others', async () => {
    const lm = scripted([label('blue'), label('green'), label('blue')])
    const { values, trace } = await execute(oneStep('best-of-n', {}, { N: 3, reward }), lm)
    expect(values).toEqual({ label: 'green' })
    expect(lm.calls.map(({ rollout }) => rollout === 0)).toEqual([true, false, false])
    expect(new Set(lm.requests.map((request, index) => callKey(request, lm.calls[index]?.rollout ?? 0))).size).toBe(3)
    expect(lm.requests.every(({ settings }) => settings.temperature === 1)).toBe(true)
    expect(trace.filter(({ kind }) => kind === 'attempt').map(({ reward: worth, discarded }) => [worth, discarded])).toEqual([
      [0, true],
      [0.5, undefined],
      [0, true],
    ])
    expect(spansOf(trace, 'classify.module').map(({ outputs }) => outputs?.['label'])).toEqual(['green'])
    expect(trace[0]?.stopped).toBe('max-attempts')
  })

  it('stops at the threshold', async () => {
    const lm = scripted([label('blue'), label('red'), label('red')])
    const { values, trace } = await execute(oneStep('best-of-n', {}, { N: 5, reward }), lm)
    expect(values).toEqual({ label: 'red' })
    expect(lm.requests).toHaveLength(2)
    expect(trace[0]?.stopped).toBeUndefined()
  })

  it('lives with failed attempts up to the number it allows', async () => {
    const bad = new EngineError('lm-content-filter', 'No.')
    const some = await execute(oneStep('best-of-n', {}, { N: 3, reward }), scripted([bad, label('green'), bad]))
    expect(some.values).toEqual({ label: 'green' })
    const none = await execute(oneStep('best-of-n', {}, { N: 3, reward }), scripted([bad]))
    expect(none.error).toMatchObject({ code: 'lm-content-filter' })
    const strict = scripted([bad, label('red')])
    expect((await execute(oneStep('best-of-n', {}, { N: 3, fail_count: 0, reward }), strict)).error).toMatchObject({
      code: 'lm-content-filter',
    })
    expect(strict.requests).toHaveLength(1)
  })

  it('takes a broken reward for a failed attempt', async () => {
    const { error } = await execute(oneStep('best-of-n', {}, { N: 2, reward: '() => "much"' }), scripted([label('red')]))
    expect(error).toMatchObject({ code: 'metric-failed' })
  })
})

describe('Refine', () => {
  it('hands advice on the last attempt to the next', async () => {
    const advice = blocks({ discussion: 'Off.', advice: '{"predict": "Think of fire."}' })
    const lm = scripted([label('blue'), advice, label('red')])
    const { values, trace } = await execute(oneStep('refine', {}, { N: 3, threshold: 1, reward }), lm)
    expect(values).toEqual({ label: 'red' })
    expect(lm.requests[1]?.messages.at(-1)?.content).toContain('[[ ## reward_value ## ]]\n0')
    expect(lm.requests[2]?.messages.at(-1)?.content).toContain('[[ ## hint_ ## ]]\nThink of fire.')
    expect(trace.map(({ kind, name }) => [kind, name])).toEqual([
      [undefined, 'Classify'],
      ['attempt', 'Classify · attempt 1'],
      ['predict', 'Classify'],
      ['predict', 'Classify · advice'],
      ['attempt', 'Classify · attempt 2'],
      ['predict', 'Classify'],
    ])
  })
})

describe('the threshold of BestOfN and Refine', () => {
  it('is one setting in both: its words, its bounds, and what it means where it is empty', () => {
    const [one, other] = [bestOfN, refine].map(({ params }) => params.shape['threshold'])
    expect(one?.meta()).toEqual(other?.meta())
    for (const value of [null, 0, -3, 1.5, 1e6])
      expect([one?.safeParse(value).success, other?.safeParse(value).success]).toEqual([true, true])
    for (const value of ['1', Infinity, NaN])
      expect([one?.safeParse(value).success, other?.safeParse(value).success]).toEqual([false, false])
    const slots = (module: string) => {
      const node = oneStep(module, {}, { N: 4, threshold: null }).graph.nodes.find(({ kind }) => kind === 'signature')
      return node && stepOf(node)?.slots()[0]?.calls
    }
    expect(slots('best-of-n')).toEqual({ low: 4, expected: 4, high: 4 })
    expect(slots('refine')).toEqual(slots('best-of-n'))
  })

  it('starts at 1 in a new step of either kind, while a Refine without one makes all attempts, as it did', () => {
    const base = { id: 'n', name: 'Step', fields: [] }
    const startOf = (kind: typeof refine) => kind.params.parse(kind.starter(base).moduleParams)['threshold']
    expect([startOf(bestOfN), startOf(refine)]).toEqual([1, 1])
    expect(refine.params.parse({})['threshold']).toBeNull()
  })

  it.each(['best-of-n', 'refine'])('makes all attempts of %s where it is empty', async module => {
    const advice = module === 'refine' ? [blocks({ discussion: 'Fine.', advice: '{}' })] : []
    const lm = scripted([label('red'), ...advice, label('red'), label('red')])
    await execute(oneStep(module, {}, { N: 2, module: 'predict', threshold: null, reward }), lm)
    // The advice of Refine is a request of its own.
    expect(lm.requests).toHaveLength(2 + advice.length)
  })
})

describe('MultiChainComparison', () => {
  it('compares several chains', async () => {
    const lm = scripted([label('red'), label('red'), label('blue'), blocks({ rationale: 'Two of three.', label: 'red' })])
    const { values, trace } = await execute(oneStep('multi-chain-comparison', {}, { M: 3 }), lm)
    expect(values).toEqual({ label: 'red' })
    expect(new Set(lm.calls.map(({ rollout }) => rollout)).size).toBe(3)
    expect(lm.requests[3]?.messages.at(-1)?.content).toMatch(/reasoning_attempt_3 ## \]\]\n«I reasoned: So\. So my answer is blue»/)
    expect(trace[0]?.outputs?.['rationale']).toBe('Two of three.')
    expect(spansOf(trace, 'classify.attempts')).toHaveLength(3)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { chatAnswer, moduleProgram, runModule } from '@/testing/run-module'
import type { ScriptedAnswer } from '@/testing/scripted-lm'
import { EngineError } from '../base/errors'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

/** What an answer says is what it is worth. */
const reward = '(inputs, outputs) => Number(outputs.a)'
const say = (a: string): string => chatAnswer({ a })
const failure = new EngineError('lm-content-filter', 'No.')

describe('BestOfN', () => {
  const run = (answers: readonly ScriptedAnswer[], changes: JsonObject = {}) =>
    runModule(moduleProgram('best-of-n', 'q -> a', { module: 'predict', N: 3, threshold: 1, reward, ...changes }), { q: 'Q' }, answers, {
      runner,
      settings: { temperature: 0 },
    })

  it('App. D 15, §3.9 rewards 0.2, 0.9, 0.5 below the threshold: the second one, each sampled anew at temperature 1', async () => {
    const { values, requests, calls } = await run(['0.2', '0.9', '0.5'].map(say))
    expect(values).toEqual({ a: '0.9' })
    expect(requests.map(({ settings }) => settings.temperature)).toEqual([1, 1, 1])
    expect(calls.map(({ rollout }) => rollout).filter((rollout, at, all) => all.indexOf(rollout) === at)).toHaveLength(3)
    expect(calls[0]?.rollout).toBe(0)
  })

  it('§3.9 it stops once a reward reaches the threshold', async () => {
    const { values, requests } = await run(['0.2', '1', '2'].map(say))
    expect([values, requests.length]).toEqual([{ a: '1' }, 2])
  })

  it('§3.9 of equal rewards the first is kept', async () => {
    const { trace } = await run(['0.5', '0.5', '0.5'].map(say))
    expect(trace.filter(({ kind }) => kind === 'attempt').map(({ discarded }) => discarded)).toEqual([undefined, true, true])
  })

  it('§3.9 the attempt that is kept is the one that optimizers see', async () => {
    const { trace } = await run(['0.2', '0.9', '0.5'].map(say))
    const kept = trace.filter(({ kind, discarded }) => kind === 'predict' && discarded !== true)
    expect(kept.map(({ outputs }) => outputs)).toEqual([{ a: '0.9' }])
  })

  it('§3.9 an attempt that fails is counted, and the others go on', async () => {
    const { values, requests } = await run([failure, say('0.4'), failure])
    expect([values, requests.length]).toEqual([{ a: '0.4' }, 3])
  })

  it('§3.9 so is one whose reward fails', async () => {
    const bad = '(inputs, outputs) => { if (outputs.a === "0.9") throw new Error("no"); return Number(outputs.a) }'
    expect((await run(['0.9', '0.4', '0.3'].map(say), { reward: bad })).values).toEqual({ a: '0.4' })
  })

  it('§3.9 more failures than are allowed end the step', async () => {
    const { error, requests } = await run([failure, failure, say('1')], { fail_count: 1 })
    expect([error, requests.length]).toEqual([expect.objectContaining({ code: 'lm-content-filter' }), 2])
  })

  it('§3.9, App. C 9 differs on purpose: where all attempts fail the last failure is thrown, also for two, where DSPy returns nothing', async () => {
    for (const N of [2, 3]) {
      const { error, requests } = await run([failure, failure, failure], { N })
      expect([error, requests.length]).toEqual([expect.objectContaining({ code: 'lm-content-filter' }), N])
    }
  })

  it('§3.9, App. C 9 differs on purpose: the failures of one row are not counted for the next', async () => {
    const program = moduleProgram('best-of-n', 'q -> a', { module: 'predict', N: 3, threshold: 1, reward })
    for (const _row of [1, 2, 3])
      expect((await runModule(program, { q: 'Q' }, [failure, failure, say('0.5')], { runner })).values).toEqual({ a: '0.5' })
  })

  it('§7.4 its predictors stand below `module`', () => {
    const names = (module: string) => predictorsOf(moduleProgram('best-of-n', 'q -> a', { module }).graph).map(({ dspyName }) => dspyName)
    expect([names('predict'), names('chain-of-thought')]).toEqual([['step.module'], ['step.module.predict']])
  })

  it('§3.9 at most N times the requests of its module', () => {
    expect(callsOfRun(moduleProgram('best-of-n', 'q -> a', { N: 5 }).graph).high).toBe(5)
  })
})

describe('Refine', () => {
  const advice = (text: string): string => chatAnswer({ discussion: 'd', advice: JSON.stringify({ predict: text }) })
  const run = (answers: readonly ScriptedAnswer[], changes: JsonObject = {}) =>
    runModule(moduleProgram('refine', 'q -> a', { module: 'predict', N: 3, threshold: 1, reward, ...changes }), { q: 'Q' }, answers, {
      runner,
    })
  const request = ({ requests }: Awaited<ReturnType<typeof run>>, index: number): string => requests[index]?.messages.at(-1)?.content ?? ''

  it('§3.10 advice follows each attempt that is not good enough, but the last', async () => {
    const end = await run([say('0.2'), advice('one'), say('0.5'), advice('two'), say('0.4')])
    expect([end.values, end.requests.length]).toEqual([{ a: '0.5' }, 5])
    expect(end.requests.map(({ settings }) => settings.temperature)).toEqual([1, undefined, 1, undefined, 1])
  })

  it('§3.10 the next attempt has the advice as its last input `hint_`; the first has none', async () => {
    const end = await run([say('0.2'), advice('look twice'), say('1')])
    expect(request(end, 0)).not.toContain('hint_')
    expect(request(end, 2)).toMatch(/^\[\[ ## q ## \]\]\nQ\n\n\[\[ ## hint_ ## \]\]\nlook twice\n\n/)
    expect(end.requests[2]?.messages[0]?.content).toContain('2. `hint_` (str): ')
  })

  it('§3.10 a module that the advice leaves out has `N/A`', async () => {
    const other = chatAnswer({ discussion: 'd', advice: '{"another": "x"}' })
    expect(request(await run([say('0.2'), other, say('1')]), 2)).toContain('[[ ## hint_ ## ]]\nN/A\n')
  })

  it('§3.10 later advice stands in place of earlier', async () => {
    const end = await run([say('0.2'), advice('one'), say('0.5'), advice('two'), say('0.4')])
    expect(request(end, 4)).toContain('[[ ## hint_ ## ]]\ntwo\n')
  })

  it('§3.10 the hint stays in what the trace says the predictor was given', async () => {
    const { trace } = await run([say('0.2'), advice('one'), say('1')])
    expect(trace.filter(({ kind, discarded }) => kind === 'predict' && discarded !== true).at(-1)?.inputs).toEqual({ q: 'Q', hint_: 'one' })
  })

  it('§3.10 advice is asked for with the fields of DSPy', async () => {
    const end = await run([say('0.2'), advice('one'), say('1')])
    const given = [...request(end, 1).matchAll(/^\[\[ ## (\w+) ## \]\]$/gm)].map(([, name]) => name)
    expect(given.filter(name => name !== 'reward_feedback')).toEqual([
      'program_code',
      'modules_defn',
      'program_inputs',
      'program_trajectory',
      'program_outputs',
      'reward_code',
      'target_threshold',
      'reward_value',
      'module_names',
    ])
    expect(request(end, 1)).toMatch(/`\[\[ ## discussion ## \]\]`.*`\[\[ ## advice ## \]\]` \([^)]*dict\[str, str\]\)/)
  })

  it('§3.10 differs on purpose: the advice also sees what the reward function says in words', async () => {
    const worded = '(inputs, outputs) => ({ score: Number(outputs.a), feedback: "say more" })'
    expect(request(await run([say('0.2'), advice('one'), say('1')], { reward: worded }), 1)).toContain(
      '[[ ## reward_feedback ## ]]\nsay more\n',
    )
  })

  it('§3.10 without a threshold it always makes all attempts', async () => {
    const end = await run([say('5'), advice('one'), say('9'), advice('two'), say('7')], { threshold: null })
    expect([end.values, end.requests.length]).toEqual([{ a: '9' }, 5])
  })

  it('§3.10 advice that cannot be read counts as a failed attempt', async () => {
    const end = await run([say('0.2'), 'garbage', say('0.5'), advice('two'), say('0.4')])
    expect([end.values, request(end, 2).includes('hint_')]).toEqual([{ a: '0.5' }, false])
    const { error } = await run([say('0.2'), 'garbage'], { fail_count: 0 })
    expect(error).toMatchObject({ code: 'adapter-parse' })
  })

  it('§3.10 differs on purpose: demos made without advice have `N/A` for it, and stay complete', async () => {
    const state = { 'step.module': { instructions: '', demos: [{ q: 'D', a: 'E' }] } }
    const program = moduleProgram('refine', 'q -> a', { module: 'predict', N: 2, threshold: 1, reward }, state)
    const { requests } = await runModule(program, { q: 'Q' }, [say('0.2'), advice('one'), say('1')], { runner })
    expect(requests[2]?.messages[1]?.content).toBe('[[ ## q ## ]]\nD\n\n[[ ## hint_ ## ]]\nN/A')
  })

  it('§3.10 at most N times the requests of its module, and N−1 for advice', () => {
    expect(callsOfRun(moduleProgram('refine', 'q -> a', { N: 4, threshold: 1 }).graph).high).toBe(7)
  })
})

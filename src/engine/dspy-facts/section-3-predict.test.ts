import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { chatAnswer, moduleProgram, runModule } from '@/testing/run-module'
import { askOnce } from '@/testing/ask-once'
import { signatureOf } from '@/testing/signature-of'
import { toyModel } from '@/testing/toy-run'
import { predictorsOf } from '../graph/predictors'
import type { LmSettings } from '../lm/lm'
import { joinAnswers } from '../modules/join-answers'
import { mostSimilar, textOf } from '../modules/nearest-demos'
import { stepOf } from '../modules/registry'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const fieldsOf = (module: string, line: string, params: JsonObject = {}) =>
  predictorsOf(moduleProgram(module, line, params).graph).map(({ dspyName, signature }) => [
    dspyName,
    signature({}).fields.map(({ name, role }) => `${role === 'input' ? '' : '→ '}${name}`),
  ])

describe('Predict', () => {
  it.each<[fact: string, own: number | undefined, model: number | undefined, n: number, sent: number | undefined]>([
    ['one completion is asked for as the model is set', undefined, 0, 1, 0],
    ['the own temperature goes before that of the model', 0.9, 0, 1, 0.9],
    ['an own temperature of 0 is sent', 0, 1, 1, 0],
    ['several completions without a temperature are asked for at 0.7', undefined, undefined, 3, 0.7],
    ['so are those at 0', undefined, 0, 3, 0.7],
    ['and up to 0.15', undefined, 0.15, 3, 0.7],
    ['above that as it is set', undefined, 0.2, 3, 0.2],
    ['the own one counts', 0.1, 1, 3, 0.7],
    ['the own one counts where it says enough', 0.9, 0, 3, 0.9],
    ['an own 0 does not count, and is sent where the model says enough', 0, 1, 3, 0],
    ['an own 0 over a model at 0', 0, 0, 3, 0.7],
  ])('§3.1 temperature: %s', async (_fact, own, model, n, sent) => {
    const settings: LmSettings = model === undefined ? {} : { temperature: model }
    const params = { n, ...(own !== undefined && { temperature: own }) }
    const answers = Array.from({ length: n }, () => chatAnswer({ a: 'x' }))
    const { requests } = await runModule(moduleProgram('predict', 'q -> a', params), { q: 'Q' }, answers, { runner, settings })
    expect(requests.map(request => request.settings.temperature)).toEqual(Array.from({ length: n }, () => sent))
  })

  it('§3.1 settings of the step go before those of the model, and what neither sets is not sent', async () => {
    const params = { max_tokens: 5, top_p: 0.5 }
    const settings = { temperature: 0.3, maxTokens: 900 }
    const { requests } = await runModule(moduleProgram('predict', 'q -> a', params), { q: 'Q' }, [chatAnswer({ a: 'x' })], {
      runner,
      settings,
    })
    expect(requests[0]?.settings).toEqual({ temperature: 0.3, maxTokens: 5, topP: 0.5 })
  })

  it('§3.1 a default stands for an input that is absent', async () => {
    const { requests } = await runModule(moduleProgram('predict', 'q, k: int = 3 -> a'), { q: 'Q' }, [chatAnswer({ a: 'x' })], { runner })
    expect(requests[0]?.messages[1]?.content).toContain('[[ ## k ## ]]\n3\n')
  })

  it('§3.1 keys that the signature lacks are in no prompt; a value of another type is shown as it is', async () => {
    const step = { signature: signatureOf('q, n: int -> a'), inputs: { q: 'Q', n: 'many', other: 'OTHER' }, model: toyModel }
    const { requests, values } = await askOnce([chatAnswer({ a: 'x' })], step)
    expect(requests[0]?.messages[1]?.content).toMatch(/^\[\[ ## q ## \]\]\nQ\n\n\[\[ ## n ## \]\]\nmany\n/)
    expect([requests[0]?.messages[1]?.content.includes('OTHER'), values]).toEqual([false, { a: 'x' }])
  })

  it('§3.1 the call goes on without an input that nobody gives', async () => {
    const { values } = await askOnce([chatAnswer({ a: 'x' })], { signature: signatureOf('q, n -> a'), inputs: { q: 'Q' } })
    expect(values).toEqual({ a: 'x' })
  })

  it('§3.1 differs on purpose: a row of data that lacks an input is refused before anything is asked', async () => {
    const { error, requests } = await runModule(moduleProgram('predict', 'q, n -> a'), { q: 'Q' }, [], { runner })
    expect([requests.length, error]).toEqual([0, expect.objectContaining({ code: 'data-invalid' })])
  })

  it('§3.1 of several completions the first is what the prediction shows', async () => {
    const answers = ['x', 'y', 'y'].map(a => chatAnswer({ a }))
    const { values } = await runModule(moduleProgram('predict', 'q -> a', { n: 3, reduce_fn: 'first' }), { q: 'Q' }, answers, { runner })
    expect(values).toEqual({ a: 'x' })
  })

  it('§2.1 one completion that cannot be read fails the call, and none is left out', async () => {
    const answers = [chatAnswer({ a: 'x' }), 'garbage', chatAnswer({ a: 'x' })]
    const { error, requests } = await runModule(moduleProgram('predict', 'q -> a', { n: 3 }), { q: 'Q' }, answers, { runner })
    expect([requests.length, error]).toEqual([3, expect.objectContaining({ code: 'adapter-parse' })])
  })

  it('§A.7 n completions are n requests', async () => {
    const answers = ['x', 'y'].map(a => chatAnswer({ a }))
    const { requests, calls } = await runModule(moduleProgram('predict', 'q -> a', { n: 2 }), { q: 'Q' }, answers, { runner })
    expect([requests.length, new Set(calls.map(({ rollout }) => rollout)).size]).toEqual([2, 2])
  })
})

describe('ChainOfThought', () => {
  it('§3.2 `reasoning` stands before the outputs of one predictor, without a description of its own', () => {
    expect(fieldsOf('chain-of-thought', 'q, n: int -> a, b')).toEqual([['step.predict', ['q', 'n', '→ reasoning', '→ a', '→ b']]])
    const [predictor] = predictorsOf(moduleProgram('chain-of-thought', 'q -> a').graph)
    expect(predictor?.signature({}).fields[1]).toEqual({
      id: 'reasoning',
      name: 'reasoning',
      role: 'output',
      type: { kind: 'str' },
      desc: '',
    })
  })

  it('§3.2 its instructions are those of the written signature', () => {
    const [predictor] = predictorsOf(moduleProgram('chain-of-thought', 'q -> a').graph)
    expect(predictor?.signature({}).instructions).toBe(signatureOf('q -> a').instructions)
  })

  it('§3.2 the rationale may have a type of its own, and is still called `reasoning`', () => {
    const [predictor] = predictorsOf(moduleProgram('chain-of-thought', 'q -> a', { rationaleType: 'list[str]' }).graph)
    expect(predictor?.signature({}).fields[1]).toMatchObject({ name: 'reasoning', type: { kind: 'list', of: { kind: 'str' } } })
  })
})

describe('majority', () => {
  it.each<[fact: string, values: readonly (string | null)[], winner: number]>([
    ['the most frequent value, after normalisation, by the first that has it', ['Paris', 'paris.', 'Lyon'], 0],
    ['of equally frequent ones the earliest', ['2', '1', '1', '2'], 0],
    ['a later value that is more frequent', ['x', 'y', 'y'], 1],
    ['a value that normalises to nothing is no vote', ['the', 'the', 'x'], 2],
    ['unless there is no other', ['the', '.'], 0],
  ])('§3.12 %s', (_fact, values, winner) => {
    const answers = values.map((a, at) => ({ at, a }))
    expect(joinAnswers('majority', answers, { rule: 'dspy' })).toEqual(answers[winner])
  })

  it('§3.12 a null is no vote, which DSPy’s own normalisation cannot read', () => {
    expect(joinAnswers('majority', [{ a: null }, { a: null }, { a: 'x' }], { rule: 'dspy' })).toEqual({ a: 'x' })
  })

  it('§3.12 it is counted by the last output, or by the one that is named', () => {
    const answers = [
      { a: 'x', b: '2' },
      { a: 'y', b: '1' },
      { a: 'X.', b: '1' },
    ]
    expect(joinAnswers('majority', answers, { rule: 'dspy' })).toEqual(answers[1])
    expect(joinAnswers('majority', answers, { rule: 'dspy', counted: 'a' })).toEqual(answers[0])
  })
})

describe('KNN', () => {
  it('§3.12 the most similar come first, and ties keep the order of the pool', () => {
    const demos = ['a', 'b', 'c', 'd'].map(q => ({ q }))
    expect(mostSimilar(demos, [0.2, 0.9, 0.9, 0.5], 3)).toEqual([{ q: 'b' }, { q: 'c' }, { q: 'd' }])
  })

  it('§3.12 differs on purpose: the text that is compared is the values in the order of the signature, without the names of DSPy’s', () => {
    expect(textOf({ n: 3, q: 'Why?', other: 'x' }, ['q', 'n'])).toBe('Why?\n3')
  })
})

describe('MultiChainComparison', () => {
  const chain = (reasoning: string, a: string): string => chatAnswer({ reasoning, x: 'X', a })
  const answers = [chain('one\ntwo', 'A1\nmore'), chain('  other', '5'), chatAnswer({ rationale: 'r', x: '1', a: 'A' })]
  const program = moduleProgram('multi-chain-comparison', 'q -> x, a', { M: 2 })

  it('§3.8 it adds an input for each attempt and `rationale` before the outputs', () => {
    const [compared] = fieldsOf('multi-chain-comparison', 'q -> x, a')
    const attempts = ['reasoning_attempt_1', 'reasoning_attempt_2', 'reasoning_attempt_3']
    expect(compared).toEqual(['step.predict', ['q', ...attempts, '→ rationale', '→ x', '→ a']])
  })

  it('§3.8 an attempt is one sentence in quotes: the first line of its reasoning, then that of its last output', async () => {
    const { requests } = await runModule(program, { q: 'Q' }, answers, { runner })
    const shown = [...(requests[2]?.messages[1]?.content ?? '').matchAll(/\[\[ ## reasoning_attempt_\d ## \]\]\n(.*)/g)]
    expect(shown.map(([, text]) => text)).toEqual([
      expect.stringMatching(/^«.*\bone\b.*\bA1»$/),
      expect.stringMatching(/^«.*\bother\b.*\b5»$/),
    ])
    expect(requests[2]?.messages[1]?.content).not.toMatch(/two|more/)
  })

  it('§3.8 it compares at temperature 0.7', async () => {
    const { requests, values } = await runModule(program, { q: 'Q' }, answers, { runner, settings: { temperature: 0 } })
    expect([requests[2]?.settings.temperature, values]).toEqual([0.7, { x: '1', a: 'A' }])
  })

  it('§3.8 differs on purpose: the node makes its chains itself, by a predictor that DSPy’s class does not have', () => {
    const [, own] = predictorsOf(program.graph)
    expect([own?.dspyName, own?.isOnlyHere]).toEqual(['step.attempts.predict', true])
    expect(stepOf(program.graph.nodes[1] ?? { kind: 'input', id: '', name: '', fields: [] })?.params.parse({})).toEqual({
      M: 3,
      temperature: 0.7,
    })
  })
})

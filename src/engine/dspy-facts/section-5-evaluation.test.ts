import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { mean, pythonRound } from '@/lib/stats'
import { workPool } from '@/lib/work-pool'
import type { Json, JsonObject } from '@/lib/json'
import { moduleProgram, chatAnswer } from '@/testing/run-module'
import { manualClock } from '@/testing/manual-clock'
import { scriptedLm, type ScriptedAnswer } from '@/testing/scripted-lm'
import { testCall } from '@/testing/test-call'
import { toyModel } from '@/testing/toy-run'
import type { Example } from '../base/example'
import { EngineError } from '../base/errors'
import { summarize } from '../evaluate/aggregate'
import { evaluateExamples } from '../evaluate/evaluate'
import { rollOut } from '../evaluate/roll-out'
import type { Rollout } from '../evaluate/rollout'
import { normalizeText } from '../metrics/normalize-text'
import { bindMetric } from '../metrics/registry'
import { f1Score } from '../metrics/token-f1'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

async function score(kind: string, params: JsonObject, label: Json, predicted: Json): Promise<number> {
  const metric = await bindMetric({ kind, params: { field: 'answer', ...params } }, { runner })
  const { value } = await metric({ example: { id: 'r', inputs: {}, labels: { answer: label } }, prediction: { answer: predicted } })
  return value
}

describe('texts that a metric compares', () => {
  it.each([
    ['The  Cat, sat!', 'cat sat'],
    ['An apple a day', 'apple day'],
    ['theatre', 'theatre'],
    ['the', ''],
    ['Café', 'cafe\u0301'],
    ['a-b', 'ab'],
    ['“quoted”', '“quoted”'],
    ['à la carte', '\u0300 la carte'],
    ['ÀÉ', '\u0300e\u0301'],
    ['A.I.', 'ai'],
    ["It's a U.S. law", 'its us law'],
    ['x_the_y', 'xthey'],
    ['\u00a0the\u2003end\n', 'end'],
    ['ﬁne', 'ﬁne'],
    ['a1 the2', 'a1 the2'],
    ['1,000.5', '10005'],
    ['$5 & 50%', '5 50'],
    ['İ', 'i\u0307'],
    [' ß STRASSE', 'ß strasse'],
    ['the-a-an', 'theaan'],
  ])('§5.3 normalised, %j is %j', (text, normal) => {
    expect(normalizeText(text)).toBe(normal)
  })

  it.each([
    ['the quick brown fox', 'quick fox', 0.8],
    ['dog dog', 'dog', 2 / 3],
    ['cat', 'dog', 0],
    ['', '', 0],
    ['the', 'a', 0],
    ['Paris, France', 'paris', 2 / 3],
    ['a b c d', 'd c b a', 1],
    ['x x y', 'x y y', 2 / 3],
  ])('§5.3 F1 of %j and %j is %d: words as multisets, 0 where nothing is shared', (predicted, answer, f1) => {
    expect(f1Score(predicted, answer, 'dspy')).toBeCloseTo(f1, 12)
  })

  it.each<[label: Json, predicted: Json, value: number]>([
    ['Paris', 'the paris.', 1],
    [['Lyon', 'Paris'], 'PARIS', 1],
    ['Paris', 'Paris, France', 0],
    ['', 'the', 1],
    ['1.5', '15', 1],
  ])('§5.3 exact match of the label %j with %j is %d', async (label, predicted, value) => {
    expect(await score('exact-match', { rule: 'dspy' }, label, predicted)).toBe(value)
  })

  it('§5.3 F1 takes the best of several answers', async () => {
    expect(await score('token-f1', { rule: 'dspy' }, ['zzz', 'quick fox'], 'quick brown fox')).toBeCloseTo(0.8, 12)
  })

  it('§5.3 differs on purpose: by default signs and decimal points tell answers apart, which DSPy deletes', async () => {
    expect(await score('exact-match', {}, '1.5', '15')).toBe(0)
    expect(await score('exact-match', {}, '-5', '5')).toBe(0)
    expect(await score('exact-match', {}, 'Paris', 'the paris.')).toBe(1)
  })
})

const examples: readonly Example[] = Array.from({ length: 6 }, (_, at) => ({ id: `r${at}`, inputs: { q: `Q${at}` }, labels: { a: 'x' } }))
const program = moduleProgram('predict', 'q -> a')

/** Rolls the program out on one row, with what the model says and a metric in JavaScript. */
async function rolled(answer: ScriptedAnswer, source = '(example, prediction) => prediction.a === example.a'): Promise<Rollout> {
  const lm = scriptedLm([answer])
  const context = { clock: manualClock(), runner, modelFor: () => ({ lm, model: toyModel }), call: testCall() }
  const metric = await bindMetric({ kind: 'code', params: { source } }, { runner })
  return rollOut(program, examples[0] ?? { id: '', inputs: {}, labels: {} }, context, { metric })
}

describe('the evaluation of a program', () => {
  it.each<[scores: readonly number[], percent: number]>([
    [[1, 0, 1], 66.67],
    [[1, 0, 0, 0, 0, 0, 0, 0], 12.5],
    [[1, 0, 0], 33.33],
    [[1, 0, 0, 0, 0, 0, 0], 14.29],
    [[0.5, 0, 0], 16.67],
    [Array.from({ length: 32 }, (_, at) => (at < 5 ? 1 : 0)), 15.62],
  ])('App. D 13, §5.1 the mean of %j in percent is %d, rounded as Python does', (scores, percent) => {
    expect(pythonRound(mean(scores) * 100, 2)).toBe(percent)
  })

  it('§5.1 a score may be true or false, a number, or a number with words', async () => {
    const said = chatAnswer({ a: 'x' })
    expect((await rolled(said)).score).toBe(1)
    expect((await rolled(said, '() => 0.25')).score).toBe(0.25)
    expect(await rolled(said, '() => ({ score: 0.5, feedback: "so" })')).toMatchObject({ score: 0.5, feedback: 'so' })
  })

  it('§5.1, §5.2 a metric gets no trace in an evaluation', async () => {
    expect((await rolled(chatAnswer({ a: 'x' }), '(example, prediction, trace) => trace === null')).score).toBe(1)
  })

  it('§5.1 a program or a metric that fails scores 0, and the error is kept', async () => {
    expect(await rolled('garbage')).toMatchObject({ score: 0, error: { code: 'adapter-parse' } })
    expect(await rolled(chatAnswer({ a: 'x' }), '() => { throw new Error("no") }')).toMatchObject({
      score: 0,
      error: { code: 'metric-failed' },
    })
  })

  it('§5.1 differs on purpose: a row whose model cannot be reached has no score, where DSPy counts 0', async () => {
    expect(await rolled(new EngineError('lm-server', 'Down.'))).toMatchObject({ score: null, error: { code: 'lm-server' } })
    const scored = [{ score: 1 }, { score: null, error: { code: 'lm-server', message: 'Down.' } as const }]
    expect(summarize(scored, pythonRandom(0))).toMatchObject({ mean: 1, count: 1, unscored: 1 })
  })

  const failed: Rollout = { exampleId: '', trace: [], score: 0, error: { code: 'adapter-parse', message: 'No.' }, ms: 0 }
  const fine: Rollout = { exampleId: '', trace: [], score: 1, ms: 0 }
  const evaluate = (isFailed: (at: number) => boolean, maxErrors: number, told: (rollout: Rollout) => void = () => undefined) =>
    evaluateExamples(examples, async ({ id }, at) => ({ ...(isFailed(at) ? failed : fine), exampleId: id }), {
      pool: workPool(() => 1),
      signal: new AbortController().signal,
      maxErrors,
      onRollout: told,
    })

  it('§5.1 results stand in the order of the rows', async () => {
    const rollouts = await evaluate(() => false, 10)
    expect(rollouts.map(({ exampleId }) => exampleId)).toEqual(examples.map(({ id }) => id))
  })

  it('§5.1 as many errors as are allowed end it', async () => {
    await expect(evaluate(at => at < 2, 2)).rejects.toMatchObject({ code: 'too-many-errors' })
    await expect(evaluate(at => at < 2, 3)).resolves.toHaveLength(6)
  })

  it('§5.1, App. C 25 differs on purpose: the rows before that are kept', async () => {
    const kept: string[] = []
    await expect(
      evaluate(
        at => at > 0,
        2,
        ({ exampleId }) => kept.push(exampleId),
      ),
    ).rejects.toMatchObject({ code: 'too-many-errors' })
    expect(kept).toEqual(['r0', 'r1', 'r2'])
  })

  it('§A.10 X02, App. C 25 nothing is divided by no rows: a summary of none says so', () => {
    expect(summarize([], pythonRandom(0))).toMatchObject({ mean: 0, count: 0 })
  })
})

describe('bootstrapping and the metric', () => {
  it('§5.2 while demos are made a metric gets the trace', async () => {
    const lm = scriptedLm([chatAnswer({ a: 'x' })])
    const context = { clock: manualClock(), runner, modelFor: () => ({ lm, model: toyModel }), call: testCall() }
    const source = '(example, prediction, trace) => trace.length === 1 && trace[0].predictor === "step" && trace[0].outputs.a === "x"'
    const metric = await bindMetric({ kind: 'code', params: { source } }, { runner })
    const { score: value } = await rollOut(program, examples[0] ?? { id: '', inputs: {}, labels: {} }, context, {
      metric,
      traceToMetric: true,
    })
    expect(value).toBe(1)
  })
})

import { describe, expect, it } from 'vitest'
import { adapters } from '../adapters/registry'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { Signature } from '../signature/signature'
import type { Trace } from '../trace/span'
import type { AskJudge, Metric } from './metric'
import { asksJudge, bindMetric, judgeCallsOf, metricLabels } from './registry'

const runner = { load: () => Promise.reject(new Error('no code here')), dispose: () => undefined }
const bind = (params: Values = {}): Promise<Metric> => bindMetric({ kind: 'rubric-judge', params }, { runner })

interface Question {
  readonly signature: Signature
  readonly inputs: Values
  readonly sample: number
}

function judge(...answers: readonly (Values | Error)[]): { readonly ask: AskJudge; readonly asked: Question[] } {
  const asked: Question[] = []
  return {
    asked,
    async ask(signature, inputs, { sample = 0 } = {}) {
      const answer = answers[asked.push({ signature, inputs, sample }) - 1] ?? new Error('one answer too few')
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

const example = { id: 'r1', inputs: { question: 'Why?' }, labels: { answer: 'Because.' } }
const row = { example, prediction: { answer: 'No idea.' } }
const unreadable = new EngineError('adapter-parse', 'The answer has no score.', { text: 'hm' })

describe('the rubric judge', () => {
  it('brings the ends of each scale to 0 and 1, and says what was given and why', async () => {
    const cases = [
      ['1-5', 1, 0],
      ['1-5', 4, 0.75],
      ['1-5', 4.5, 0.875],
      ['0-10', 7, 0.7],
      ['0-100', 100, 1],
      ['pass-fail', 'pass', 1],
      ['pass-fail', 'fail', 0],
    ] as const
    for (const [scale, score, value] of cases) {
      const metric = await bind({ scale })
      const { ask } = judge({ reasons: ' It gives no reason. ', score })
      const found = await metric({ ...row, ask })
      expect(found.value).toBeCloseTo(value, 10)
      expect(found.feedback).toContain(String(score))
      expect(found.feedback).toMatch(/It gives no reason\.$/)
    }
  })

  it('asks for reasons before the score, by the criteria, and shows what it may see', async () => {
    const steps: Trace = [
      { node: 'n', name: 'Answer', inputs: { question: 'Why?' }, outputs: { answer: 'No idea.' }, calls: [], ms: 1 },
      { node: 'n', name: 'Lost', kind: 'attempt', inputs: {}, calls: [], ms: 1 },
      { node: 'n', name: 'Beaten', discarded: true, inputs: {}, calls: [], ms: 1 },
    ]
    const seen = async (params: Values, more: object = {}) => {
      const { ask, asked } = judge({ reasons: '', score: 3 })
      await (
        await bind({ criteria: 'It is kind.', ...params })
      )({ ...row, steps, ask, ...more })
      return asked[0]
    }
    const usual = await seen({})
    expect(usual?.inputs).toEqual({
      program_inputs: example.inputs,
      expected_outputs: example.labels,
      program_outputs: row.prediction,
    })
    expect(usual?.signature.instructions).toContain('It is kind.')
    const outputs = usual?.signature.fields.filter(({ role }) => role === 'output').map(({ name }) => name)
    expect(outputs).toEqual(['reasons', 'score'])
    const inputs = usual?.signature.fields.filter(({ role }) => role === 'input').map(({ name }) => name)
    expect(inputs).toEqual(Object.keys(usual?.inputs ?? {}))
    const blind = await seen({ show_inputs: false, show_labels: false })
    expect(Object.keys(blind?.inputs ?? {})).toEqual(['program_outputs'])
    // A row without labels has nothing to show, and the judge is not told of a field that is empty.
    const unlabelled = await seen({}, { example: { ...example, labels: {} } })
    expect(Object.keys(unlabelled?.inputs ?? {})).toEqual(['program_inputs', 'program_outputs'])
    const whole = await seen({ show_steps: true })
    expect(whole?.inputs['program_steps']).toEqual([{ step: 'Answer', inputs: { question: 'Why?' }, outputs: { answer: 'No idea.' } }])
  })

  it('asks once more for an answer that cannot be read or lies off the scale, and takes that', async () => {
    const useless: readonly (Values | Error)[] = [unreadable, { reasons: 'Good.', score: 7 }, { reasons: 'Good.', score: null }, {}]
    for (const first of useless) {
      const { ask, asked } = judge(first, { reasons: 'Fine.', score: 5 })
      expect(await (await bind())({ ...row, ask })).toMatchObject({ value: 1 })
      expect(asked.map(({ sample }) => sample)).toEqual([0, 1])
    }
  })

  it('gives no score, with the reason, where the second answer is of no use either', async () => {
    const twice = judge({ reasons: 'Good.', score: 7 }, { reasons: 'Good.', score: -1 })
    await expect((await bind())({ ...row, ask: twice.ask })).rejects.toMatchObject({
      code: 'judge-failed',
      message: expect.stringMatching(/^The judge gave no score\. It answered -1, .* from 1 .* to 5/),
    })
    await expect((await bind())({ ...row, ask: judge(unreadable, unreadable).ask })).rejects.toMatchObject({
      code: 'judge-failed',
      facts: { cause: 'adapter-parse', text: 'hm' },
    })
  })

  it('asks no second time where the answer was cut, filtered or refused: the row has no score', async () => {
    for (const code of ['lm-cut', 'lm-content-filter', 'lm-context-length', 'lm-bad-request'] as const) {
      const { ask, asked } = judge(new EngineError(code, 'Not this time.'))
      await expect((await bind())({ ...row, ask })).rejects.toMatchObject({ code: 'judge-failed', facts: { cause: code } })
      expect(asked).toHaveLength(1)
    }
  })

  it('lets through what ends a run or lies on the way to the model', async () => {
    for (const code of ['lm-network', 'lm-auth', 'budget-exhausted', 'lm-not-recorded'] as const) {
      const failure = new EngineError(code, 'No.')
      await expect((await bind())({ ...row, ask: judge(failure).ask })).rejects.toBe(failure)
    }
    await expect((await bind())({ ...row, ask: judge(new Error('bug')).ask })).rejects.toThrow('bug')
  })

  it('says yes or no by the pass mark while demos are made', async () => {
    const metric = await bind({ pass_mark: 0.7 })
    const scored = async (score: number) => (await metric({ ...row, trace: [], ask: judge({ reasons: '', score }).ask })).value
    expect([await scored(3), await scored(4), await scored(5)]).toEqual([0, 1, 1])
  })

  it('says that it has nobody to ask outside of a run', async () => {
    await expect((await bind())(row)).rejects.toMatchObject({ code: 'metric-failed', message: expect.stringMatching(/judge LM/) })
  })

  it('declares its calls, also inside a weighted sum, and needs no label', async () => {
    const part = { kind: 'rubric-judge', params: {}, weight: 1 }
    const field = { kind: 'exact-match', params: { field: 'answer' }, weight: 1 }
    const sum = (parts: readonly Values[]) => ({ kind: 'weighted-sum', params: { parts: [...parts] } })
    expect(judgeCallsOf({ kind: 'rubric-judge', params: {} })).toEqual({ low: 1, expected: 1, high: 1 })
    expect(judgeCallsOf(sum([part, field, part]))).toEqual({ low: 2, expected: 2, high: 2 })
    expect(asksJudge(field)).toBe(false)
    expect(asksJudge(sum([field]))).toBe(false)
    expect(asksJudge(undefined)).toBe(false)
    expect(metricLabels({ kind: 'rubric-judge', params: {} })).toEqual([])
    const { ask } = judge({ reasons: 'Half.', score: 3 })
    const both = await bindMetric(sum([part, field]), { runner })
    const found = await both({ ...row, ask })
    expect(found).toMatchObject({ value: 0.25, parts: { 'rubric-judge': 0.5, 'exact-match:answer': 0 } })
    expect(found.feedback).toContain('Half.')
  })

  it('reads its own answers back in every adapter', async () => {
    const { ask, asked } = judge({ reasons: 'Fine.', score: 5 })
    await (
      await bind({ show_steps: true })
    )({ ...row, steps: [], ask })
    const { signature, inputs } = asked[0] ?? {}
    if (!signature || !inputs) throw new Error('nothing was asked')
    const answers = {
      chat: '[[ ## reasons ## ]]\nFine.\n\n[[ ## score ## ]]\n4\n\n[[ ## completed ## ]]',
      json: '{"reasons": "Fine.", "score": 4}',
      xml: '<reasons>\nFine.\n</reasons>\n\n<score>\n4\n</score>',
      baml: '{"reasons": "Fine.", "score": 4}',
      'two-step': 'Fine. That is a 4.',
    }
    for (const adapter of Object.values(adapters)) {
      const text = adapter.format(signature, [], inputs).at(-1)?.content ?? ''
      expect(text).toContain('No idea.')
      const read = adapter.parse(signature, answers[adapter.id])
      expect(read).toEqual(adapter.extraction ? { text: 'Fine. That is a 4.' } : { reasons: 'Fine.', score: 4 })
    }
  })
})

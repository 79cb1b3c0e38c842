import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { dspyRemarks } from '@/export/export-remarks'
import { dspyPython } from '@/testing/dspy-python'
import { noRunner, realClock } from '@/testing/memory-ports'
import { scriptedLm, type Script } from '@/testing/scripted-lm'
import { oneStep } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { checkGraph } from '../graph/check'
import { executeProgram } from '../graph/execute'
import { callsOfRun } from '../graph/predictors'
import type { LmSettings } from '../lm/lm'
import { callKey } from '../lm/kept/request-key'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

const label = (text: string): string => `[[ ## reasoning ## ]]\nSo.\n\n[[ ## label ## ]]\n${text}\n\n[[ ## completed ## ]]`

async function ask(params: JsonObject, script: Script, { module = 'predict', settings = {} as LmSettings, rollout = 0 } = {}) {
  const lm = scriptedLm(script)
  const keys: string[] = []
  const keeping: typeof lm = {
    ...lm,
    generate: (request, call) => {
      keys.push(callKey(request, call.rollout))
      return lm.generate(request, call)
    },
  }
  const execution = await executeProgram(
    oneStep(module, {}, params),
    { text: 'x' },
    {
      clock: realClock,
      runner: noRunner,
      modelFor: () => ({ lm: keeping, model: { ...toyModel, settings } }),
      call: { signal: new AbortController().signal, rollout, purpose: 'row' },
    },
  )
  return { ...execution, requests: lm.requests, keys }
}

describe('the settings of a Predict for its calls', () => {
  it('go before those of the model, and change nothing where none is set', async () => {
    const plain = await ask({}, [label('red')], { settings: { temperature: 0.2, maxTokens: 9 } })
    expect(plain.requests[0]?.settings).toEqual({ temperature: 0.2, maxTokens: 9 })
    const params = { temperature: 0, max_tokens: 50, top_p: 0.5, stop: ['END'], seed: 3, reasoning_effort: 'low' }
    const own = await ask(params, [label('red')], { settings: { temperature: 0.9, maxTokens: 9 } })
    expect(own.requests[0]?.settings).toEqual({
      temperature: 0,
      maxTokens: 50,
      topP: 0.5,
      stop: ['END'],
      seed: 3,
      reasoningEffort: 'low',
    })
  })

  it('ask for several completions as so many requests, each a sample and a span of its own', async () => {
    const answers = ['red', 'blue', 'blue'].map(label)
    const { values, trace, keys } = await ask({ n: 3 }, answers, { module: 'chain-of-thought' })
    expect(values).toEqual({ label: 'blue' })
    expect(new Set(keys).size).toBe(3)
    expect(trace.map(({ parent, predictor, outputs }) => ({ parent, predictor, label: outputs?.['label'] }))).toEqual([
      { parent: undefined, predictor: undefined, label: 'blue' },
      ...['red', 'blue', 'blue'].map(each => ({ parent: 'classify', predictor: 'classify', label: each })),
    ])
    expect(callsOfRun(oneStep('predict', {}, { n: 3 }).graph)).toEqual({ low: 3, expected: 3, high: 3 })
  })

  it('return the first completion where nobody counts, and the earliest of equally frequent ones', async () => {
    const answers = ['green', 'blue', 'blue'].map(label)
    expect((await ask({ n: 3, reduce_fn: 'first' }, answers)).values).toEqual({ label: 'green' })
    expect((await ask({ n: 2 }, ['green', 'blue'].map(label))).values).toEqual({ label: 'green' })
  })

  it('end the row where one completion cannot be read, after the others were asked', async () => {
    const { error, requests } = await ask({ n: 2 }, (_request, _call, index) => (index === 0 ? 'gibberish' : 'nor this'))
    expect(error).toMatchObject({ code: 'adapter-parse' })
    expect(requests.length).toBeGreaterThan(2)
  })

  it('are refused where they name an output that is not there', () => {
    const problems = checkGraph(oneStep('predict', {}, { n: 3, field: 'colour' }).graph).map(({ message }) => message)
    expect(problems.join()).toMatch(/counts its completions by "colour", which is none of its outputs/)
    expect(checkGraph(oneStep('predict', {}, { n: 3, field: 'label' }).graph)).toEqual([])
    expect(checkGraph(oneStep('predict', {}, { n: 0 }).graph)[0]?.message).toMatch(/"n"/)
  })

  it('are told where the file for DSPy does not hold them', () => {
    const told = (module: string, params: JsonObject) => dspyRemarks(oneStep(module, {}, params))
    expect(told('predict', {})).toEqual([])
    expect(told('chain-of-thought', { temperature: 0.5 })[0]).toContain('dspy.ChainOfThought(…, temperature=0.5).')
    expect(told('predict', { n: 5, field: 'label', normalize: 'dspy' })).toEqual([
      expect.stringContaining('dspy.Predict(…, n=5), and take dspy.majority(…, field="label") of what it returns.'),
    ])
    expect(told('predict', { n: 5 })[1]).toContain('leaves all punctuation out')
  })
})

/** Temperatures of the predictor and of the model, at every place of the rule, for one and for several completions. */
const rule = [1, 3].flatMap(n =>
  [undefined, 0, 0.1, 0.15, 0.2, 1].flatMap(own => [undefined, 0, 0.15, 0.9].map(model => ({ n, own, model }))),
)

const counts: readonly (readonly (string | null)[])[] = [
  ['Paris', 'Lyon', 'paris.'],
  ['a', 'b'],
  ['', 'x', ''],
  ['the', 'x', '...'],
  ['', ''],
  ['x', 'y', 'Y', 'X'],
]

const script = `
import json, sys, warnings, dspy
from types import SimpleNamespace as Made
warnings.simplefilter("ignore")
class Seen(dspy.BaseLM):
    def __init__(self, temperature):
        super().__init__(model="seen", cache=False)
        self.kwargs = {} if temperature is None else {"temperature": temperature}
        self.seen = []
    def forward(self, prompt=None, messages=None, **kwargs):
        self.seen.append({**self.kwargs, **kwargs}.get("temperature"))
        one = Made(message=Made(content="[[ ## label ## ]]\\na", tool_calls=None), finish_reason="stop", logprobs=None)
        return Made(choices=[one] * kwargs.get("n", 1), usage={}, model="seen")
given = json.load(sys.stdin)
temperatures = []
for case in given["rule"]:
    lm = Seen(case.get("model"))
    config = {} if case.get("own") is None else {"temperature": case["own"]}
    with dspy.context(lm=lm): dspy.Predict("text -> label", **({"n": case["n"]} if case["n"] > 1 else {}), **config)(text="x")
    temperatures.append(lm.seen[0])
majorities = [dspy.majority([{"note": str(at), "label": value} for at, value in enumerate(values)]).note for values in given["counts"]]
print(json.dumps({"temperatures": temperatures, "majorities": majorities}))
`

describe.skipIf(!python)('beside DSPy itself', () => {
  it('sends the same temperature for one and for several completions, and counts the same majority', { timeout: 120_000 }, async () => {
    const child = spawnSync(python ?? '', ['-c', script], { input: JSON.stringify({ rule, counts }), encoding: 'utf8' })
    const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
    if (child.status !== 0 || !read.ok || !isJsonObject(read.value)) throw new Error(child.stderr.slice(-3000))
    const sent: Json[] = []
    for (const { n, own, model } of rule) {
      const settings = model === undefined ? {} : { temperature: model }
      const { requests } = await ask({ n, ...(own !== undefined && { temperature: own }) }, () => label('red'), { settings })
      sent.push(requests[0]?.settings.temperature ?? null)
    }
    expect(sent).toEqual(read.value['temperatures'])
    const { joinAnswers } = await import('./join-answers')
    const ours = counts.map(
      values =>
        joinAnswers(
          'majority',
          values.map((value, at) => ({ note: String(at), label: value })),
          { rule: 'dspy' },
        )['note'],
    )
    expect(ours).toEqual(read.value['majorities'])
  })
})

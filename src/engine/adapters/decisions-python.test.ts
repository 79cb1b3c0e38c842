import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { askDspyAdapters } from '@/testing/dspy-adapters'
import { dspyPython } from '@/testing/dspy-python'
import { probe, withoutWording, wordingOf } from '@/testing/frame-wording'
import { field } from '@/testing/toy-programs'
import { isEngineError } from '../base/errors'
import { plainMessages, type PlainMessage } from '../lm/parts'
import { adapterIds, type AdapterId } from '../program/adapter-id'
import type { Demo } from '../program/program'
import { labelsOf, decidedType, type DecisionFields, type DecisionSettings } from '../signature/decisions/decision'
import { evidenceText } from '../signature/decisions/question'
import type { DecisionType, FieldType } from '../signature/types/field-type'
import { promptTypeName, typeName } from '../signature/type-name'
import type { Field } from '../signature/signature'
import { decisionRequest } from './decisions'
import { frameText } from './frame-text'
import { exactAdapters } from './registry'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

interface Case {
  readonly adapter: AdapterId
  readonly outputs: readonly { readonly name: string; readonly type: FieldType }[]
  readonly settings: DecisionFields
  readonly demos: readonly Demo[]
  readonly evidence: JsonObject
}

const words = fc.constantFrom<Json>('fine', '', null, 'é "so"', { about: ['x', null] })
const labels = fc.constantFrom('a', 'a b', 'é', 'x"y', 3, true, null)
const options = fc
  .uniqueArray(labels, { minLength: 1, maxLength: 4, selector: String })
  .chain(values => fc.tuple(...values.map(value => words.map(desc => ({ value, desc })))))
const types: fc.Arbitrary<FieldType> = fc.oneof(
  fc.record({ criteria: fc.record({ true: words, false: words }, { requiredKeys: [] }) }).map(({ criteria }): FieldType => {
    return Object.keys(criteria).length === 0 ? { kind: 'noul' } : { kind: 'noul', criteria }
  }),
  options.map((of): FieldType => ({ kind: 'choice', options: of })),
  fc
    .array(fc.constantFrom<Json>('low', 'high', ['x']), { minLength: 2, maxLength: 4 })
    .map((levels): FieldType => ({ kind: 'score', levels })),
  fc.constantFrom<FieldType>({ kind: 'bool' }, { kind: 'enum', values: ['a', 'b'] }),
)
const share = fc.integer({ min: 0, max: 20 }).map(number => number / 20)

function settingsOf(type: DecisionType): fc.Arbitrary<DecisionSettings> {
  if (type.kind === 'noul') return fc.record({ threshold: share }, { requiredKeys: [] })
  if (type.kind === 'choice') {
    const weight = fc.tuple(
      fc.constantFrom(...labelsOf(type)),
      share.map(number => number + 0.05),
    )
    const weights = fc.array(weight, { maxLength: 3 }).map(entries => Object.fromEntries(entries))
    return fc.record({ weights }, { requiredKeys: [] })
  }
  const top = type.levels.length - 1
  return fc.boolean().map(isSet => (isSet ? { cuts: Array.from({ length: top }, (_, at) => at + 0.35) } : {}))
}

function evidenceOf(type: DecisionType): fc.Arbitrary<Json> {
  if (type.kind === 'noul') return share.map(noul => ({ noul }))
  return fc.record({
    probabilities: fc.record(Object.fromEntries(labelsOf(type).map(label => [label, share])), { noNullPrototype: true }),
    confidence: share,
  })
}

const cases = (adapter: AdapterId): fc.Arbitrary<Case> =>
  fc.array(types, { minLength: 1, maxLength: 3 }).chain(list => {
    const outputs = list.map((type, at) => ({ name: `o${at}`, type }))
    const decided = outputs.map(({ name, type }) => [name, decidedType(type)] as const)
    const each = <T>(of: (type: DecisionType) => fc.Arbitrary<T>) =>
      fc.record(Object.fromEntries(decided.flatMap(([name, type]) => (type ? [[name, of(type)]] : []))), { noNullPrototype: true })
    return fc.record({
      adapter: fc.constant(adapter),
      outputs: fc.constant(outputs),
      settings: each(settingsOf),
      demos: fc.constantFrom<readonly Demo[]>(
        [],
        [
          { q: 'é', o0: true, other: 1 },
          { o0: { confidence: 0.5, value: 'a' }, q: '2' },
        ],
      ),
      evidence: each(evidenceOf),
    })
  })

const script = `
import json, sys, warnings, dspy, dspy.experimental
from typing import Literal
from dspy.adapters.baml_adapter import BAMLAdapter
from dspy.adapters.decision import record_evidence
from dspy.adapters.utils import get_annotation_name
warnings.simplefilter("ignore")
class Stub(dspy.BaseLM):
    def __init__(self, replies):
        super().__init__(model="stub"); self.replies = list(replies); self.seen = []
    def forward(self, prompt=None, messages=None, **kwargs):
        from types import SimpleNamespace as S
        self.seen.append(messages)
        return S(choices=[S(message=S(content=self.replies.pop(0)), finish_reason="stop")], usage={}, model="stub")
classes = {"chat": lambda s: dspy.ChatAdapter(), "json": lambda s: dspy.JSONAdapter(), "xml": lambda s: dspy.XMLAdapter(), "baml": lambda s: BAMLAdapter(), "two-step": lambda s: dspy.TwoStepAdapter(s)}
answers = []
for case in json.load(sys.stdin):
    outputs = {o["name"]: (eval(o["type"]), dspy.OutputField(desc="What is " + o["name"] + "?")) for o in case["outputs"]}
    signature = dspy.Signature({"q": (str, dspy.InputField()), **outputs}, "Judge it.")
    predict = dspy.Predict(signature)
    predict.fields, predict.demos = case["settings"], case["demos"]
    stub = Stub(case["replies"])
    answer = {"names": [get_annotation_name(f.annotation) for f in signature.output_fields.values()]}
    try:
        with dspy.context(lm=stub, adapter=classes[case["adapter"]](stub)), record_evidence() as log:
            result = predict(q="Q")
        answer["values"] = {k: v.model_dump() if hasattr(v, "model_dump") else v for k, v in result.items()}
        answer["evidence"] = {name: value for _, name, value in log}
    except Exception as error: answer["error"] = type(error).__name__ + ": " + str(error)[:300]
    answer["messages"] = stub.seen[0] if stub.seen else []
    answers.append(answer)
print(json.dumps(answers))
`

interface Theirs {
  readonly names: readonly string[]
  readonly messages: readonly PlainMessage[]
  readonly values?: JsonObject
  readonly evidence?: JsonObject
  readonly error?: string
}

function fieldsOf({ outputs }: Case): readonly Field[] {
  return [field('q', 'input'), ...outputs.map(({ name, type }) => ({ ...field(name, 'output', type), desc: `What is ${name}?` }))]
}

function repliesOf({ adapter, evidence, outputs }: Case): readonly string[] {
  const json = JSON.stringify(evidence)
  const chat = `${outputs.map(({ name }) => `[[ ## ${name} ## ]]\n${JSON.stringify(evidence[name])}`).join('\n\n')}\n\n[[ ## completed ## ]]`
  if (adapter === 'chat') return [chat]
  if (adapter === 'two-step') return ['In words.', chat]
  return [adapter === 'xml' ? outputs.map(({ name }) => `<${name}>${JSON.stringify(evidence[name])}</${name}>`).join('\n') : json]
}

describe.skipIf(!python)('decisions beside those of DSPy itself', () => {
  const seed = Date.now() % 2 ** 31
  process.stdout.write(`decisions: seed ${seed}\n`)
  const made = adapterIds.flatMap(id => fc.sample(cases(id), { numRuns: 40, seed }))
  let answered: readonly Theirs[] | undefined
  const theirs = (): readonly Theirs[] => (answered ??= ask(made))

  it('§B.1 have names that DSPy reads, and shows in the same way', { timeout: 300_000 }, () => {
    for (const [at, { outputs }] of made.entries()) expect(outputs.map(({ type }) => promptTypeName(type))).toEqual(theirs()[at]?.names)
  })

  it('§B.3, §B.6, §B.9 are asked for in the same layout, around sentences of our own', { timeout: 300_000 }, () => {
    const probes = askDspyAdapters(
      python ?? '',
      adapterIds.map(adapter => ({ ...probe, adapter, texts: [] })),
    )
    for (const [at, one] of made.entries()) {
      const { adapter } = one
      const fields = fieldsOf(one)
      const request = decisionRequest({ instructions: 'Judge it.', fields }, one.settings)
      if (!request) throw new Error('every case has a decision')
      const [own, other] = [
        wordingOf(
          adapter,
          plainMessages(
            exactAdapters[adapter].format({ instructions: probe.instructions, fields: probe.fields }, probe.demos, probe.inputs),
          ),
        ),
        wordingOf(adapter, probes[adapterIds.indexOf(adapter)]?.messages ?? []),
      ]
      const ours = plainMessages(exactAdapters[adapter].format(request.signature(one.demos), [], { q: 'Q' }))
      const bare = (wording: typeof own, messages: readonly PlainMessage[]): readonly string[] =>
        messages.map((message, i, all) => withoutWording(wording, message, i === all.length - 1, fields))
      expect(bare(own, ours), `seed ${seed}, case ${at}`).toEqual(bare(other, (theirs()[at]?.messages ?? []).map(inOurWords)))
    }
  })

  it('§B.4 follow from the same evidence in the same way', { timeout: 300_000 }, () => {
    let refused = 0
    for (const [at, one] of made.entries()) {
      const { values, error = '', evidence } = theirs()[at] ?? {}
      const fields = fieldsOf(one)
      const request = decisionRequest({ instructions: '', fields }, one.settings)
      const read = exactAdapters[one.adapter === 'two-step' ? 'chat' : one.adapter].parse(
        request?.signature([]) ?? { instructions: '', fields },
        repliesOf(one).at(-1) ?? '',
      )
      if (values === undefined) refused += 1
      expect(
        decidedOr(() => request?.decided(read) ?? {}),
        `seed ${seed}, case ${at}: ${error}`,
      ).toEqual(values === undefined ? 'undecided' : rounded(values))
      expect(request?.evidence(read)).toEqual(values === undefined ? one.evidence : evidence)
      expect(error.replace(/:.*/s, '')).toBe(values === undefined ? 'ValueError' : '')
    }
    expect(refused).toBeLessThan(made.length / 2)
  })
})

function decidedOr(decide: () => Json): Json {
  try {
    return rounded(decide())
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return 'undecided'
    throw error
  }
}

function ask(asked: readonly Case[]): readonly Theirs[] {
  const input = JSON.stringify(
    asked.map(one => ({
      ...one,
      outputs: one.outputs.map(({ name, type }) => ({ name, type: typeName(type) })),
      replies: repliesOf(one),
    })),
  )
  const child = spawnSync(python ?? '', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1e8 })
  const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
  if (child.status !== 0 || !read.ok || !Array.isArray(read.value)) throw new Error(child.stderr.slice(-3000))
  return read.value as unknown as readonly Theirs[]
}

/** DSPy's sentences about decisions, in whatever text they are quoted. */
function inOurWords({ role, content }: PlainMessage): PlainMessage {
  const pairs = [
    ['Task examples (labels or evidence):', frameText.decisionExamples],
    ['Probability that the answer is true.', evidenceText.noul],
    ['Probability of each option; sum to one.', evidenceText.probabilities],
    ['Confidence in the decision, from 0 to 1.', evidenceText.confidence],
  ] as const
  return { role, content: pairs.reduce((text, [their, our]) => text.replaceAll(their, our), content) }
}

/** Sums may differ in their last digit. */
function rounded(value: Json): Json {
  if (typeof value === 'number') return Math.round(value * 1e9) / 1e9
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]))
}

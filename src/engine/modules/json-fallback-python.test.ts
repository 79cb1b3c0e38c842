import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { dspyPython } from '@/testing/dspy-python'
import { toyModel } from '@/testing/toy-run'
import { field } from '@/testing/toy-programs'
import { adapters } from '../adapters/registry'
import { isEngineError } from '../base/errors'
import { chatOf } from '@/testing/chat-of'
import type { Lm } from '../lm/lm'
import { adapterIds, type AdapterId } from '../program/adapter-id'
import type { JsonFallback } from '../program/json-fallback'
import { predict } from './predict'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

interface Case {
  readonly adapter: AdapterId
  readonly fallback: Exclude<JsonFallback, 'twice'>
  readonly formats: Lm['capabilities']['responseFormats']
  /** The output is `dict[str, str]`, which no schema of DSPy's can say. */
  readonly open: boolean
  readonly answers: readonly string[]
}

interface Outcome {
  readonly asked: readonly string[]
  readonly value: Json
}

const good: Readonly<Record<AdapterId, readonly [text: string, open: string]>> = {
  chat: ['[[ ## label ## ]]\na', '[[ ## label ## ]]\n{"a": "b"}'],
  json: ['{"label": "a"}', '{"label": {"a": "b"}}'],
  xml: ['<label>\na\n</label>', '<label><a>b</a></label>'],
  baml: ['{"label": "a"}', '{"label": {"a": "b"}}'],
  // The second question of two is asked in chat.
  'two-step': ['[[ ## label ## ]]\na', '[[ ## label ## ]]\n{"a": "b"}'],
}
const bad = 'Hard to say.'

/** Every adapter, choice and kind of model, with answers that can be read at once, then, or never. */
const cases: readonly Case[] = adapterIds.flatMap(adapter =>
  // DSPy's second question always may be asked again in JSON.
  (adapter === 'two-step' ? (['once'] as const) : (['once', 'never'] as const)).flatMap(fallback =>
    ([['json_schema', 'json_object'], ['json_object'], []] as const).flatMap(formats =>
      [false, true].flatMap(open =>
        [0, 1, 2].map((unread): Case => {
          const [first, later] = [good[adapter], good.json].map(([text, dict]) => (open ? dict : text))
          const answers = [unread > 0 ? bad : (first ?? ''), unread > 1 ? bad : (later ?? ''), bad]
          return { adapter, fallback, formats, open, answers: adapter === 'two-step' ? ['It is a.', ...answers] : answers }
        }),
      ),
    ),
  ),
)

const script = `
import json, sys, warnings, dspy
from types import SimpleNamespace as Made
from dspy.adapters.baml_adapter import BAMLAdapter
warnings.simplefilter("ignore")
class Scripted(dspy.BaseLM):
    def __init__(self, formats, answers):
        super().__init__(model="scripted", cache=False)
        self.formats, self.answers, self.asked = formats, list(answers), []
    @property
    def supports_response_schema(self): return "json_schema" in self.formats
    @property
    def supported_params(self): return {"response_format"} if self.formats else set()
    def forward(self, prompt=None, messages=None, **kwargs):
        wanted = kwargs.get("response_format")
        self.asked.append("" if wanted is None else "json_object" if wanted == {"type": "json_object"} else "json_schema")
        message = Made(content=self.answers.pop(0), tool_calls=None)
        return Made(choices=[Made(message=message, finish_reason="stop", logprobs=None)], usage={}, model="scripted")
classes = {"chat": dspy.ChatAdapter, "json": dspy.JSONAdapter, "xml": dspy.XMLAdapter, "baml": BAMLAdapter}
outcomes = []
for case in json.load(sys.stdin):
    lm = Scripted(case["formats"], case["answers"])
    choice = {"use_json_adapter_fallback": False} if case["fallback"] == "never" and case["adapter"] in ("chat", "xml") else {}
    adapter = dspy.TwoStepAdapter(lm) if case["adapter"] == "two-step" else classes[case["adapter"]](**choice)
    label = dict[str, str] if case["open"] else str
    signature = dspy.Signature({"text": (str, dspy.InputField()), "label": (label, dspy.OutputField())}, "Do it.")
    with dspy.context(lm=lm, adapter=adapter):
        try: value = dspy.Predict(signature)(text="x").label
        except dspy.utils.exceptions.AdapterParseError: value = None
    outcomes.append({"asked": lm.asked, "value": value})
print(json.dumps(outcomes))
`

describe.skipIf(!python)('what follows an answer that cannot be read, beside DSPy itself', () => {
  it('is as many requests in the same formats, and the same value or failure', { timeout: 300_000 }, async () => {
    const child = spawnSync(python ?? '', ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8', maxBuffer: 1e8 })
    const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
    if (child.status !== 0 || !read.ok || !Array.isArray(read.value)) throw new Error(child.stderr.slice(-3000))
    for (const [index, one] of cases.entries()) expect({ ...one, ...(await ours(one)) }).toEqual({ ...one, ...Object(read.value[index]) })
    const counts = new Set(read.value.map(outcome => isJsonObject(outcome) && Array.isArray(outcome['asked']) && outcome['asked'].length))
    expect(counts).toEqual(new Set([1, 2, 3]))
  })
})

async function ours({ adapter, fallback, formats, open, answers }: Case): Promise<Outcome> {
  const asked: string[] = []
  const lm: Lm = {
    capabilities: { responseFormats: formats },
    generate(request) {
      const text = answers[asked.length] ?? ''
      asked.push(chatOf(request).responseFormat?.type ?? '')
      return Promise.resolve({
        text,
        finish: 'stop',
        usage: { inputTokens: 1, outputTokens: 1 },
        ms: 1,
        cached: false,
        attempts: 1,
      })
    },
  }
  const type = open ? ({ kind: 'dict', of: { kind: 'str' } } as const) : ({ kind: 'str' } as const)
  const step = {
    signature: { instructions: 'Do it.', fields: [field('text', 'input'), field('label', 'output', type)] },
    demos: [],
    inputs: { text: 'x' },
    adapter: adapters[adapter],
    jsonFallback: fallback,
    lm,
    model: toyModel,
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
  } as const
  try {
    return { value: (await predict(step, () => undefined))['label'] ?? null, asked }
  } catch (error) {
    if (!isEngineError(error, 'adapter-parse')) throw error
    return { value: null, asked }
  }
}

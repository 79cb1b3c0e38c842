import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { dspyPython } from '@/testing/dspy-python'
import { realClock } from '@/testing/memory-ports'
import { edge, field, inputNode, outputNode, signatureNode } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { withoutSentences } from '@/testing/without-sentences'
import { estimateUsage } from '../lm/usage'
import type { ChatRequest, Lm, LmAnswer } from '../lm/lm'
import type { Part } from '../lm/parts'
import { adapters } from '../adapters/registry'
import { executeProgram } from '../graph/execute'
import { blobReader } from '../providers/openai/wire-messages'
import { wireChatRequest } from '../providers/openai/openai-compatible'
import { parseTypeName } from '../signature/parse-type-name'
import type { Field } from '../signature/signature'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import { predict } from './predict'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

interface Answer {
  readonly text?: string
  readonly calls?: readonly (readonly [id: string, name: string, args: JsonObject])[]
}
interface Question {
  readonly title: string
  readonly adapter: 'chat' | 'json' | 'xml'
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
  readonly values: JsonObject
  readonly answers: readonly Answer[]
  /** Where nothing is to be written, DSPy asks for an object without fields by a schema, which may keep a model from calling; here no format is asked for. */
  readonly isCallsAlone?: true
}

const search = { name: 'search', desc: 'Looks up a word.', args: { query: { type: 'string' }, most: { type: 'integer', default: 3 } } }
const asking = { inputs: { q: 'str', tools: 'list[dspy.Tool]' }, outputs: { a: 'Optional[str]', calls: 'dspy.ToolCalls' } } as const
const calling: Answer = { calls: [['c1', 'search', { query: 'sky' }]] }
const said: Readonly<Record<Question['adapter'], string>> = {
  chat: '[[ ## a ## ]]\nBlue.\n\n[[ ## completed ## ]]\n',
  json: '{"a": "Blue."}',
  xml: '<a>\nBlue.\n</a>',
}
const results = (...ids: readonly string[]): JsonObject => ({
  tool_calls: [
    { id: 'c1', name: 'search', args: { query: 'ä' } },
    { id: 'c2', name: 'search', args: { query: 'b', most: 1 } },
  ],
  tool_call_results: {
    tool_call_results: ids.map(id => ({ call_id: id, name: 'search', value: id === 'c1' ? { found: [1, 'ö'] } : 'none', is_error: false })),
  },
})

const questions: readonly Question[] = (['chat', 'json', 'xml'] as const).flatMap((adapter): readonly Question[] => [
  { title: '§2.9 calls alone', adapter, ...asking, values: { q: 'Why?', tools: [search] }, answers: [calling] },
  {
    title: '§2.9 calls beside words',
    adapter,
    ...asking,
    values: { q: 'Why?', tools: [search] },
    answers: [{ ...calling, text: said[adapter] }],
  },
  {
    title: '§2.9 calls beside words that cannot be read',
    adapter,
    ...asking,
    outputs: { a: 'int', calls: 'dspy.ToolCalls' },
    values: { q: 'Why?', tools: [search] },
    answers: [{ ...calling, text: 'Let me see.' }],
  },
  { title: '§2.9 words alone', adapter, ...asking, values: { q: 'Why?', tools: [search] }, answers: [{ text: said[adapter] }] },
  {
    title: '§2.9 neither, and then words in JSON',
    adapter,
    ...asking,
    values: { q: 'Why?', tools: [search] },
    answers: [{ text: '' }, { text: said.json }],
  },
  {
    title: '§2.9 one tool, and nothing else to write',
    adapter,
    inputs: { q: 'str', tool: 'dspy.Tool' },
    outputs: { calls: 'dspy.ToolCalls' },
    values: { q: 'Why?', tool: search },
    answers: [calling],
    isCallsAlone: true,
  },
  {
    title: '§2.6 calls and results of a history',
    adapter,
    inputs: { history: 'dspy.History', ...asking.inputs },
    outputs: asking.outputs,
    values: {
      q: 'Why?',
      tools: [search],
      history: {
        messages: [
          { q: 'One?', a: 'Wait.', calls: results('c1', 'c2') },
          { calls: results('c1', 'c2') },
          { q: 'Two?', a: 'Hm.', calls: results('c2', 'c1') },
          { q: 'Three?', calls: results('c1') },
          { q: 'Four?', a: 'Blue.', calls: { tool_calls: [{ name: 'search', args: {} }] } },
        ],
      },
    },
    answers: [{ text: said[adapter] }],
  },
])

const agents = (['chat', 'json'] as const).map(adapter => ({
  adapter,
  answers: [
    { calls: [['c1', 'lookup', { word: 'a' }], ['c2', 'nothing', {}]] },
    { text: adapter === 'json' ? '{"next_thought": "Once more."}' : '[[ ## next_thought ## ]]\nOnce more.', calls: [['c3', 'lookup', { word: 'b' }]] },
    { text: adapter === 'json' ? '{"next_thought": "Done."}' : '[[ ## next_thought ## ]]\nDone.' },
    { calls: [['c4', 'submit', { label: 'red' }]] },
  ] satisfies readonly Answer[],
})) // prettier-ignore

const script = `
import json, sys, typing, dspy, warnings, logging
from types import SimpleNamespace as N
from dspy.clients.base_lm import BaseLM
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
names = {"dspy": dspy, "Optional": typing.Optional, "list": list, "str": str, "int": int}
class Stub(BaseLM):
    supports_function_calling = True
    supports_response_schema = True
    supported_params = {"response_format", "tools", "tool_choice"}
    supports_reasoning = False
    def __init__(self, answers):
        super().__init__(model="stub", cache=False); self.answers = list(answers); self.seen = []
    def forward(self, prompt=None, messages=None, **given):
        kept = {k: given[k] for k in ("tools", "tool_choice") if k in given}
        self.seen.append({"messages": messages, **kept, "format": "response_format" in given})
        answer = self.answers.pop(0)
        calls = [N(id=i, type="function", function=N(name=n, arguments=json.dumps(a))) for i, n, a in answer.get("calls", [])]
        message = N(content=answer.get("text"), tool_calls=calls or None, reasoning_content=None)
        return N(choices=[N(message=message, finish_reason="stop", logprobs=None)], usage={}, model="stub")
adapters = {
    "chat": dspy.ChatAdapter(use_native_function_calling=True),
    "json": dspy.JSONAdapter(),
    "xml": dspy.XMLAdapter(use_native_function_calling=True),
}
def tool(value): return dspy.Tool(lambda **k: None, name=value["name"], desc=value.get("desc", ""), args=value["args"])
def made(text, value):
    if text == "dspy.Tool": return tool(value)
    if text == "list[dspy.Tool]": return [tool(one) for one in value]
    if text == "dspy.History":
        read = lambda turn: {k: dspy.ToolCalls.model_validate(v) if k == "calls" else v for k, v in turn.items()}
        return dspy.History(messages=[read(turn) for turn in value["messages"]])
    return value
def plain(value):
    if not isinstance(value, dspy.ToolCalls): return value
    return {"tool_calls": [{**({"id": c.id} if c.id else {}), "name": c.name, "args": c.args} for c in value.tool_calls]}
asked = json.load(sys.stdin)
told = []
for one in asked["questions"]:
    fields = {k: (eval(t, names), dspy.InputField()) for k, t in one["inputs"].items()}
    fields.update({k: (eval(t, names), dspy.OutputField()) for k, t in one["outputs"].items()})
    lm = Stub(one["answers"])
    given = {k: made(one["inputs"][k], v) for k, v in one["values"].items()}
    with dspy.context(lm=lm, adapter=adapters[one["adapter"]]):
        try: end = {k: plain(v) for k, v in dspy.Predict(dspy.Signature(fields, "Do it."))(**given).items()}
        except Exception as error: end = type(error).__name__
    told.append({"seen": lm.seen, "end": end})
def lookup(word: str) -> str:
    "Looks up a word."
    return word + "!"
for one in asked["agents"]:
    lm = Stub(one["answers"])
    with dspy.context(lm=lm, adapter=adapters[one["adapter"]]):
        end = dspy.ReActV2("text -> label", tools=[lookup])(text="hi")
    told.append({"seen": lm.seen, "end": {"label": end.label, "termination_reason": end.termination_reason}})
print(json.dumps(told))
`

interface Told {
  readonly seen: readonly JsonObject[]
  readonly end: Json
}

let known: readonly Told[] | undefined
/** One process for all of it: DSPy takes seconds to start. */
function theirs(at: number): Told | undefined {
  if (known === undefined) {
    const input = JSON.stringify({ questions, agents })
    const child = spawnSync(python ?? '', ['-W', 'ignore', '-c', script], { input, encoding: 'utf8', maxBuffer: 1e8 })
    const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
    if (child.status !== 0 || !read.ok) throw new Error(child.stderr.slice(-3000))
    known = read.value as unknown as readonly Told[]
  }
  return known[at]
}

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const call = { signal: new AbortController().signal, rollout: 0, purpose: 'row' } as const

describe.skipIf(!python)('tools offered to a model, beside DSPy itself', () => {
  it.each(questions.map((one, at) => [one.title, one.adapter, one, at] as const))(
    '%s, %s',
    { timeout: 120_000 },
    async (_title, _adapter, { adapter, inputs, outputs, values, answers, isCallsAlone }, at) => {
      const { lm, seen } = stub(answers)
      const fields = [...fieldsOf(inputs, 'input'), ...fieldsOf(outputs, 'output')]
      const step = { signature: { instructions: 'Do it.', fields }, demos: [], inputs: values, adapter: adapters[adapter] }
      const end = await predict({ ...step, jsonFallback: 'once', nativeTools: true, lm, model: toyModel, call }, () => undefined).catch(
        () => 'AdapterParseError',
      )
      const told = bare(theirs(at))
      const expected = isCallsAlone ? { ...told, seen: told?.seen.map(request => ({ ...request, format: false })) } : told
      expect({ seen: await seen(), end }).toEqual(expected)
    },
  )

  it.each(agents.map(({ adapter, answers }, at) => [adapter, answers, at] as const))(
    '§3.4 ReActV2 sends the turns of its agent as DSPy does, with %s',
    { timeout: 120_000 },
    async (adapter, answers, at) => {
      const { lm, seen } = stub(answers)
      const lookup = { name: 'lookup', desc: 'Looks up a word.', args: [{ name: 'word', type: { kind: 'str' } }], source: 'return inputs.word + "!"' }
      const node = { ...signatureNode('s', 'S', [field('text', 'input'), field('label', 'output')], 'react-v2'), moduleParams: { tools: [lookup] } }
      const graph = {
        nodes: [inputNode(field('text', 'output')), node, outputNode(field('label', 'input'))],
        edges: [edge('in.text', 's.text'), edge('s.label', 'out.label')],
        adapter,
        nativeTools: true,
        jsonFallback: 'once',
      } as const
      const { trace } = await executeProgram({ graph, state: {} }, { text: 'hi' }, { clock: realClock, runner, modelFor: () => ({ lm, model: toyModel }), call })
      const { label, termination_reason } = trace[0]?.outputs ?? {}
      expect({ seen: await seen(), end: { label, termination_reason } }).toEqual(bare(theirs(questions.length + at)))
    },
  )
}) // prettier-ignore

function fieldsOf(types: Readonly<Record<string, string>>, role: Field['role']): readonly Field[] {
  return Object.entries(types).map(([name, type]) => ({ id: name, name, role, type: parseTypeName(type), desc: '' }))
}

/** A model that gives these answers, and the requests it got, without the sentences of either side. */
function stub(answers: readonly Answer[]): { readonly lm: Lm; seen(): Promise<readonly Json[]> } {
  const requests: ChatRequest[] = []
  const lm: Lm = {
    capabilities: { responseFormats: ['json_schema', 'json_object'], tools: true },
    async generate(request) {
      if (request.kind === 'embed') throw new Error('asks for no vectors')
      const answer = answers[requests.push(request) - 1]
      if (answer === undefined) throw new Error('asks too often')
      return { ...answerOf(answer), usage: estimateUsage(request, ''), ms: 0, cached: false, attempts: 1 }
    },
  }
  return {
    lm,
    seen: () =>
      Promise.all(
        requests.map(async request => {
          const { messages, tools, tool_choice, response_format } = await wireChatRequest(request, blobReader(undefined))
          const rest = { ...(tools && { tools }), ...(tool_choice && { tool_choice }), format: response_format !== undefined }
          // What is sent is JSON, and the SDK's types of it are wider than that.
          return bareRequest({ messages: messages as unknown as Json, ...(rest as unknown as JsonObject) })
        }),
      ),
  }
}

function answerOf({ text = '', calls = [] }: Answer): LmAnswer {
  const parts = calls.map(([id, name, args]): Part => ({ type: 'tool-call', id, name, args }))
  return { text, ...(parts.length > 0 && { parts: [{ type: 'text', text }, ...parts] }), finish: 'stop' }
}

function bare(told: Told | undefined): Told | undefined {
  return told && { ...told, seen: told.seen.map(bareRequest) }
}

function bareRequest({ messages, tools, ...rest }: JsonObject): JsonObject {
  const words = (Array.isArray(messages) ? messages : []).filter(isJsonObject).map((message): JsonObject => {
    const { role, content } = message
    if (role === 'system') return { role, content: fieldNames(String(content)) }
    // An error stands there in the words of whoever ran the tool.
    if (role === 'tool' && message['name'] === 'nothing') return { ...message, content: '' }
    return { ...message, content: typeof content === 'string' ? withoutSentences(content) : (content ?? null) }
  })
  return { ...rest, messages: words, ...(Array.isArray(tools) && { tools: tools.filter(isJsonObject).map(bareTool) }) }
}

/** The words on `submit` are ours. */
function bareTool(tool: JsonObject): JsonObject {
  const { function: called } = tool
  return isJsonObject(called) && called['name'] === 'submit' ? { ...tool, function: { ...called, description: '' } } : tool
}

function fieldNames(system: string): Json {
  return system.split('\n').flatMap(line => /^\d+\. `\w+` \(.*?\):/.exec(line)?.[0] ?? [])
}

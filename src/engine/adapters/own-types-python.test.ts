import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { dspyPython } from '@/testing/dspy-python'
import { withoutSentences } from '@/testing/without-sentences'
import { memoryBlobs } from '../blobs/blob-store'
import { readDataUrl } from '../blobs/data-url'
import { coerceValue } from '../signature/check-value'
import type { Field } from '../signature/signature'
import { parseTypeName } from '../signature/parse-type-name'
import { promptTypeName } from '../signature/type-name'
import { blobReader, wireMessages } from '../providers/openai/wire-messages'
import { parseValue } from './parse-value'
import { adapters } from './registry'
import { frameText } from './frame-text'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

const store = memoryBlobs()
const kept = async (url: string, name?: string) => {
  const file = readDataUrl(url)
  if (!file) throw new Error(`${url} is a data URL`)
  return { ...(await store.put(file.bytes, file.mime)), ...(name !== undefined && { name }) }
}

const png = 'data:image/png;base64,iVBORw=='
const wav = 'data:audio/wav;base64,UklGRg=='
const mp3 = 'data:audio/mpeg;base64,SUQz'
const pdf = 'data:application/pdf;base64,JVBERg=='
const search = { name: 'search', desc: 'Looks up\na word.', args: { query: { type: 'string' } } }
const cited = {
  type: 'char_location',
  cited_text: 'Blue.',
  document_index: 0,
  document_title: 'Sky',
  start_char_index: 8,
  end_char_index: 13,
}

interface Case {
  /** The facts of the reference that it stands for. */
  readonly title: string
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
  /** Values as our programs hold them, and as DSPy's constructors take them. */
  readonly ours: JsonObject
  readonly theirs: JsonObject
  readonly demos?: readonly { readonly ours: JsonObject; readonly theirs: JsonObject }[]
  /** Documents go as blocks to models that cite only. */
  readonly cites?: true
}

const same = (values: JsonObject): Pick<Case, 'ours' | 'theirs'> => ({ ours: values, theirs: values })

const cases: readonly Case[] = [
  {
    title: '§2.6 an image is a part of its own between the texts around it',
    inputs: { photo: 'dspy.Image', q: 'str' },
    outputs: { a: 'str' },
    ours: { photo: await kept(png), q: 'What?' },
    theirs: { photo: png, q: 'What?' },
    demos: [{ ours: { photo: await kept(png), q: 'Q', a: 'A' }, theirs: { photo: png, q: 'Q', a: 'A' } }],
  },
  {
    title: '§2.6 an address of an image is sent as it is',
    inputs: { photo: 'dspy.Image' },
    outputs: { a: 'str' },
    ours: { photo: { $url: 'https://a.example/b.png' } },
    theirs: { photo: 'https://a.example/b.png' },
  },
  {
    title: '§2.6 images in a list stand between its brackets',
    inputs: { photos: 'list[dspy.Image]', q: 'str' },
    outputs: { a: 'str' },
    ours: { photos: [await kept(png), { $url: 'https://a.example/b.png' }], q: 'Which?' },
    theirs: { photos: [png, 'https://a.example/b.png'], q: 'Which?' },
  },
  {
    title: '§2.6 a recording goes as input_audio with its format',
    inputs: { one: 'dspy.Audio', two: 'dspy.Audio' },
    outputs: { a: 'str' },
    ours: { one: await kept(wav), two: await kept(mp3) },
    theirs: { one: { data: 'UklGRg==', audio_format: 'wav' }, two: { data: 'SUQz', audio_format: 'mp3' } },
  },
  {
    title: '§2.6 a file goes with its data and its name, or with its id',
    inputs: { one: 'dspy.File', two: 'dspy.File', three: 'Optional[dspy.File]' },
    outputs: { a: 'str' },
    ours: { one: await kept(pdf, 'a.pdf'), two: { $file: 'file-1' }, three: { $file: 'file-2', name: 'b.pdf' } },
    theirs: { one: { file_data: pdf, filename: 'a.pdf' }, two: { file_id: 'file-1' }, three: { file_id: 'file-2', filename: 'b.pdf' } },
  },
  {
    title: '§2.6, H01 turns of a history are messages before the request, those of the user with the reminder',
    inputs: { history: 'dspy.History', q: 'str', n: 'int' },
    outputs: { a: 'str', ok: 'bool' },
    ...same({
      history: { messages: [{ q: 'One?', n: 1, a: 'Yes.', ok: true }, { q: 'Two?' }, { a: 'Only this.', ok: false }, {}] },
      q: 'Three?',
      n: 3,
    }),
    demos: [same({ q: 'D', n: 0, a: 'E', ok: true })],
  },
  {
    title: '§2.6 a demo that holds a history shows it as JSON, and is complete',
    inputs: { q: 'str', history: 'dspy.History' },
    outputs: { a: 'str' },
    ...same({ history: { messages: [] }, q: 'Now?' }),
    demos: [same({ q: 'D', a: 'E', history: { messages: [{ q: 'x', a: 'y' }] } }), same({ q: 'F', a: 'G' })],
  },
  {
    title: '§2.6 a history holds images of earlier turns',
    inputs: { photo: 'dspy.Image', history: 'dspy.History' },
    outputs: { a: 'str' },
    ours: { photo: await kept(png), history: { messages: [{ photo: { $url: 'https://a.example/b.png' }, a: 'A cat.' }] } },
    theirs: { photo: png, history: { messages: [{ photo: 'https://a.example/b.png', a: 'A cat.' }] } },
  },
  {
    title: '§2.2 a history that is not given is no turn',
    inputs: { q: 'str', history: 'dspy.History' },
    outputs: { a: 'str' },
    ...same({ q: 'Alone?' }),
  },
  {
    title: '§2.2, §2.4 code is named by its language, described, and has no note',
    inputs: { code: "dspy.Code['python']", plain: 'dspy.Code' },
    outputs: { better: "dspy.Code['java']", r: 'dspy.Reasoning' },
    ...same({ code: 'print(1)\nprint(2)', plain: 'x' }),
    demos: [same({ code: 'a', plain: 'b', better: 'int c;', r: 'It is shorter.' })],
  },
  {
    title: '§2.9 a tool is a line of its name, its description and its arguments as Python prints them',
    inputs: { tools: 'list[dspy.Tool]', one: 'dspy.Tool' },
    outputs: { calls: 'dspy.ToolCalls' },
    ...same({ tools: [search, { name: 'finish', args: {} }], one: search }),
  },
  {
    title: '§2.9 calls of tools are JSON without ids, and have a remark of their own',
    inputs: { q: 'str' },
    outputs: { calls: 'dspy.ToolCalls' },
    ...same({ q: 'Go.' }),
    demos: [same({ q: 'D', calls: { tool_calls: [{ id: 'c1', name: 'search', args: { query: 'cats', n: 2 } }] } })],
  },
  {
    title: '§2.6 results of tools in a history follow the calls as a turn of the user',
    inputs: { q: 'str', history: 'dspy.History' },
    outputs: { calls: 'dspy.ToolCalls' },
    ...same({
      q: 'And?',
      history: {
        messages: [
          {
            q: 'Go.',
            calls: {
              tool_calls: [{ id: 'c1', name: 'search', args: { query: 'cats' } }],
              tool_call_results: [{ call_id: 'c1', name: 'search', value: 'Nine lives.', is_error: false }],
            },
          },
        ],
      },
    }),
  },
  {
    title: '§2.6, X07 documents go as blocks, text as text and a PDF as base64',
    inputs: { documents: 'list[dspy.experimental.Document]', one: 'dspy.experimental.Document', q: 'str' },
    outputs: { a: 'str' },
    ...same({
      documents: [
        { data: 'Sky is blue.', title: 'Sky' },
        { data: 'JVBERg==', media_type: 'application/pdf', context: 'Of 2024.' },
      ],
      one: { data: 'Plain.' },
      q: 'Colour?',
    }),
    cites: true,
  },
  {
    title: '§2.2 citations are described and have the schema as their note',
    inputs: { q: 'str' },
    outputs: { c: 'dspy.experimental.Citations', a: 'str' },
    ...same({ q: 'Colour?' }),
  },
]

const reads: readonly (readonly [type: string, texts: readonly string[]])[] = [
  [
    "dspy.Code['python']",
    [
      'print(1)', '```python\nprint(1)\n```', '```print(1)```', '{"code": "x=1"}', '{"code": "```\\nx\\n```"}', '[1,2]', '5', 'null', 'true',
      'Here:\n```python\na\n```\nand\n```\nb\n```', "{'a': 1}", '```python\n```', 'x = {}\nprint(x)', '```py print(1)\n```', '```open', '"quoted"',
    ],
  ],
  ['dspy.Reasoning', ['think', '{"content":"x"}', '5', '[1]', 'null', '"x"', '{"other": 1}']],
  [
    'dspy.ToolCalls',
    [
      '{"tool_calls":[{"name":"s","args":{"q":1}}]}', '[{"name":"s","args":{}}]', '{"name":"s","args":{"a":1}}', '[]', '{"tool_calls":[]}', 'x',
      '{"function":{"name":"f","arguments":"{\\"a\\":1}"}}', '{"name":"s"}', '{"tool_calls":[{"id":"c1","name":"s","args":{}}],"tool_call_results":5}',
      '{"tool_calls":[{"name":"s","arguments":{"q":1}}]}', '```json\n{"name":"s","args":{"a":1}}\n```', '{"tool_calls":"x"}', '{"tool_calls":[{"args":{}}]}',
    ],
  ],
  [
    'dspy.experimental.Citations',
    [
      JSON.stringify([cited]), '{"citations":[]}', '[]', JSON.stringify(cited), '[{"cited_text":"a"}]', 'x',
      '{"citations":[{"cited_text":"a","document_index":"0","start_char_index":0,"end_char_index":1,"z":1}]}',
    ],
  ],
  ['dspy.experimental.Document', ['text', '{"data":"x","title":"t"}', '{"title":"t"}', '5', '[1]', '{"data":"x","media_type":"text/html"}', '{"data":"x","z":1}']],
  ['dspy.History', ['{"messages":[{"q":"a"}]}', '{"messages":[]}', '{"messages":[1]}', '{"messages":[{"q":"a"}],"x":1}', 'x']],
] // prettier-ignore

/** DSPy's JSON adapter calls tools natively unless it is told not to, and its messages are then those of the provider. */
const script = `
import json, sys, typing, dspy, warnings
from dspy.experimental import Document, Citations
from dspy.adapters.utils import get_annotation_name, parse_value
warnings.simplefilter("ignore")
names = {"dspy": dspy, "Optional": typing.Optional, "list": list, "str": str, "int": int, "bool": bool}
of = lambda text: eval(text, names)
def made(text, value):
    if value is None: return None
    if text.startswith("Optional["): return made(text[9:-1], value)
    if text.startswith("list["): return [made(text[5:-1], item) for item in value]
    if text in ("dspy.Image", "dspy.File") and not isinstance(value, dict): return of(text)(value)
    if text.startswith("dspy.Code"): return of(text)(code=value)
    if text == "dspy.Reasoning": return dspy.Reasoning(content=value)
    if text == "dspy.ToolCalls": return dspy.ToolCalls.model_validate(value)
    if text == "dspy.Tool": return dspy.Tool(lambda: None, name=value["name"], desc=value.get("desc", ""), args=value["args"])
    if text.startswith("dspy."): return of(text)(**value)
    return value
def values(case, given):
    types = {**case["inputs"], **case["outputs"]}
    out = {}
    for k, v in given.items():
        if types[k] == "dspy.History": v = {"messages": [values(case, turn) for turn in v["messages"]]}
        out[k] = made(types[k], v)
    return out
asked = json.load(sys.stdin)
laid = []
for case in asked["cases"]:
    fields = {k: (of(t), dspy.InputField()) for k, t in case["inputs"].items()}
    fields.update({k: (of(t), dspy.OutputField()) for k, t in case["outputs"].items()})
    signature = dspy.Signature(fields, "Do it.")
    one = {"types": [get_annotation_name(f.annotation) for f in signature.fields.values()]}
    for name, adapter in {"chat": dspy.ChatAdapter(), "json": dspy.JSONAdapter(use_native_function_calling=False), "xml": dspy.XMLAdapter()}.items():
        one[name] = adapter.format(signature, [values(case, d["theirs"]) for d in case["demos"]], values(case, case["theirs"]))
    laid.append(one)
def plain(value):
    if isinstance(value, dspy.Code): return value.code
    if isinstance(value, dspy.Reasoning): return value.content
    if isinstance(value, Citations): return {"citations": [c.format() for c in value]}
    if isinstance(value, Document): return {k: getattr(value, k) for k in value.model_fields_set}
    if isinstance(value, dspy.ToolCalls):
        calls = [{**({"id": c.id} if c.id else {}), "name": c.name, "args": c.args} for c in value.tool_calls]
        return {"tool_calls": calls, **({} if value.tool_call_results is None else {"tool_call_results": value.tool_call_results})}
    return value.model_dump()
read = []
for text, answers in asked["reads"]:
    row = []
    for answer in answers:
        try: row.append({"value": plain(parse_value(answer, of(text)))})
        except Exception as error: row.append({"error": type(error).__name__})
    read.append(row)
print(json.dumps({"laid": laid, "read": read}))
`

interface WireMessage {
  readonly role: string
  readonly content: string | readonly JsonObject[]
}

interface Theirs {
  readonly laid: readonly (Readonly<Record<'chat' | 'json' | 'xml', readonly WireMessage[]>> & { readonly types: readonly string[] })[]
  readonly read: readonly (readonly ({ readonly value: Json } | { readonly error: string })[])[]
}

let answered: Theirs | undefined
/** One process for all of it: DSPy takes seconds to start. */
function theirs(): Theirs {
  if (answered) return answered
  const input = JSON.stringify({ cases: cases.map(one => ({ demos: [], ...one })), reads })
  const child = spawnSync(python ?? '', ['-W', 'ignore', '-c', script], { input, encoding: 'utf8', maxBuffer: 1e8 })
  const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
  if (child.status !== 0 || !read.ok) throw new Error(child.stderr.slice(-3000))
  return (answered = read.value as unknown as Theirs)
}

describe.skipIf(!python)("messages with DSPy's own types beside those of DSPy itself", () => {
  describe.each(cases.map((one, index) => [one.title, one, index] as const))('%s', (_title, one, index) => {
    it.each(['chat', 'json', 'xml'] as const)('%s', { timeout: 120_000 }, async adapter => {
      const laid = theirs().laid[index]
      const ours = await laidOut(one, adapter)
      expect(ours.map(({ role }) => role)).toEqual(laid?.[adapter].map(({ role }) => role))
      expect(ours.map(bare)).toEqual(laid?.[adapter].map(bare).map(withoutQuotes))
      expect(fieldsOf(one).map(({ type }) => promptTypeName(type))).toEqual(laid?.types)
      expect(fieldLines(ours)).toEqual(fieldLines(laid?.[adapter] ?? []))
    })
  })

  it.each(reads.map(([type, texts], index) => [type, texts, index] as const))(
    '§2.11 reads what stands for a %s as DSPy does',
    { timeout: 120_000 },
    (type, texts, index) => {
      const read = texts.map(text => {
        const value = parseValue(parseTypeName(type), text)
        return [text, value.ok ? value.value : 'refused']
      })
      const expected = texts.map((text, at) => {
        const answer = theirs().read[index]?.[at]
        return [text, answer && 'value' in answer ? answer.value : 'refused']
      })
      expect(read).toEqual(expected)
    },
  )
})

function fieldsOf({ inputs, outputs }: Case): readonly Field[] {
  const field =
    (role: Field['role']) =>
    ([name, type]: readonly [string, string]): Field => ({
      id: name,
      name,
      role,
      type: parseTypeName(type),
      desc: '',
    })
  return [...Object.entries(inputs).map(field('input')), ...Object.entries(outputs).map(field('output'))]
}

async function laidOut(one: Case, adapter: 'chat' | 'json' | 'xml'): Promise<readonly WireMessage[]> {
  const fields = fieldsOf(one)
  // Values that no program would hold would prove nothing.
  const misfit = fields.find(({ name, type }) => (one.ours[name] ?? null) !== null && !coerceValue(type, one.ours[name] ?? null).ok)
  if (misfit) throw new Error(`${misfit.name} does not fit`)
  const demos = (one.demos ?? []).map(demo => demo.ours)
  const messages = adapters[adapter].format({ instructions: 'Do it.', fields }, demos, one.ours)
  // What is sent is JSON, and the SDK's types of it are wider than that.
  return (await wireMessages(messages, blobReader(store), one.cites)) as unknown as readonly WireMessage[]
}

/** A message without our sentences and DSPy's: its parts, of the texts the last paragraph left out where it is a reminder. */
function bare({ role, content }: WireMessage): Json {
  if (role === 'system') return null
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return parts.map(part => (typeof part['text'] === 'string' ? { ...part, text: withoutSentences(part['text']) } : part))
}

/** The deliberate difference of `filePlaces`: around a file in a list DSPy leaves the quotes of the JSON text that it was. */
function withoutQuotes(parts: Json): Json {
  if (!Array.isArray(parts)) return parts
  const isText = (part: Json | undefined): boolean => isJsonObject(part) && part['type'] === 'text'
  return parts.map((part: Json, at) => {
    if (!isJsonObject(part) || !isText(part)) return part
    const [before, after] = [at > 0 && !isText(parts[at - 1]), at < parts.length - 1 && !isText(parts[at + 1])]
    const text = String(part['text'])
    const start = before && text.startsWith('"') ? 1 : 0
    return { ...part, text: text.slice(start, after && text.endsWith('"') ? -1 : undefined) }
  })
}

/** The numbered lines up to the colon, how many lines of words on types stand under each, and which placeholders have a note. */
function fieldLines(messages: readonly WireMessage[]): Json {
  const system = String(messages[0]?.content)
  const lines = system.split('\n')
  const heads = lines.flatMap(line => /^\d+\. `\w+` \(.*?\):/.exec(line)?.[0] ?? [])
  const words = lines.filter(line => line.startsWith(frameText.typeWords('')) || line.startsWith('    Type description of ')).length
  const notes = [...system.matchAll(/\{(\w+)\}( {8}# note)?/g)].flatMap(([, name = '', note]) => (note === undefined ? [] : [name]))
  return [heads, words, notes]
}

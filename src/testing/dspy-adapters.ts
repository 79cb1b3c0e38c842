import { spawnSync } from 'node:child_process'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { PlainMessage } from '@/engine/lm/parts'
import { promptTypeName } from '@/engine/signature/type-name'
import type { Field } from '@/engine/signature/signature'
import type { AdapterId } from '@/engine/program/adapter-id'
import { parseJson, type Json, type JsonObject } from '@/lib/json'

/** What DSPy's adapters are asked: to lay a prompt out, and to read texts. */
export interface AdapterCase {
  readonly adapter: AdapterId
  readonly fields: readonly Field[]
  readonly instructions: string
  readonly demos: readonly JsonObject[]
  readonly inputs: JsonObject
  readonly texts: readonly string[]
}

export interface AdapterAnswer {
  readonly messages: readonly PlainMessage[]
  /** What the second question of two looks like, about the text `TEXT`. */
  readonly extraction?: AdapterAnswer['messages']
  readonly read: readonly ({ readonly values: JsonObject } | { readonly error: string })[]
}

/**
 * Types are built as Python objects, since DSPy's signature strings cannot name a class; an object with fields is a pydantic model that is
 * called what we show for it. A whole number that stands for a float is made one, which JSON does not say.
 */
const script = `
import enum, json, math, sys, typing, datetime, warnings, dspy, pydantic
from pydantic import TypeAdapter
from dspy.adapters.baml_adapter import BAMLAdapter
warnings.simplefilter("ignore")
plain = {"str": str, "int": int, "float": float, "bool": bool, "any": typing.Any, "date": datetime.date, "datetime": datetime.datetime, "time": datetime.time}
bare = {"list": list, "set": set, "tuple": tuple, "dict": dict}
def made(t):
    kind = t["kind"]
    if t.get("isBare"): return bare[kind]
    if kind == "enum": return typing.Literal[tuple(t["values"])]
    if kind == "list": return list[made(t["of"])]
    if kind == "set": return set[made(t["of"])]
    if kind == "tuple": return tuple[made(t["rest"]), ...] if "rest" in t else tuple[tuple(made(i) for i in t["items"])] if t["items"] else tuple[()]
    if kind == "dict": return dict[made(t["key"]) if "key" in t else str, made(t["of"])]
    if kind == "optional": return typing.Optional[made(t["of"])]
    if kind == "union": return typing.Union[tuple(made(o) for o in t["of"])]
    if kind == "object":
        if not t["fields"]: return dict[str, typing.Any]
        return pydantic.create_model(t["name"], **{n: (made(o), None if o["kind"] == "optional" else ...) for n, o in t["fields"].items()})
    if kind == "enum-class":
        if t["name"] not in own: own[t["name"]] = enum.Enum(t["name"], {m["name"]: m["value"] for m in t["members"]})
        return own[t["name"]]
    if kind == "class":
        if t["name"] not in own: own[t["name"]] = pydantic.create_model(t["name"], __doc__=t.get("desc"), **{f["name"]: (made(f["type"]), pydantic.Field(f["default"] if "default" in f else ..., description=f.get("desc"))) for f in t["fields"]})
        return own[t["name"]]
    return plain[kind]
own = {}
def fixed(t, v):
    kind = t["kind"]
    if v is None or t.get("isBare"): return v
    if kind == "float": return float(v) if type(v) is int else v
    if kind == "optional": return fixed(t["of"], v)
    if kind in ("list", "set") and isinstance(v, list): return [fixed(t["of"], i) for i in v]
    if kind == "tuple" and isinstance(v, list): return [fixed(t["rest"] if "rest" in t else t["items"][i], x) for i, x in enumerate(v)]
    if kind == "dict" and isinstance(v, dict): return {k: fixed(t["of"], x) for k, x in v.items()}
    if kind == "class" and isinstance(v, dict):
        types = {f["name"]: f["type"] for f in t["fields"]}
        return {k: fixed(types[k], x) if k in types else x for k, x in v.items()}
    if kind == "object" and isinstance(v, dict) and t["fields"]: return {k: fixed(t["fields"][k], x) if k in t["fields"] else x for k, x in v.items()}
    return v
def instance(t, a, v):
    if t["kind"] == "optional": return v if v is None else instance(t["of"], typing.get_args(a)[0], v)
    return a.model_construct(**v) if (t["kind"] == "class" or t["kind"] == "object" and t["fields"]) and isinstance(v, dict) else v
def shown(v):
    if isinstance(v, float) and not math.isfinite(v): return str(v)
    if isinstance(v, dict): return {str(k): shown(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)): return [shown(x) for x in v]
    return v
class Silent(dspy.BaseLM):
    def __init__(self): super().__init__(model="silent")
classes = {"chat": dspy.ChatAdapter, "json": dspy.JSONAdapter, "xml": dspy.XMLAdapter, "baml": BAMLAdapter, "two-step": lambda: dspy.TwoStepAdapter(Silent())}
answers = []
for case in json.load(sys.stdin):
    fields = {}
    for f in case["fields"]:
        field = dspy.InputField if f["role"] == "input" else dspy.OutputField
        fields[f["name"]] = (made(f["type"]), field(desc=f["desc"]) if f["desc"] else field())
    signature = dspy.Signature(fields, case["instructions"])
    adapter = classes[case["adapter"]]()
    types = {f["name"]: f["type"] for f in case["fields"]}
    def row(values):
        values = {k: fixed(types[k], v) for k, v in values.items()}
        if case["adapter"] != "baml": return values
        return {k: instance(types[k], fields[k][0], v) if k in signature.input_fields else v for k, v in values.items()}
    answer = {"messages": [], "read": []}
    try: answer["messages"] = adapter.format(signature, [row(d) for d in case["demos"]], row(case["inputs"]))
    except Exception as error: answer["messages"] = [{"role": "error", "content": repr(error)}]
    if case["adapter"] == "two-step":
        answer["extraction"] = dspy.ChatAdapter().format(adapter._create_extractor_signature(signature), [], {"text": "TEXT"})
    for text in case["texts"]:
        try:
            values = adapter.parse(signature, text)
            answer["read"].append({"values": {k: shown(TypeAdapter(fields[k][0]).dump_python(v, mode="json")) for k, v in values.items()}})
        except Exception as error: answer["read"].append({"error": type(error).__name__})
    answers.append(answer)
print(json.dumps(answers, default=str))
`

/** Asks DSPy about all cases in one process. */
export function askDspyAdapters(python: string, cases: readonly AdapterCase[]): readonly AdapterAnswer[] {
  const input = JSON.stringify(cases.map(one => ({ ...one, fields: one.fields.map(field => ({ ...field, type: named(field.type) })) })))
  const child = spawnSync(python, ['-c', script], { input, encoding: 'utf8', maxBuffer: 1e9 })
  const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
  if (child.status !== 0 || !read.ok || !Array.isArray(read.value)) throw new Error(child.stderr.slice(-3000))
  return read.value as unknown as readonly AdapterAnswer[]
}

/** With the name of the class for each object. */
function named(type: FieldType): Json {
  switch (type.kind) {
    case 'object':
      return {
        ...type,
        name: promptTypeName(type),
        fields: Object.fromEntries(Object.entries(type.fields).map(([name, of]) => [name, named(of)])),
      }
    case 'list':
    case 'set':
    case 'dict':
    case 'optional':
      return { ...type, of: named(type.of) } as unknown as Json
    case 'tuple':
      return { ...type, items: type.items.map(named), ...(type.rest && { rest: named(type.rest) }) } as unknown as Json
    case 'union':
      return { ...type, of: type.of.map(named) }
    case 'class':
      return { ...type, fields: type.fields.map(field => ({ ...field, type: named(field.type) })) } as unknown as Json
    default:
      return type as unknown as Json
  }
}

/**
 * adapter.py: the same for every program. It lays messages out from the texts in messages.json and prints values as `format-value.ts`,
 * `messages.ts` and `history.ts` do; `frames.ts` writes what it reads.
 */
export const adapterPython = String.raw`"""Sends the messages that DSPy Studio sends, word for word, through DSPy.

The fixed texts of each prompt are in messages.json. This file puts values into them. Answers are read by DSPy's own adapters.
"""

import inspect
import json
import math
import re

import dspy
from dspy.adapters.baml_adapter import BAMLAdapter
from dspy.utils.exceptions import AdapterParseError
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

MARK = "\ue000"
ANY = {"kind": "any"}
HINT = "hint_"


class StudioAdapter(dspy.Adapter):
    """An adapter that knows the prompts of one program. A signature it does not know goes to DSPy's adapter of the same kind."""

    def __init__(self, layout="chat", extraction_lm=None, **options):
        super().__init__(**options)
        self.layout = layout
        self.extraction_lm = extraction_lm
        self.plans = {}

    def learn(self, signature, plans):
        """From now on, prompts for this signature are laid out by these plans, the first one first."""
        self.plans[signature_key(signature)] = plans

    def format(self, signature, demos, inputs):
        plans = self.plans.get(signature_key(signature))
        if plans is None:
            return own_adapter(self.layout).format(signature, demos, inputs)
        return messages_of(plans[0], signature.instructions, demos, inputs)

    def parse(self, signature, completion):
        return own_adapter(self.layout).parse(signature, completion)

    def format_user_message_content(self, signature, inputs, *rest, **options):
        return own_adapter(self.layout).format_user_message_content(signature, inputs, *rest, **options)

    def __call__(self, lm, lm_kwargs, signature, demos, inputs):
        plans = self.plans.get(signature_key(signature))
        if plans is None:
            return self._own()(lm, lm_kwargs, signature, demos, inputs)
        return [answered(plans, lm, lm_kwargs, signature, demos, inputs, self.extraction_lm)]

    async def acall(self, lm, lm_kwargs, signature, demos, inputs):
        if signature_key(signature) not in self.plans:
            return await self._own().acall(lm, lm_kwargs, signature, demos, inputs)
        return self(lm, lm_kwargs, signature, demos, inputs)

    def _own(self):
        return own_adapter(self.layout, self.extraction_lm)


def own_adapter(layout, extraction_lm=None):
    """DSPy's adapter of this kind."""
    if layout == "two-step":
        return dspy.TwoStepAdapter(extraction_model=extraction_lm or dspy.settings.lm)
    return {"json": dspy.JSONAdapter, "xml": dspy.XMLAdapter, "baml": BAMLAdapter}.get(layout, dspy.ChatAdapter)()


def signature_key(signature):
    fields = [(name, field.json_schema_extra) for name, field in signature.fields.items()]
    types = {name: repr(field.annotation) for name, field in signature.fields.items()}
    return tuple((name, extra["__dspy_field_type"], types[name], extra.get("desc")) for name, extra in fields)


def with_hint(signature, desc):
    """The signature with an input for advice, the last of its inputs."""
    return signature.insert(-1, HINT, dspy.InputField(desc=desc), str)


def answered(plans, lm, lm_kwargs, signature, demos, inputs, extraction_lm):
    """Asks until an answer can be read: as planned, and in JSON where the first answer could not be read."""
    later = list(plans)
    plan = later.pop(0)
    while True:
        try:
            return asked(plan, lm, lm_kwargs, signature, demos, inputs, extraction_lm)
        except AdapterParseError:
            if not later:
                raise
            plan = later.pop(0)
        except Exception as error:
            if "responseFormat" not in plan or not is_refused_format(error):
                raise
            following = later.pop(0) if later else plan.get("instead")
            if following is None:
                raise
            plan = following


def is_refused_format(error):
    return type(error).__name__ in ("BadRequestError", "LMInvalidRequestError", "LMUnsupportedFeatureError", "UnsupportedParamsError")


def asked(plan, lm, lm_kwargs, signature, demos, inputs, extraction_lm):
    messages = messages_of(plan, signature.instructions, demos, inputs)
    settings = {key: value for key, value in lm_kwargs.items() if key not in ("tools", "tool_choice", "parallel_tool_calls")}
    if "responseFormat" in plan:
        settings["response_format"] = plan["responseFormat"]
    output = lm(messages=messages, **settings)[0]
    text = output.get("text") if isinstance(output, dict) else output
    if not text or not text.strip():
        raise AdapterParseError(adapter_name="StudioAdapter", signature=signature, lm_response=str(output), message="The model sent an empty answer.")
    if "extraction" not in plan:
        return complete(signature, own_adapter(plan["layout"]).parse(signature, text))
    question = plan["extraction"]
    name = question["answer"]
    reading = dspy.Signature(
        {name: (str, dspy.InputField()), **{key: (field.annotation, field) for key, field in signature.output_fields.items()}},
        question["instructions"],
    )
    shared = {key: value for key, value in lm_kwargs.items() if key not in ("temperature", "rollout_id")}
    return answered(question["plans"], extraction_lm or lm, shared, reading, [], {name: text}, None)


def complete(signature, values):
    return {name: values.get(name) for name in signature.output_fields}


# --- messages ---


def messages_of(plan, instructions, demos, inputs):
    """System message, demos, earlier turns of a conversation, and the request."""
    inputs = plain_row(plan, inputs)
    given = [field for field in plan["fields"] if field["role"] == "input"]
    outputs = [field for field in plan["fields"] if field["role"] == "output"]
    history = next((field for field in given if field["type"]["kind"] == "history"), None)
    shown = [field for field in given if field is not history]
    messages = [{"role": "system", "content": system_text(plan, instructions)}]
    messages += demo_messages(plan, given, outputs, [plain_row(plan, demo) for demo in demos])
    if history is not None:
        messages += history_messages(plan, shown, outputs, inputs.get(history["name"]))
    return messages + [{"role": "user", "content": user_content(plan, shown, inputs, suffix=plan["reminder"])}]


def system_text(plan, instructions):
    cleaned = inspect.cleandoc(instructions or "")
    if cleaned == "":
        return plan["withoutInstructions"]
    before, after = plan["system"].split(MARK)
    start = before.rsplit("\n", 1)[-1]
    indent = start if start.strip() == "" else ""
    return before + ("\n" + indent).join(cleaned.split("\n")) + after


def demo_messages(plan, inputs, outputs, demos):
    incomplete, complete_ones = [], []
    for demo in demos:
        if all(demo.get(field["name"]) is not None for field in inputs + outputs):
            complete_ones.append({"role": "user", "content": user_content(plan, inputs, demo)})
            complete_ones.append({"role": "assistant", "content": answer_text(plan, outputs, demo, None)})
        elif any(field["name"] in demo for field in inputs) and any(field["name"] in demo for field in outputs):
            incomplete.append({"role": "user", "content": user_content(plan, inputs, demo, prefix=plan["incompleteDemo"])})
            incomplete.append({"role": "assistant", "content": answer_text(plan, outputs, demo, plan["leftOut"])})
    return incomplete + complete_ones


def history_messages(plan, inputs, outputs, history):
    turns = history.get("messages") if isinstance(history, dict) else history
    messages = []
    for turn in turns if isinstance(turns, list) else []:
        if not isinstance(turn, dict):
            continue
        if any(field["name"] in turn for field in inputs):
            messages.append({"role": "user", "content": user_content(plan, inputs, turn, suffix=plan["reminder"])})
        calls, results = parted(turn, outputs)
        messages.append({"role": "assistant", "content": answer_text(plan, outputs, calls, None)})
        if results is not None:
            field = {"name": "tool_call_results", "role": "input", "type": ANY}
            messages.append({"role": "user", "content": user_content(plan, [field], {"tool_call_results": results})})
    return messages


def parted(turn, outputs):
    """Calls of tools without their results, and these apart."""
    for field in outputs:
        value = turn.get(field["name"])
        if field["type"]["kind"] == "tool-calls" and isinstance(value, dict) and "tool_call_results" in value:
            results = value["tool_call_results"]
            calls = {key: part for key, part in value.items() if key != "tool_call_results"}
            return {**turn, field["name"]: calls}, {"tool_call_results": results} if isinstance(results, list) else results
    return turn, None


def user_content(plan, fields, values, prefix="", suffix=""):
    held = []
    mark = MARK
    everything = json.dumps([values.get(field["name"]) for field in fields], ensure_ascii=False, default=str)
    while mark in everything:
        mark += MARK
    content = prefix
    for field in fields:
        if field["name"] in values:
            text = written(plan["layout"], field["type"], hold(values[field["name"]], held, mark))
            content += ("" if content == "" else "\n\n") + block(plan["layout"], field["name"], text)
    if suffix:
        content += ("" if content == "" else "\n\n") + suffix
    content = content.strip(JS_SPACE)
    return content if not held else parts_of(content, held, mark)


def hold(value, held, mark):
    """The value with a mark in place of each file."""
    if isinstance(value, Part):
        held.append(value.content)
        return f"{mark}{len(held) - 1}{mark}"
    if isinstance(value, list):
        return [hold(item, held, mark) for item in value]
    if isinstance(value, dict):
        return {key: hold(item, held, mark) for key, item in value.items()}
    return value


def parts_of(text, held, mark):
    parts, start = [], 0
    for match in re.finditer(f'"?{mark}(\\d+){mark}"?', text):
        if match.start() > start:
            parts.append({"type": "text", "text": text[start : match.start()]})
        parts.append(held[int(match.group(1))])
        start = match.end()
    if start < len(text):
        parts.append({"type": "text", "text": text[start:]})
    return parts


def block(layout, name, value):
    """A named value as this layout shows it in a prompt."""
    if layout == "xml":
        return f"<{name}>\n{value}\n</{name}>"
    return f"{name}: {value}" if layout == "two-step" else f"[[ ## {name} ## ]]\n{value}"


def blocks_text(layout, entries):
    return "\n\n".join(block(layout, name, format_value(ANY, plain(value))) for name, value in entries)


def written(layout, type, value):
    if layout == "two-step":
        return format_plain(type, value)
    return format_json(type, value, "") if layout == "baml" and is_model_value(type, value) else format_value(type, value)


def answer_text(plan, outputs, demo, filler):
    layout = plan["layout"]
    entries = [(field["name"], field["type"], field["name"] in demo, demo.get(field["name"])) for field in outputs]
    if layout == "two-step":
        return "\n\n".join(block(layout, name, format_plain(type, value)) for name, type, there, value in entries if there).strip(JS_SPACE)
    if layout in ("json", "baml"):
        lines = [(name, format_json(type, value, "  ") if there else json_text(filler)) for name, type, there, value in entries]
        return "{\n" + ",\n".join(f"  {json_text(name)}: {value}" for name, value in lines) + "\n}" if lines else "{}"
    if layout == "xml":
        return "\n\n".join(xml_answer(plan, name, type, there, value, filler) for name, type, there, value in entries)
    blocks = [block(layout, name, format_value(type, value) if there else filler or "None") for name, type, there, value in entries]
    return "\n\n".join(blocks).strip(JS_SPACE) + "\n\n[[ ## completed ## ]]\n"


# --- values ---


class Part:
    """A file of a prompt: its content block."""

    def __init__(self, content):
        self.content = content


START, END = "<<CUSTOM-TYPE-START-IDENTIFIER>>", "<<CUSTOM-TYPE-END-IDENTIFIER>>"


def plain(value):
    """A value of Python as JSON has it; a file becomes a part."""
    if value is None or isinstance(value, (str, bool, int, float)) and type(value) in (str, bool, int, float):
        return value
    if isinstance(value, (dspy.Image, dspy.Audio, dspy.File)):
        return Part(value.format()[0])
    if isinstance(value, dict):
        return {key_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, dspy.History):
        return {"messages": plain(value.messages)}
    if isinstance(value, dspy.Code):
        return value.code
    if isinstance(value, dspy.ToolCalls):
        return {"tool_calls": [{"name": call.name, "args": plain(call.args)} for call in value.tool_calls]}
    if isinstance(value, dspy.Reasoning):
        return value.content
    if isinstance(value, (dspy.Prediction, dspy.Example)):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    return to_jsonable_python(value, fallback=str)


def files_in(type, value):
    """Files that a state holds as texts, where the type of the field has files: no other text is taken for one."""
    if isinstance(value, str) and value.startswith(START) and value.endswith(END) and type["kind"] in ("image", "audio", "file"):
        return Part(json.loads(value[len(START) : -len(END)])[0])
    if type["kind"] == "optional":
        return files_in(type["of"], value)
    if isinstance(value, list):
        return [files_in(part_type(type, at), item) for at, item in enumerate(value)]
    return {key: files_in(part_type(type, key), item) for key, item in value.items()} if isinstance(value, dict) else value


def plain_row(plan, values):
    types = {field["name"]: field["type"] for field in plan["fields"]}
    return {name: files_in(types.get(name, ANY), plain(value)) for name, value in dict(values).items()}


def key_text(key):
    key = plain(key)
    return key if isinstance(key, str) else json.dumps(key)


def format_value(type, value):
    """A value as it stands in a block: lists and objects as JSON on one line, other values as Python's str."""
    if has_own_form(type):
        return format_value(ANY, own_form(type, value))
    if isinstance(value, str):
        return value
    if isinstance(value, Part):
        return "[file]"
    if type["kind"] == "str" and isinstance(value, list):
        return quoted_list(value)
    if is_number(value):
        return format_number(type, value)
    return format_json(type, value) if isinstance(value, (list, dict)) else str(value)


def format_json(type, value, pad=None):
    if has_own_form(type):
        return format_json(ANY, own_form(type, value), pad)
    if is_number(value):
        return format_number(type, value)
    if not isinstance(value, (list, dict)):
        return '"[file]"' if isinstance(value, Part) else json_text(value)
    inner = None if pad is None else pad + "  "
    between = ", " if inner is None else ",\n" + inner
    if isinstance(value, list):
        items = [format_json(part_type(type, at), item, inner) for at, item in enumerate(value)]
    else:
        items = [f"{json_text(key)}: {format_json(part_type(type, key), item, inner)}" for key, item in value.items()]
    start, end = ("[", "]") if isinstance(value, list) else ("{", "}")
    text = between.join(items)
    return start + text + end if inner is None or not items else f"{start}\n{inner}{text}\n{pad}{end}"


def format_plain(type, value):
    """A value as Python's str prints it, lists and objects too."""
    if has_own_form(type):
        return format_plain(ANY, own_form(type, value))
    return value if isinstance(value, str) else plain_repr(type, value)


def plain_repr(type, value):
    if has_own_form(type):
        return plain_repr(ANY, own_form(type, value))
    if is_number(value):
        return format_number(type, value)
    if isinstance(value, list):
        return "[" + ", ".join(plain_repr(part_type(type, at), item) for at, item in enumerate(value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {plain_repr(part_type(type, key), item)}" for key, item in value.items()) + "}"
    return "'[file]'" if isinstance(value, Part) else repr(value)


def text_of(value):
    """A value as text, where a str takes it."""
    value = plain(value)
    if isinstance(value, (list, dict)):
        return format_json(ANY, value)
    return value if value is None or isinstance(value, str) else format_value(ANY, value)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def format_number(type, value):
    kind = type["of"]["kind"] if type["kind"] == "optional" else type["kind"]
    if kind == "float":
        return repr(float(value))
    # A whole number prints without a point, whatever Python holds it as.
    whole = isinstance(value, int) or math.isfinite(value) and value == int(value) and abs(value) < 1e21
    return str(int(value)) if whole else repr(value)


def json_text(value):
    return json.dumps(value, ensure_ascii=False)


def part_type(type, key):
    """The type of an item or of a key of a value of this type."""
    kind = type["kind"]
    if kind == "optional":
        return part_type(type["of"], key)
    if kind in ("list", "set", "dict"):
        return type["of"]
    if kind == "tuple":
        items = type["items"]
        return type.get("rest") or (items[key] if isinstance(key, int) and key < len(items) else ANY)
    if kind == "object":
        return type["fields"].get(key, ANY)
    if kind == "class":
        return next((field["type"] for field in type["fields"] if field["name"] == key), ANY)
    return ANY


def types_within(type):
    kind = type["kind"]
    inner = []
    if kind in ("optional", "list", "set", "dict"):
        inner = [type["of"]]
    elif kind == "union":
        inner = type["of"]
    elif kind == "tuple":
        inner = type["items"] + ([type["rest"]] if "rest" in type else [])
    elif kind == "object":
        inner = list(type["fields"].values())
    elif kind == "class":
        inner = [field["type"] for field in type["fields"]]
    return [type] + [found for of in inner for found in types_within(of)]


def has_own_form(type):
    return any(of["kind"] in ("tool", "tool-calls") for of in types_within(type))


def own_form(type, value):
    """A tool as one line of text, calls of tools without the ids that providers gave them."""
    if type["kind"] == "optional":
        return own_form(type["of"], value)
    if type["kind"] == "tool":
        return tool_line(value) if isinstance(value, dict) else value
    if type["kind"] == "tool-calls":
        if not isinstance(value, dict) or not isinstance(value.get("tool_calls"), list):
            return value
        calls = [{"name": call.get("name"), "args": call.get("args") or {}} if isinstance(call, dict) else call for call in value["tool_calls"]]
        return {"tool_calls": calls, **{key: item for key, item in value.items() if key != "tool_calls"}}
    if isinstance(value, list):
        return [own_form(part_type(type, at), item) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: own_form(part_type(type, key), item) for key, item in value.items()}
    return value


def tool_line(tool):
    desc = tool.get("desc") or ""
    words = ": <desc>" + desc.replace("\n", "  ") + "</desc>" if desc else ""
    return f"{tool.get('name', '')}{words}. Its arguments: {plain_repr(ANY, tool.get('args', {}))}."


def is_model_value(type, value):
    if type["kind"] == "optional":
        return is_model_value(type["of"], value)
    return isinstance(value, dict) and (type["kind"] == "class" or type["kind"] == "object" and len(type["fields"]) > 0)


def quoted_list(items):
    if not items:
        return "N/A"
    if len(items) == 1:
        return quoted_item(items[0])
    return "\n".join(f"[{at + 1}] {quoted_item(item)}" for at, item in enumerate(items))


def quoted_item(item):
    text = format_json(ANY, item) if isinstance(item, (list, dict)) else format_value(ANY, item)
    if re.search("[\n«»]", text):
        return "«««\n    " + text.replace("\n", "\n    ") + "\n»»»"
    return f"«{text}»"


# --- XML ---


def xml_answer(plan, name, type, there, value, filler):
    if not there:
        return block("xml", name, filler or "None")
    if is_nested(type) and isinstance(value, (list, dict)):
        return xml_value(name, type, value)
    text = format_value(type, value)
    return block("xml", name, text if plan["isExact"] and type["kind"] != "str" else escape_xml(text))


def is_nested(type):
    if type["kind"] == "optional":
        return is_nested(type["of"])
    return type["kind"] in ("list", "dict", "object", "class") and "isBare" not in type


def xml_value(tag, type, value, key=None):
    start = tag if key is None else f"{tag} key={quoted_key(key)}"
    if value is None:
        return f"<{start} />"
    if isinstance(value, list):
        items = "".join(xml_value("item", part_type(type, at), item) for at, item in enumerate(value))
        return f"<{start}>{items}</{tag}>" if items else f"<{start} />"
    if not isinstance(value, dict):
        return f"<{start}>{escape_xml(format_value(type, value))}</{tag}>"
    children = []
    for name, item in value.items():
        of = part_type(type, name)
        children.append(xml_value(name, of, item) if is_tag_name(name) else xml_value("entry", of, item, name))
    return f"<{start}>{''.join(children)}</{tag}>"


def is_tag_name(name):
    return name[:1].isidentifier() and ("a" + name[1:].replace("-", "").replace(".", "")).isidentifier()


def escape_xml(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def quoted_key(key):
    text = escape_xml(key).replace(">", "&gt;").replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in text:
        return f'"{text}"'
    return '"' + text.replace('"', "&quot;") + '"' if "'" in text else f"'{text}'"


# What JavaScript's trim() takes off: unlike Python's strip() not the separators 1c to 1f and 85, but the byte order mark.
JS_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
`

/** values.py: prints values as `format-value.ts` and `xml-text.ts` do. The same for every program. */
export const valuesPython = String.raw`"""Values as DSPy Studio writes them into prompts."""

import json
import math
import re

import dspy
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

ANY = {"kind": "any"}


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


def str_of(value):
    """A value as Python's str prints it; whole numbers without a point."""
    return "None" if value is None else repr(value) if isinstance(value, (list, dict)) else format_value(ANY, value)


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


def xml_block(name, value):
    return f"<{name}>\n{value}\n</{name}>"


def xml_answer(is_exact, name, type, there, value, filler):
    if not there:
        return xml_block(name, filler or "None")
    if is_nested(type) and isinstance(value, (list, dict)):
        return xml_value(name, type, value)
    text = format_value(type, value)
    return xml_block(name, text if is_exact and type["kind"] != "str" else escape_xml(text))


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
`

/**
 * adapter.py: the same for every program. It lays messages out from the texts in messages.json and prints values as `format-value.ts`,
 * `messages.ts` and `history.ts` do; `frames.ts` writes what it reads.
 */
export const adapterPython = String.raw`"""Sends the messages that DSPy Studio sends, word for word, through DSPy.

The fixed texts of each prompt are in messages.json. This file puts values into them. Answers are read by DSPy's own adapters.
"""

import inspect
import json
import re

import dspy
from dspy.adapters.baml_adapter import BAMLAdapter
from dspy.utils.exceptions import AdapterParseError

from values import ANY, Part, files_in, format_json, format_plain, format_value, is_model_value, json_text, plain, xml_answer, xml_block

MARK = "\ue000"
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


def plain_row(plan, values):
    types = {field["name"]: field["type"] for field in plan["fields"]}
    return {name: files_in(types.get(name, ANY), plain(value)) for name, value in dict(values).items()}


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
        return xml_block(name, value)
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
        return "\n\n".join(xml_answer(plan["isExact"], name, type, there, value, filler) for name, type, there, value in entries)
    blocks = [block(layout, name, format_value(type, value) if there else filler or "None") for name, type, there, value in entries]
    return "\n\n".join(blocks).strip(JS_SPACE) + "\n\n[[ ## completed ## ]]\n"


# What JavaScript's trim() takes off: unlike Python's strip() not the separators 1c to 1f and 85, but the byte order mark.
JS_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
`

/** sandbox.py: runs the JavaScript of a program. The same for every program; its texts are in sandbox.json. */
export const sandboxPython = String.raw`"""Runs JavaScript with no access to anything outside: no network, no files, no clock, no chance, and limits on memory and time."""

import json
from pathlib import Path

import quickjs

MEMORY_BYTES = 32 * 1024 * 1024
SECONDS = 2.0
STACK_BYTES = 192 * 1024
LONGEST_RESULT = 1024 * 1024
LONGEST_THROWN = 4000

_texts = json.loads((Path(__file__).parent / "sandbox.json").read_text(encoding="utf-8"))


class CodeError(Exception):
    """The code failed. thrown is what it threw, in its own words; None where it did not get that far."""

    def __init__(self, message, thrown=None):
        super().__init__(message)
        self.thrown = thrown


class StoppedError(Exception):
    """The code reached a limit."""


def said_by(error):
    """What a tool's own code threw; where it did not come to that, what kept it from running."""
    return error.thrown if isinstance(error, CodeError) and error.thrown is not None else str(error)


def call(scripts, args, what="The code", seconds=SECONDS):
    """Calls a function with these values, in a machine of its own. The first of the scripts that compiles is the function."""
    machine = quickjs.Context()
    machine.set_memory_limit(MEMORY_BYTES)
    machine.set_max_stack_size(STACK_BYTES)
    machine.set_time_limit(seconds)
    try:
        # Before anything else runs: what it holds on to cannot be changed by the code.
        machine.eval(_texts["older"])
        make = machine.eval(_texts["frame"])
        run = make(_compiled(machine, scripts, what), LONGEST_RESULT)
        if run is None:
            raise CodeError(f"{what} is not a function.")
        answer = run(json.dumps(args, ensure_ascii=False, allow_nan=False))
    except quickjs.JSException as error:
        text = str(error).strip()
        if "interrupted" in text.split("\n")[0]:
            raise StoppedError(f"{what} ran longer than {seconds:g} seconds and was stopped. Look for a loop that does not end.") from None
        if "out of memory" in text or text in ("", "null"):
            raise StoppedError(f"{what} used more than {MEMORY_BYTES // 1024 // 1024} MB of memory and was stopped.") from None
        raise CodeError(f"{what} failed: {text.splitlines()[0]}") from None
    kind, body = answer[0], json.loads(answer[1:])
    if kind == "=":
        return body
    if kind == "!":
        raise CodeError(f"{what} returned something that is no value: {body['why']}.")
    thrown = _thrown(body)
    raise CodeError(f"{what} failed: {thrown}", thrown)


def _compiled(machine, scripts, what):
    for script in scripts[:-1]:
        try:
            return machine.eval(script)
        except quickjs.JSException as error:
            if not str(error).startswith("SyntaxError"):
                raise
    try:
        return machine.eval(scripts[-1])
    except quickjs.JSException as error:
        if not str(error).startswith("SyntaxError"):
            raise
        raise CodeError(f"{what} does not compile: {str(error).splitlines()[0]}") from None


def _thrown(said):
    text = {"null": "null", "error": f"{said.get('name', 'Error')}: {said.get('message', '')}"}.get(said["type"], said.get("said", ""))
    return text if len(text) <= LONGEST_THROWN else text[:LONGEST_THROWN] + "…"


def call_rules(name, question):
    """Asks the studio's own rules of comparison."""
    machine = quickjs.Context()
    machine.set_memory_limit(2 * MEMORY_BYTES)
    machine.set_time_limit(2 * SECONDS)
    machine.eval(_texts["older"])
    machine.eval((Path(__file__).parent / "rules.js").read_text(encoding="utf-8") + ";globalThis.rules = rules; var answer")
    ask = machine.eval(_texts["ask"])
    try:
        ask(name, json.dumps(question, ensure_ascii=False))
        while machine.execute_pending_job():
            pass
        answer = machine.eval("answer")
    except quickjs.JSException as error:
        raise StoppedError(f"The metric was stopped: {str(error).strip().splitlines()[0]}") from None
    if not isinstance(answer, str):
        raise StoppedError("The metric came to no end.")
    if answer[0] != "=":
        raise CodeError(answer[1:])
    return json.loads(answer[1:])


# --- programs that a model writes ---


def run_program(inputs, blocks, tools=()):
    """Runs blocks of code that a model wrote, and says what the last one did."""
    given = {"values": inputs, "tools": list(tools), "blocks": list(blocks), "longest": 10_000}
    try:
        return call([_texts["script"]], [given], seconds=5 * SECONDS)
    except CodeError as error:
        return {"printed": "", "error": str(error), "calls": []}
    except StoppedError as error:
        return {"printed": "", "error": str(error), "isStopped": True, "calls": []}


def program_in(text):
    """The program in what a model wrote for one, and why there is none."""
    text = text if isinstance(text, str) else ""
    code = _unfenced(text).strip()
    if code == "":
        return text, "The program is empty."
    last = code.split("\n")[-1].strip()
    word, _, rest = last.partition(" ")
    if word not in ("const", "let", "var"):
        return code, None
    name, sign, _ = rest.partition("=")
    name = name[:-1] if name.endswith(" ") else name
    is_name = sign == "=" and name != "" and all(letter.isascii() and letter.isalnum() or letter in "_$" for letter in name)
    return (code + "\n" + name if is_name else code), None


def _unfenced(text):
    start = text.find(chr(96) * 3)
    if start < 0:
        return text
    line_end = text.find("\n", start)
    if line_end < 0:
        return text[:start]
    end = text.find(chr(96) * 3, line_end)
    return text[line_end + 1 : len(text) if end < 0 else end]


def output_of(end):
    """What a block returned: what it submitted, else what it printed, else its last value."""
    if "submitted" in end:
        return end["submitted"]
    return end.get("value") if end["printed"] == "" else end["printed"]
`

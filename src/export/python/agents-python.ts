/** agents.py: the modules that call tools, and those that run what a model writes. Each follows its `…-run.ts`. */
export const agentsPython = String.raw`"""The steps of DSPy Studio that call tools or run what a model writes."""

import dspy
from dspy.utils.exceptions import AdapterParseError, ContextWindowExceededError
from pydantic import TypeAdapter, ValidationError

import sandbox
from adapter import blocks_text
from steps import Step
from values import ANY, format_json, plain


class Tool:
    """A tool of the studio: JavaScript with named, typed arguments."""

    def __init__(self, name, args, source, schema):
        self.name, self.args, self.source, self.schema = name, args, source, schema

    def fit(self, given):
        for name in given:
            if name not in self.args:
                raise sandbox.CodeError(f'The tool {self.name} was not run: it takes no argument "{name}".')
        fitted = {}
        for name, (type, is_optional) in self.args.items():
            if name not in given and not is_optional:
                raise sandbox.CodeError(f'The tool {self.name} was not run: the argument "{name}" is missing.')
            fitted[name] = fitted_value(type, given.get(name), f'The tool {self.name} was not run: the argument "{name}" does not fit')
        return fitted

    def __call__(self, given):
        return sandbox.call([f"(function (inputs) {{{self.source}\n}})"], [self.fit(given)], "The tool")


def fitted_value(type, value, problem):
    try:
        return plain(TypeAdapter(type).validate_python(value))
    except ValidationError as error:
        raise sandbox.CodeError(f"{problem}: {error.errors()[0]['msg']}.") from None


class ReAct(Step):
    """Thinks and calls tools in turn until it knows enough, then answers."""

    def __init__(self, predictors, layout, tools, max_iters):
        super().__init__(predictors, layout)
        self.tools, self.max_iters = {tool.name: tool for tool in tools}, max_iters

    def forward(self, **inputs):
        turns = []
        for index in range(self.max_iters):
            try:
                asked, turns = self.shortening(turns, lambda kept: self.ask("react", {**inputs, "trajectory": self.told(kept)}))
            except (AdapterParseError, ContextWindowExceededError):
                break
            tool, args = asked["next_tool_name"], plain(asked["next_tool_args"])
            observation = self.observe(tool, args if isinstance(args, dict) else {})
            names = ("thought", "tool_name", "tool_args", "observation")
            turns = turns + [dict(zip((f"{name}_{index}" for name in names), (asked["next_thought"], tool, args, observation)))]
            if tool == "finish":
                break
        answer, turns = self.shortening(turns, lambda kept: self.ask("extract", {**inputs, "trajectory": self.told(kept)}))
        return dspy.Prediction(trajectory={key: value for turn in turns for key, value in turn.items()}, **answer)

    def told(self, turns):
        return blocks_text(self.layout, [entry for turn in turns for entry in turn.items()])

    def observe(self, name, args):
        if name == "finish":
            return "Completed."
        if name not in self.tools:
            return f"Execution error in {name}: there is no such tool."
        try:
            return self.tools[name](args)
        except (sandbox.CodeError, sandbox.StoppedError) as error:
            return f"Execution error in {name}: {sandbox.said_by(error)}"


class ReActV2(Step):
    """Calls tools in a conversation, several at once where it helps, and hands the outputs in."""

    def __init__(self, predictors, layout, tools, submit, max_iters, hint_desc):
        super().__init__(predictors, layout)
        self.tools, self.submit, self.max_iters, self.hint_desc = {tool.name: tool for tool in tools}, submit, max_iters, hint_desc

    def forward(self, **inputs):
        shown = [tool.schema for tool in [*self.tools.values(), self.submit]]
        turns, pending = [], {name: plain(value) for name, value in inputs.items()}

        def ask(hint=None):
            given = inputs if pending else {}
            return self.ask("react", {**given, "history": {"messages": list(turns)}, "tools": shown}, hint, self.hint_desc)

        def record(asked, calls, results, outputs):
            thought = plain(asked["next_thought"])
            answered = {"tool_calls": calls, "tool_call_results": {"tool_call_results": results}}
            turns.append({**pending, **({} if thought is None else {"next_thought": thought}), "tool_calls": answered, **(outputs or {})})
            pending.clear()

        why = f"{self.max_iters} turns"
        for turn in range(self.max_iters):
            try:
                asked = ask()
            except AdapterParseError:
                why = "a turn that could not be read"
                break
            except ContextWindowExceededError:
                why = "more turns than the model can read"
                break
            calls = calls_in(asked, turn)
            if not calls:
                why = "a turn without a call"
                break
            results, outputs = self.call_all(calls)
            record(asked, calls, results, outputs)
            if outputs is not None:
                return dspy.Prediction(**outputs, history={"messages": turns}, termination_reason="submit")
        tick = chr(96)
        asked = ask(f"This is the last turn. Call {tick}submit{tick} now, with the outputs as far as you know them.")
        calls = [call for call in calls_in(asked, self.max_iters) if call["name"] == "submit"]
        results, outputs = self.call_all(calls)
        if calls:
            record(asked, calls, results, outputs)
        if outputs is None:
            raise RuntimeError(f"After {why} the model was asked for the outputs, and did not hand them in.")
        return dspy.Prediction(**outputs, history={"messages": turns}, termination_reason="forced_submit")

    def call_all(self, calls):
        results, outputs = [], None
        for call in calls:
            name = call["name"]
            value, is_error = f"There is no tool called {name}.", True
            if name == "submit" or name in self.tools:
                try:
                    value, is_error = (self.submit.fit if name == "submit" else self.tools[name])(call["args"]), False
                    outputs = value if name == "submit" else outputs
                except (sandbox.CodeError, sandbox.StoppedError) as error:
                    value = f"Execution error in {name}: {sandbox.said_by(error)}"
            results.append({"call_id": call["id"], "name": name, "value": value, "is_error": is_error})
        return results, outputs


def calls_in(asked, turn):
    value = plain(asked["tool_calls"])
    calls = value.get("tool_calls") if isinstance(value, dict) else None
    calls = [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    return [
        {"id": f"call_{turn}_{index}", "name": str(call.get("name") or ""), "args": call["args"] if isinstance(call.get("args"), dict) else {}}
        for index, call in enumerate(calls)
    ]


class ProgramOfThought(Step):
    """Lets the model write a program in JavaScript, has it mended where it fails, and answers from what it returned."""

    def __init__(self, predictors, layout, max_iters):
        super().__init__(predictors, layout)
        self.max_iters = max_iters

    def forward(self, **inputs):
        asked = self.ask("code_generate", inputs)
        for count in range(1, self.max_iters + 1):
            code, problem = sandbox.program_in(asked["generated_code"])
            end = {"printed": "", "error": problem} if problem else sandbox.run_program(plain(inputs), [code])
            if "error" not in end:
                output = format_json(ANY, sandbox.output_of(end))
                return self.ask("generate_output", {**inputs, "final_generated_code": code, "code_output": output})
            if count < self.max_iters:
                asked = self.ask("code_regenerate", {**inputs, "previous_code": code, "error": end["error"]})
        raise RuntimeError(f"None of the {self.max_iters} programs that the model wrote ran to its end. The last one: {end['error']}")


class CodeAct(Step):
    """Writes JavaScript that calls tools, reads what it printed, and goes on until it knows enough, then answers."""

    def __init__(self, predictors, layout, tools, max_iters):
        super().__init__(predictors, layout)
        self.max_iters = max_iters
        self.tools = [
            {"name": tool.name, "source": tool.source, "args": [{"name": name, "isOptional": optional} for name, (_, optional) in tool.args.items()]}
            for tool in tools
        ]

    def forward(self, **inputs):
        blocks, turns = [], []
        for index in range(self.max_iters):
            asked = self.ask("codeact", {**inputs, "trajectory": {key: value for turn in turns for key, value in turn.items()}})
            code, problem = sandbox.program_in(asked["generated_code"])
            if problem:
                turns.append({f"observation_{index}": f"There was no code to run. {problem}"})
                continue
            end = sandbox.run_program(plain(inputs), [*blocks, code], self.tools)
            if "isStopped" not in end:
                blocks.append(code)
            told = f"The code failed: {end['error']}" if "error" in end else format_json(ANY, sandbox.output_of(end))
            turns.append({f"generated_code_{index}": code, f"{'observation' if 'error' in end else 'code_output'}_{index}": told})
            if asked["finished"] is True:
                break
        answer, turns = self.shortening(
            turns, lambda kept: self.ask("extractor", {**inputs, "trajectory": blocks_text(self.layout, [pair for turn in kept for pair in turn.items()])})
        )
        return dspy.Prediction(trajectory={key: value for turn in turns for key, value in turn.items()}, **answer)
`

/** steps.py: the modules of the studio as modules of DSPy. The same for every program. Each follows its `…-run.ts`. */
export const stepsPython = String.raw`"""The steps of DSPy Studio as modules of DSPy: what they ask, in which order, and what they make of the answers."""

import json
import math
import random

import dspy
from dspy.utils.exceptions import AdapterParseError, ContextWindowExceededError
from pydantic import TypeAdapter, ValidationError

import sandbox
from adapter import HINT, with_hint
from nearest import nearest_demos
from values import START, plain, str_of, text_of


class Group(dspy.Module):
    """Modules under names of their own."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)


class Predict(dspy.Predict):
    """Asks for one or several completions, and shows the demos that are most like the inputs where it is told to."""

    def __init__(self, signature, n=1, reduce="first", field=None, rule="distinct", types=None, settings=None):
        super().__init__(signature)
        self.several = {"n": n, "reduce": reduce, "field": field, "rule": rule, "types": types or {}}
        self.settings = settings or {}
        self.nearest = None

    def _forward_preprocess(self, **given):
        lm, config, signature, demos, inputs = super()._forward_preprocess(**given)
        if self.nearest is not None and demos:
            demos = nearest_demos(demos, inputs, **self.nearest)
        return lm, config, signature, demos, inputs

    def forward(self, **inputs):
        own = {**self.settings, **inputs.pop("config", {})}
        n = self.several["n"]
        if n == 1:
            return super().forward(**inputs, config=own)
        lm = inputs.get("lm") or self.lm or dspy.settings.lm
        chance = own.get("temperature") or lm.kwargs.get("temperature")
        if chance is None or chance <= 0.15:
            own["temperature"] = 0.7
        answers = [super(Predict, self).forward(**inputs, config=sample(own, index)) for index in range(n)]
        if self.several["reduce"] == "first":
            return answers[0]
        fields = [name for name in self.several["types"]]
        return majority(answers, self.several["field"] or fields[-1], self.several["rule"], self.several["types"])


class ChainOfThought(dspy.Module):
    """The same for a signature that asks for its reasoning first."""

    def __init__(self, signature, **options):
        super().__init__()
        self.predict = Predict(signature, **options)

    def forward(self, **inputs):
        return self.predict(**inputs)


def sample(config, index):
    """Another sample of the same request."""
    return config if index == 0 else {**config, "rollout_id": index}


class Step(dspy.Module):
    """A step with predictors under the names that DSPy's own module has for them."""

    def __init__(self, predictors, layout="chat"):
        super().__init__()
        self.layout = layout
        self.paths = {key: path for key, (path, _) in predictors.items()}
        for path, signature in predictors.values():
            holder, *rest = path.split(".")
            if not rest:
                setattr(self, holder, Predict(signature))
                continue
            if not hasattr(self, holder):
                setattr(self, holder, Group())
            setattr(getattr(self, holder), rest[0], Predict(signature))

    def predictor(self, key):
        found = self
        for name in self.paths[key].split("."):
            found = getattr(found, name)
        return found

    def ask(self, key, inputs, hint=None, hint_desc="", **config):
        predictor = self.predictor(key)
        given = {"config": config} if config else {}
        if hint is None:
            return predictor(**inputs, **given)
        demos = [demo if HINT in demo else {**demo, HINT: "N/A"} for demo in map(dict, predictor.demos)]
        return predictor(**inputs, **{HINT: hint}, signature=with_hint(predictor.signature, hint_desc), demos=demos, **given)

    def shortening(self, turns, ask):
        """Asks with what was done; where that is too long for the model, without the oldest of it, at most three times."""
        for attempt in (1, 2, 3):
            try:
                return ask(turns), turns
            except ContextWindowExceededError:
                if len(turns) < 2 or attempt == 3:
                    raise
                turns = turns[1:]


class BestOf(Step):
    """Tries several times and keeps the answer that the reward function scores highest. With advice: Refine."""

    def __init__(self, predictors, layout, n, reward, threshold, fail_count, outputs, advice=None):
        super().__init__(predictors, layout)
        self.n, self.reward, self.threshold, self.fail_count, self.outputs = n, reward, threshold, fail_count, outputs
        self.advice = advice
        if advice is not None:
            self.adviser = Adviser(advice["signature"])

    def forward(self, **inputs):
        (key,) = self.paths
        best, failures, hint = None, 0, None
        desc = self.advice["hint_desc"] if self.advice else ""
        for index in range(self.n):
            try:
                answer = self.ask(key, inputs, hint, desc, **sample({"temperature": 1.0}, index))
                given = {name: plain(answer[name]) for name in self.outputs}
                reward, feedback = read_reward(sandbox.call(self.reward, [plain(inputs), given], "The reward function"))
            except (AdapterParseError, sandbox.CodeError, sandbox.StoppedError):
                failures += 1
                if failures > self.fail_count or index == self.n - 1 and best is None:
                    raise
                continue
            if best is None or reward > best[0]:
                best = (reward, answer)
            if self.threshold is not None and reward >= self.threshold:
                break
            if self.advice is not None and index < self.n - 1:
                hint = self.advised(inputs, {} if hint is None else {HINT: hint}, answer, reward, feedback)
        return best[1]

    def advised(self, inputs, hint, answer, reward, feedback):
        name = self.advice["name"]
        step = {"module": name, "inputs": plain({**inputs, **hint}), "outputs": plain(answer)}
        asked = self.adviser.ask_with(
            self.predictor(next(iter(self.paths))).lm,
            program_code=self.advice["program"],
            modules_defn=f"{name}: {self.advice['instructions']}",
            program_inputs=plain(inputs),
            program_trajectory=[step],
            program_outputs=plain(answer),
            reward_code=self.advice["reward"],
            target_threshold=self.threshold,
            reward_value=reward,
            reward_feedback=feedback or "",
            module_names=[name],
        )
        advice = plain(asked["advice"])
        text = advice.get(name) if isinstance(advice, dict) else None
        return text if isinstance(text, str) and text.strip() != "" else "N/A"


class Adviser:
    """A question that no optimizer tunes: it is no module, so that a saved state does not name it."""

    def __init__(self, signature):
        self.asked = (dspy.Predict(signature),)
        self.signature = signature

    def ask_with(self, lm, **inputs):
        return self.asked[0](**inputs, **({} if lm is None else {"lm": lm}))


def read_reward(returned):
    if isinstance(returned, dict):
        feedback = returned.get("feedback")
        return read_reward(returned.get("score"))[0], feedback if isinstance(feedback, str) else None
    if isinstance(returned, bool):
        return (1 if returned else 0), None
    if isinstance(returned, (int, float)) and math.isfinite(returned):
        return returned, None
    raise sandbox.CodeError("The reward function returned no number. Return a number, true or false, or { score, feedback }.")


class MultiChainComparison(Step):
    """Thinks several times, then compares the chains and writes the answer."""

    def __init__(self, predictors, layout, m, temperature, last):
        super().__init__(predictors, layout)
        self.m, self.temperature, self.last = m, temperature, last

    def forward(self, **inputs):
        chains = [self.ask("attempts", inputs, **sample({"temperature": self.temperature}, index)) for index in range(self.m)]
        attempts = {
            f"reasoning_attempt_{index + 1}": f"«I reasoned: {first_line(chain['reasoning'])} So my answer is {first_line(chain[self.last])}»"
            for index, chain in enumerate(chains)
        }
        return self.ask("", {**inputs, **attempts}, temperature=self.temperature)


def first_line(value):
    value = plain(value)
    text = value if isinstance(value, str) else str_of(value)
    return text.strip().split("\n")[0].strip()


class Vote(dspy.Module):
    """Several programs answer the same inputs, and their answers are joined to one."""

    def __init__(self, programs, names, reduce, rule, size, seed, types):
        super().__init__()
        self.programs = programs
        self.names, self.reduce, self.rule, self.size, self.seed, self.types = names, reduce, rule, size, seed, types

    def forward(self, **inputs):
        programs = self.programs
        if self.size < len(programs):
            given = json.dumps(exact_numbers(plain(inputs)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            drawn = random.Random(f"{self.seed} 0 {given}").sample(range(len(programs)), self.size)
            programs = [program for index, program in enumerate(programs) if index in drawn]
        answers = [program(**inputs) for program in programs]
        joined = dict(majority(answers, self.names[-1], self.rule, self.types))
        for name in self.names if self.reduce != "majority" else []:
            values = [plain(answer[name]) for answer in answers]
            if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
                joined[name] = sum(values) / len(values) if self.reduce == "mean" else median(values)
        return dspy.Prediction(**joined)


def exact_numbers(value):
    """Whole numbers without a point, as JavaScript writes them."""
    if isinstance(value, dict):
        return {key: exact_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exact_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def majority(answers, field, rule, types):
    """The first answer that has the most frequent value of a field. A value that is missing is no vote, unless there is no other."""
    keys = sandbox.call_rules("keys", {"rule": rule, "type": types.get(field), "values": [plain(answer[field]) for answer in answers]})
    votes = [index for index, key in enumerate(keys) if key is not None] or list(range(len(answers)))
    counted = [keys[index] for index in votes]
    return answers[max(votes, key=lambda index: (counted.count(keys[index]), -index))]


def result(values):
    """A prediction with these values, whatever they are called."""
    prediction = dspy.Prediction()
    for name, value in values.items():
        prediction[name] = value
    return prediction


def filled(value):
    """A value in the text of a template; an empty one leaves nothing."""
    return text_of(value) or ""


class Given:
    """An input of the program: its type, and what stands for it where a row does not have it."""

    def __init__(self, type, **usual):
        self.type, self.usual = type, usual


def given(fields, row):
    """The inputs of a row, each as its type where it fits."""
    values = {}
    for name, field in fields.items():
        value = row.get(name)
        if value is None and "default" in field.usual:
            value = field.usual["default"]
        elif name not in row and "default" not in field.usual:
            raise ValueError(f'The row has no value for "{name}".')
        values[name] = as_type(field.type, value)
    return values


def as_type(type, value):
    """A path, an address or a data URL as the file that it stands for; anything else as its type where it fits."""
    if isinstance(value, str) and value.startswith(START):
        return value
    if isinstance(value, str) and type is dspy.Image:
        return dspy.Image(value)
    if isinstance(value, str) and type in (dspy.Audio, dspy.File) and not value.startswith("data:"):
        return type.from_path(value)
    try:
        return TypeAdapter(type).validate_python(value)
    except ValidationError:
        return value


def score(metric, types, example, prediction):
    """What the metric of the studio says of one row: its score from 0 to 1, with its feedback."""
    names = set(example.inputs().keys()) if getattr(example, "_input_keys", None) else set()
    values = plain(dict(example))
    row = {"inputs": {key: value for key, value in values.items() if key in names}, "labels": {key: value for key, value in values.items() if key not in names}}
    scored = sandbox.call_rules("score", {"metric": metric, "types": types, **row, "prediction": plain(dict(prediction))})
    return dspy.Prediction(score=scored["value"], feedback=scored["feedback"] or "")


def run_code(name, source, inputs, outputs):
    """Runs a code step: JavaScript that turns inputs into an object of outputs."""
    returned = sandbox.call([f"(function (inputs) {{{source}\n}})"], [plain(inputs)], f"The code of {name}")
    if not isinstance(returned, dict):
        raise sandbox.CodeError(f"The code of {name} must return an object with {', '.join(outputs)}.")
    values = {}
    for field, (type, is_optional) in outputs.items():
        if field not in returned and not is_optional:
            raise sandbox.CodeError(f'The code of {name} returned no "{field}".')
        try:
            values[field] = TypeAdapter(type).validate_python(returned.get(field))
        except ValidationError as error:
            raise sandbox.CodeError(f'The code of {name} returned a "{field}" that does not fit its type: {error.errors()[0]["msg"]}.') from None
    return dspy.Prediction(**values)
`

/** Programs of DSPy as people write them, by name, each with something learned. Saves them, loads files into them, and asks them through a stub. */
export const dspyPrograms = `
import dspy, json, os, tempfile
from typing import Any, Optional

def lookup(word: str, limit: int = 3) -> str:
    """The colour of a word."""
    return word
def reward(args, pred):
    return 1.0
class Held(dspy.Module):
    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
class Described(dspy.Signature):
    """Tell the colour, and say why."""
    text: str = dspy.InputField(desc="what somebody wrote")
    label: str = dspy.OutputField(desc="one of the colours")
    why: str = dspy.OutputField(prefix="Because of:")
P, C = dspy.Predict, dspy.ChainOfThought
S = "text -> label"
def lm(**settings):
    return dspy.LM("openai/gpt-4o-mini", **settings)

def programs():
    return {
        "bare Predict": P(S),
        "bare ChainOfThought": C(S),
        "bare ReAct": dspy.ReAct(S, tools=[lookup], max_iters=4),
        "bare BestOfN": dspy.BestOfN(module=C(S), N=3, reward_fn=reward, threshold=1.0),
        "bare BestOfN of a Predict": dspy.BestOfN(module=P(S), N=3, reward_fn=reward, threshold=1.0),
        "bare RLM": dspy.RLM("book, question -> label"),
        "bare MultiChainComparison": dspy.MultiChainComparison(S, M=4),
        "a described signature": C(Described),
        "one attribute": Held(classify=C(S)),
        "two steps": Held(find=P("text -> keyword"), name=C("keyword -> label")),
        "three steps with a value that skips one": Held(find=P("text -> keyword"), more=P("text, keyword -> facts"), answer=C("text, facts -> label")),
        "two outputs taken later": Held(read=P("text -> summary, mood"), judge=C("summary, mood -> label")),
        "a list of steps": Held(steps=[P("text -> draft"), C("draft -> label")]),
        "a list of modules": Held(multi=[C("text -> first"), C("first -> second"), P("second -> label")]),
        "a dict of steps": Held(d={"k": P("text -> keyword"), "m": C("keyword -> label")}),
        "nested modules": Held(inner=Held(gen=C("text -> draft")), last=P("draft -> label")),
        "nested three deep": Held(a=Held(b=Held(c=P(S)))),
        "an agent among others": Held(agent=dspy.ReAct("text -> facts", tools=[lookup]), answer=C("text, facts -> label")),
        "several tries among others": Held(tries=dspy.BestOfN(module=C("text -> facts"), N=2, reward_fn=reward, threshold=1.0), answer=P("facts -> label")),
        "a model of its own": Held(classify=P(S)),
        "a model elsewhere": Held(find=P("text -> keyword"), name=C("keyword -> label")),
        "typed demos": P("text: str, limit: int -> score: float, sure: bool, tags: list[str], facts: dict[str, Any], note: Optional[str]"),
        "every script": C(S),
        "recorded demos": C(S),
        "an ensemble of bare modules": dspy.Ensemble(reduce_fn=dspy.majority).compile([C(S), C(S), P(S)]),
        "an ensemble of programs": dspy.Ensemble(reduce_fn=dspy.majority).compile([Held(classify=C(S)), Held(find=P("text -> keyword"), name=P("keyword -> label"))]),
        "more than an entry holds": Held(classify=P(S)),
    }

def teach(name, program):
    for index, (path, predictor) in enumerate(program.named_predictors()):
        fields = list(predictor.signature.fields)
        if name != "typed demos" and "react" not in path and (not name.startswith("bare") or name == "bare Predict"):
            predictor.signature = predictor.signature.with_instructions(predictor.signature.instructions if index % 2 else f"Learned {index}: be brief.\\n\\nAnd exact.")
        predictor.demos = [{"augmented": True, **{field: f"{field} {index}" for field in fields}}]
    first = program.predictors()[0]
    if name == "typed demos":
        first.demos = [
            {"text": "a", "limit": 3, "score": 1.0, "sure": True, "tags": ["x", "y"], "facts": {"n": 1, "deep": [None]}, "note": None},
            {"text": "b", "limit": -1, "score": 0.25, "sure": False, "tags": [], "facts": {}, "note": "seen"},
        ]
    if name == "every script":
        first.demos = [{"text": "Zeile\\n日本語 😀 \\u2028 \\"so\\" \\\\ \\t", "reasoning": "é", "label": "Farben – 色"}]
        first.signature = first.signature.with_instructions("Über 日本 – \\"genau\\" {x}")
    if name == "recorded demos":
        first.demos = [dspy.Example(text="t", label="l", dspy_uuid="3f", dspy_split="train").with_inputs("text"), {"augmented": True, "text": "u", "reasoning": "r", "label": "m"}]
    if name == "a model of its own":
        first.lm = lm(temperature=0.5, max_tokens=300)
    if name == "a model elsewhere":
        first.lm = lm(api_base="http://localhost:8000/v1", temperature=1.0, max_tokens=64, top_p=0.5, stop=["\\n\\n"], seed=7)
        program.predictors()[1].lm = dspy.LM("openai/o3-mini")
    if name == "more than an entry holds":
        first.config = {"temperature": 1.0}
        first.traces = [{"seen": 1}]
    return program

def asked(predictor, text):
    class Fixed(dspy.BaseLM):
        def forward(self, prompt=None, messages=None, **kwargs):
            from types import SimpleNamespace as N
            return N(choices=[N(message=N(content=text), finish_reason="stop")], usage={}, model="stub")
    inputs = {field: "x" for field in predictor.signature.input_fields}
    with dspy.context(lm=Fixed(model="stub"), adapter=dspy.ChatAdapter()):
        own, predictor.lm = predictor.lm, None
        try:
            return {key: value for key, value in predictor(**inputs).toDict().items()}
        finally:
            predictor.lm = own

def saved(program):
    path = os.path.join(tempfile.mkdtemp(), "state.json")
    program.save(path)
    return open(path, encoding="utf-8").read()
def known(program):
    return {name: predictor.dump_state() for name, predictor in program.named_predictors()}
def loaded(name, text):
    program = programs()[name]
    path = os.path.join(tempfile.mkdtemp(), "state.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    program.load(path, allow_unsafe_lm_state=True)
    return program
def answer(question):
    if question["kind"] == "save":
        return [{"name": name, "text": saved(teach(name, program)), "known": known(program)} for name, program in programs().items()]
    program = loaded(question["name"], question["text"])
    texts = question["completions"]
    outputs = {}
    for name, predictor in program.named_predictors():
        if name in texts:
            outputs[name] = asked(predictor, texts[name])
    return {"known": known(program), "outputs": outputs}
`

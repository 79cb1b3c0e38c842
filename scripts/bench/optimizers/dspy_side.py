"""DSPy's own optimizers on the simulated LM. Reads jobs (JSON) from the file named first, prints one JSON line for each."""

import contextlib
import json
import logging
import sys
import time
import urllib.request
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import dspy

dspy.settings.configure(async_max_workers=8)
logging.disable(logging.ERROR)
THREADS = 4


class Program(dspy.Module):
    def __init__(self, task):
        super().__init__()
        setattr(self, task["step"], dspy.ChainOfThought(signature_of(task)))
        self.step = task["step"]

    def forward(self, **inputs):
        return getattr(self, self.step)(**inputs)


def signature_of(task):
    fields = {}
    for field in task["fields"]:
        make = dspy.InputField if field["role"] == "input" else dspy.OutputField
        fields[field["name"]] = (type_of(field["type"]), make(desc=field["desc"]) if field["desc"] else make())
    return dspy.Signature(fields, task["instructions"])


def type_of(kind):
    if kind["kind"] == "enum":
        return Literal[tuple(kind["values"])]
    return {"str": str, "float": float, "int": int, "bool": bool}[kind["kind"]]


def metric_of(task):
    """The metric of the task with the score and the words that DSPy Studio's has."""
    name = task["metric"]["params"]["field"]
    tolerance = task["metric"]["params"].get("absolute")

    def judge(example, prediction):
        wanted, got = example[name], getattr(prediction, name, None)
        is_right = got is not None and (abs(float(got) - float(wanted)) <= tolerance if tolerance is not None else got == wanted)
        return (1.0, None) if is_right else (0.0, f"Expected {wanted}, got {got}.")

    def number(example, prediction, trace=None):
        return judge(example, prediction)[0]

    def with_feedback(example, prediction, trace=None, pred_name=None, pred_trace=None):
        score, feedback = judge(example, prediction)
        return dspy.Prediction(score=score, feedback=feedback)

    return number, with_feedback


def examples_of(rows):
    return [dspy.Example(**row["labels"], **row["inputs"]).with_inputs(*row["inputs"]) for row in rows]


def compile_with(job, program, train, val, metrics, lm):
    name, init, seed = job["name"], dict(job["init"]), job["seed"]
    number, with_feedback = metrics
    student = program.deepcopy()
    if name == "LabeledFewShot":
        return dspy.LabeledFewShot(**init).compile(student, trainset=train)
    if name == "BootstrapFewShot":
        return dspy.BootstrapFewShot(metric=number, **init).compile(student, trainset=train)
    if name == "BootstrapFewShotWithRandomSearch":
        return dspy.BootstrapFewShotWithRandomSearch(metric=number, num_threads=THREADS, **init).compile(student, trainset=train, valset=val)
    if name == "MIPROv2":
        optimizer = dspy.MIPROv2(metric=number, prompt_model=lm, task_model=lm, seed=seed, num_threads=THREADS, **init)
        return optimizer.compile(student, trainset=train, valset=val)
    if name == "GEPA":
        optimizer = dspy.GEPA(metric=with_feedback, reflection_lm=lm.copy(temperature=1.0), seed=seed, num_threads=THREADS, **init)
        return optimizer.compile(student, trainset=train, valset=val)
    if name == "SIMBA":
        return dspy.SIMBA(metric=with_feedback, num_threads=THREADS, **init).compile(student, trainset=train, seed=seed)
    if name == "COPRO":
        optimizer = dspy.COPRO(metric=number, prompt_model=lm, **init)
        return optimizer.compile(student, trainset=train, eval_kwargs={"num_threads": THREADS, "display_progress": False})
    raise ValueError(name)


def ask(url, path, method="GET"):
    request = urllib.request.Request(url.removesuffix("/v1") + path, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def run(job, url):
    task = job["task"]
    # Answers are kept in memory for one job only, so that every search pays for its own.
    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=True)
    lm = dspy.LM(f"openai/simulated-{job['seed']}", api_base=url, api_key="none", num_retries=2)
    dspy.settings.configure(lm=lm)
    program, metrics = Program(task), metric_of(task)
    train, val, test = (examples_of(task[split]) for split in ("train", "val", "test"))

    def score(candidate, rows):
        evaluate = dspy.Evaluate(devset=rows, metric=metrics[0], num_threads=THREADS, display_progress=False)
        return evaluate(candidate).score / 100

    ask(url, "/reset", "POST")
    started = time.monotonic()
    baseline = score(program, val)
    best = compile_with(job, program, train, val, metrics, lm)
    on_val = score(best, val)
    counts = ask(url, "/counts")
    seconds = time.monotonic() - started
    # As DSPy Studio does: a program that scores below the student on val is not returned.
    kept = best if on_val >= baseline else program
    return {
        "baseline": baseline,
        "val": max(on_val, baseline),
        "test": score(kept, test),
        "calls": counts["completions"],
        "seconds": seconds,
    }


def installed(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def main():
    path, url = sys.argv[1:3]
    with open(path, encoding="utf-8") as file:
        jobs = json.load(file)
    out = sys.stdout
    versions = {"dspy": dspy.__version__, "python": sys.version.split()[0], "gepa": installed("gepa"), "optuna": installed("optuna")}
    print(json.dumps(versions), file=out, flush=True)
    for job in jobs:
        try:
            with contextlib.redirect_stdout(sys.stderr):
                figures = run(job, url)
        except Exception as error:  # a failed job is a row of the table, not the end of the bench
            figures = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps({"optimizer": job["optimizer"], "task": job["task"]["id"], "seed": job["seed"], **figures}), file=out, flush=True)


main()

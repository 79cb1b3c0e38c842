import type { ModelSpec } from '@/engine/lm/lm'
import type { Json } from '@/lib/json'
import { dspyLm } from '../dspy-lm'
import { pythonLiteral, pythonString } from './python-parts'

/** main.py: runs rows from the command line. */
export function mainPython(task: ModelSpec, extraction: ModelSpec | undefined): string {
  return `"""Runs rows through the program.

python main.py                    the rows of examples.jsonl
python main.py rows.jsonl         the rows of a file: one JSON object a line, or a JSON array
python main.py '{"…": "…"}'       one row given as JSON
"""

import argparse
import json
import os
import sys
from pathlib import Path

import dspy

from program import HERE, load
from values import plain

MODEL = ${pythonLiteral(lmSettings(task))}
EXTRACTION = ${extraction === undefined ? 'None' : pythonLiteral(lmSettings(extraction))}


def lm(settings):
    settings = dict(settings)
    if os.environ.get("OPENAI_MODEL"):
        settings["model"] = "openai/" + os.environ["OPENAI_MODEL"]
    if os.environ.get("OPENAI_BASE_URL"):
        settings["api_base"] = os.environ["OPENAI_BASE_URL"]
    if "model" not in settings:
        sys.exit("Set OPENAI_API_KEY and OPENAI_MODEL, and OPENAI_BASE_URL for another address than that of OpenAI.")
    return dspy.LM(**settings)


def rows_of(text):
    text = text.strip()
    if text.startswith("["):
        return json.loads(text)
    return [json.loads(line) for line in text.split("\\n") if line.strip() != ""]


def main():
    options = argparse.ArgumentParser(description=${pythonString('Runs rows through the program, and prints what comes out, one JSON object a line.')})
    options.add_argument("rows", nargs="?", default=str(HERE / "examples.jsonl"))
    options.add_argument("--wording", choices=["studio", "dspy"])
    chosen = options.parse_args()
    text = chosen.rows if chosen.rows.lstrip().startswith("{") else Path(chosen.rows).read_text(encoding="utf-8")
    dspy.configure(lm=lm(MODEL))
    program = load(chosen.wording, lm(EXTRACTION) if EXTRACTION else None)
    for row in rows_of(text):
        print(json.dumps(plain(program(**row)), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
`
}

/** pyproject.toml: what the folder needs. */
export function pyproject(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `[project]
name = "${slug || 'program'}"
version = "1.0.0"
requires-python = ">=3.10"
dependencies = ["dspy==3.4.1", "quickjs>=1.19.4,<2"]

[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
# The folder runs where it lies: only what it needs is installed.
py-modules = []
`
}

/** What dspy.LM is made with; empty for a model that only the studio has. */
function lmSettings(model: ModelSpec): Json {
  const left = new Set(['_dspy_lm_class', 'finetuning_model', 'launch_kwargs', 'train_kwargs', 'cache', 'num_retries'])
  return Object.fromEntries(Object.entries(dspyLm(model) ?? {}).filter(([name, value]) => !left.has(name) && value !== null))
}

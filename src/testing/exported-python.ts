import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { completeState } from '@/engine/graph/default-state'
import { runProgram } from '@/engine/graph/execute'
import type { Example, Values } from '@/engine/base/example'
import type { Lm, LmRequest } from '@/engine/lm/lm'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { Program } from '@/engine/program/program'
import { wireRequest } from '@/engine/providers/openai/openai-compatible'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { exportPython } from '@/export/python/to-python'
import type { Wording } from '@/export/python/messages-json'
import { canonicalJson } from '@/lib/canonical-json'
import { isJsonObject, type JsonObject } from '@/lib/json'
import { realClock } from './memory-ports'
import { toyModel } from './toy-run'

/** What one row sent, as far as DSPy hands it to an LM, and what came out. */
export interface PackageRun {
  readonly requests: readonly string[]
  readonly outputs?: Values
  readonly error?: string
  /** What the metric of the package says of it, where it has one. */
  readonly score?: JsonObject
}

export interface StudioRun extends PackageRun {
  readonly example: Example
  /** The answers by request, in the order they were given. */
  readonly answers: Readonly<Record<string, readonly string[]>>
}

/** Runs rows through the studio's engine, and keeps what was asked and answered. */
export async function studioRuns(
  program: Program,
  examples: readonly Example[],
  lm: Lm,
  runner: CodeRunner,
): Promise<readonly StudioRun[]> {
  const whole = { graph: program.graph, state: completeState(program.graph, program.state) }
  const runs: StudioRun[] = []
  for (const example of examples) {
    const requests: string[] = []
    const answers: Record<string, string[]> = {}
    const recording: Lm = {
      capabilities: { responseFormats: ['json_schema', 'json_object'] },
      async generate(request, call) {
        const asked = await askedOf(request)
        requests.push(asked)
        const answer = await lm.generate(request, call)
        ;(answers[asked] ??= []).push(answer.text)
        return answer
      },
    }
    const modelFor = () => ({ lm: recording, model: toyModel })
    const call = { signal: new AbortController().signal, rollout: 0, purpose: 'row' } as const
    const outcome = await runProgram(whole, example.inputs, { clock: realClock, runner, modelFor, call }).then(
      ({ values }) => ({ outputs: values }),
      (error: unknown) => ({ error: String(error) }),
    )
    runs.push({ example, requests, answers, ...outcome })
  }
  return runs
}

/** Messages, response format and what a step sets itself: what DSPy hands to an LM. */
async function askedOf(request: LmRequest): Promise<string> {
  const body: unknown = await wireRequest(request, () => Promise.resolve(''))
  if (!isJsonObject(body)) throw new Error('a request is an object')
  const { messages = null, response_format = null, temperature = null } = body
  return canonicalJson({ messages, response_format, temperature: temperature === 0 ? null : temperature })
}

export interface PackageCase {
  readonly program: Program
  readonly metric?: MetricSpec
  readonly wording?: Wording
  readonly runs: readonly StudioRun[]
}

/** Exports each program, and runs its rows in one Python process, through DSPy with an LM that gives the studio's answers. */
export function packageRuns(python: string, cases: readonly PackageCase[], rules: string): readonly (readonly PackageRun[])[] {
  const root = mkdtempSync(join(tmpdir(), 'dspy-studio-python-'))
  try {
    const asked = cases.map(({ program, metric, wording = 'studio', runs }, index) => {
      const folder = join(root, `p${index}`)
      const whole = { graph: program.graph, state: completeState(program.graph, program.state) }
      const models = { task: toyModel, overrides: {} }
      const files = exportPython({
        name: 'Toy',
        program: whole,
        models,
        wording,
        examples: runs.map(({ example }) => example),
        rules,
        ...(metric && { metric }),
      })
      for (const { path, text } of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
      return { folder, rows: runs.map(({ example, answers }) => ({ inputs: example.inputs, labels: example.labels, answers })) }
    })
    writeFileSync(join(root, 'driver.py'), driver)
    writeFileSync(join(root, 'cases.json'), JSON.stringify(asked))
    const child = spawnSync(python, ['driver.py'], { cwd: root, encoding: 'utf8', maxBuffer: 1e9 })
    if (child.status !== 0) throw new Error(child.stderr.slice(-4000))
    return JSON.parse(readFileSync(join(root, 'answers.json'), 'utf8')) as readonly (readonly PackageRun[])[]
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const driver = String.raw`
import importlib, json, sys, traceback, types, warnings
warnings.simplefilter("ignore")
import logging; logging.disable(logging.CRITICAL)
import dspy
OWN = ["program", "adapter", "values", "steps", "agents", "nearest", "sandbox"]

def canonical(value):
    if isinstance(value, float) and value.is_integer(): value = int(value)
    if isinstance(value, dict): return {k: canonical(v) for k, v in value.items()}
    if isinstance(value, list): return [canonical(v) for v in value]
    return value

class Stub(dspy.BaseLM):
    def __init__(self, answers):
        super().__init__(model="stub")
        self.answers, self.asked = {k: list(v) for k, v in answers.items()}, []
    def copy(self, **kwargs):
        return self
    def forward(self, prompt=None, messages=None, **kwargs):
        asked = json.dumps(canonical({"messages": messages, "response_format": kwargs.get("response_format"), "temperature": kwargs.get("temperature")}), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.asked.append(asked)
        known = self.answers.get(asked)
        if not known: raise RuntimeError("the studio sent no such request")
        text = known.pop(0) if len(known) > 1 else known[0]
        N = types.SimpleNamespace
        return N(choices=[N(message=N(content=text, tool_calls=None), finish_reason="stop")], usage={}, model="stub")

answers = []
for case in json.load(open("cases.json", encoding="utf-8")):
    for name in OWN: sys.modules.pop(name, None)
    sys.path.insert(0, case["folder"])
    program = importlib.import_module("program")
    values = importlib.import_module("values")
    sys.path.pop(0)
    loaded = program.load()
    runs = []
    for row in case["rows"]:
        lm = Stub(row["answers"])
        run = {}
        try:
            with dspy.context(lm=lm):
                out = loaded(**row["inputs"])
            run["outputs"] = values.plain(out)
            if program.MESSAGES["metric"] is not None:
                example = dspy.Example(**row["inputs"], **row["labels"]).with_inputs(*row["inputs"])
                scored = program.metric(example, out, None, None, None)
                run["score"] = {"value": scored.score, "feedback": scored.feedback, "number": program.metric(example, out), "passes": program.metric(example, out, [])}
        except Exception as error:
            run["error"] = "".join(traceback.format_exception(error)[-6:])
        runs.append({**run, "requests": lm.asked})
    answers.append(runs)
json.dump(answers, open("answers.json", "w", encoding="utf-8"))
`

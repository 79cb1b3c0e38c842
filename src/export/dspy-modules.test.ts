import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { completeState } from '@/engine/graph/default-state'
import { predictorsOf } from '@/engine/graph/predictors'
import type { Program } from '@/engine/program/program'
import { printSignatureLine } from '@/engine/signature/print-signature'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { dspyPython } from '@/testing/dspy-python'
import { stepPrograms } from '@/testing/step-programs'
import { readDspyState } from './from-dspy-json'
import { dspyState } from './to-dspy-json'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

/** Modules with instructions and demos of their own for each of their predictors. */
const cases: readonly { readonly id: string; readonly program: Program }[] = ['react-v2', 'program-of-thought', 'code-act', 'rlm'].map(
  id => {
    const { graph } = stepPrograms[id] ?? { graph: { nodes: [], edges: [] } }
    const learned = predictorsOf(graph).map((predictor, index) => {
      const demo = { augmented: true, text: 'order 1 for item zorp', label: 'red' }
      return [predictor.id, { instructions: `Learned ${index}: – "so".\nAnd so.`, demos: [demo] }] as const
    })
    return { id, program: { graph, state: completeState(graph, Object.fromEntries(learned)) } }
  },
)

const script = `
import json, sys, os, tempfile, warnings
warnings.simplefilter("ignore")
import dspy
def lookup(word: str) -> str:
    """The colour of a word."""
    return word
makers = {
    "react-v2": lambda signature: dspy.ReActV2(signature, tools=[lookup]),
    "program-of-thought": lambda signature: dspy.ProgramOfThought(signature),
    "code-act": lambda signature: dspy.CodeAct(signature, tools=[lookup]),
    "rlm": lambda signature: dspy.RLM(signature, tools=[lookup]),
}
def run(case):
    class Program(dspy.Module):
        def __init__(self):
            super().__init__()
            self.classify = makers[case["id"]](case["signature"])
    program = Program()
    names = [name for name, _ in program.named_predictors()]
    folder = tempfile.mkdtemp()
    with open(os.path.join(folder, "in.json"), "w", encoding="utf-8") as file: file.write(case["text"])
    program.load(os.path.join(folder, "in.json"))
    program.save(os.path.join(folder, "out.json"))
    fields = {name: list(p.signature.fields.keys()) for name, p in program.named_predictors()}
    return {"names": names, "fields": fields, "saved": open(os.path.join(folder, "out.json"), encoding="utf-8").read(), "version": dspy.__version__}
json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
`

describe.skipIf(!python)('the state of agents and writers of code in DSPy itself', () => {
  it('is loaded and saved as it stands, under the same names and over the same fields', { timeout: 120_000 }, () => {
    const sent = cases.map(({ id, program }) => ({
      id,
      signature: printSignatureLine(program.graph.nodes[1]?.fields ?? []),
      text: JSON.stringify(dspyState(program)),
    }))
    const child = spawnSync(python ?? '', ['-c', script], { input: JSON.stringify(sent), encoding: 'utf8', maxBuffer: 1e8 })
    const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
    if (child.status !== 0 || !read.ok || !Array.isArray(read.value)) throw new Error(child.stderr.slice(-3000))
    expect(read.value).toHaveLength(cases.length)
    for (const [index, { id, program }] of cases.entries()) {
      const result = read.value[index]
      if (!isJsonObject(result)) throw new Error(id)
      const predictors = predictorsOf(program.graph).filter(({ isOnlyHere }) => !isOnlyHere)
      expect({ id, version: result['version'], names: result['names'] }).toEqual({
        id,
        version: '3.4.1',
        names: predictors.map(({ dspyName }) => dspyName),
      })
      expect({ id, fields: result['fields'] }).toEqual({
        id,
        fields: Object.fromEntries(
          predictors.map(({ dspyName, dspySignature }) => [dspyName, dspySignature(program.state).fields.map(({ name }) => name)]),
        ),
      })
      const saved = parseJson(String(result['saved']))
      if (!saved.ok) throw new Error(saved.reason)
      // Our file also has what a bare module looks for, which DSPy leaves out of its own.
      const written = dspyState(program)
      expect(withoutMetadata(saved.value)).toEqual(Object.fromEntries(predictors.map(({ dspyName }) => [dspyName, written[dspyName]])))
      expect(readDspyState(saved.value, { ...program, state: {} })).toEqual(
        expect.objectContaining({
          state: Object.fromEntries(predictors.map(({ id }) => [id, program.state[id]])),
          notCarried: [],
        }),
      )
    }
  })
})

function withoutMetadata(file: unknown): unknown {
  const { metadata: _metadata, ...rest } = file as JsonObject
  return rest
}

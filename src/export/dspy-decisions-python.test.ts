import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { completeState } from '@/engine/graph/default-state'
import type { Program } from '@/engine/program/program'
import type { DecisionFields } from '@/engine/signature/decisions/decision'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { typeName } from '@/engine/signature/type-name'
import { parseJson, type Json } from '@/lib/json'
import { dspyPython } from '@/testing/dspy-python'
import { oneStep } from '@/testing/toy-programs'
import { readDspyState } from './from-dspy-json'
import { dspyStateText } from './to-dspy-json'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

const cases: readonly (readonly [type: string, settings: DecisionFields])[] = [
  ['bool', { label: { threshold: 0.35 } }],
  ['Noul', { label: { threshold: 1, criteria: { true: 'yes' } } }],
  ["Choice[('a', 'A'), (3, None)]", { label: { weights: { a: 0.5, '3': 2 }, instructions: { ask: ['Which?'] } } }],
  ["Annotated[Literal['a', 'b'], Choice]", { label: {} }],
  ["Score['x', 'y', 'z']", { label: { cuts: [0.5, 1.25], criteria: ['p', 'q', 'r'] } }],
]

const script = `
import json, sys, dspy, dspy.experimental
from typing import Annotated, Literal
answers = []
for case in json.load(sys.stdin):
    signature = dspy.Signature({"text": (str, dspy.InputField()), "label": (eval(case["type"]), dspy.OutputField(desc="Which?"))}, "Sort.")
    predict = dspy.Predict(signature)
    predict.load_state(json.loads(case["state"]))
    answers.append({"fields": predict.fields, "state": predict.dump_state()})
print(json.dumps(answers))
`

describe.skipIf(!python)('settings of decisions beside DSPy itself', () => {
  it('§A.6 are loaded by DSPy out of our files, and read out of its own', { timeout: 120_000 }, () => {
    const programs = cases.map(([type, fields]) => programOf(type, fields))
    const input = JSON.stringify(
      cases.map(([type], at) => ({ type: typeName(parseTypeName(type)), state: dspyStateText(programs[at] ?? programOf('str', {})) })),
    )
    const { stdout, stderr, status } = spawnSync(python ?? '', ['-c', script], { input, encoding: 'utf8' })
    const read = parseJson(stdout.trim().split('\n').at(-1) ?? '')
    if (status !== 0 || !read.ok) throw new Error(stderr.slice(-2000))
    const answers = read.value as unknown as readonly { readonly fields: Json; readonly state: Json }[]
    expect(answers.map(({ fields }) => fields)).toEqual(cases.map(([, fields]) => fields))
    for (const [at, { state }] of answers.entries()) {
      const program = programs[at] ?? programOf('str', {})
      const { graph } = program
      const back = readDspyState(state, { graph, state: completeState(graph, {}) })
      expect(Object.values(back.state)[0]?.fields).toEqual(cases[at]?.[1])
    }
  })
})

function programOf(type: string, fields: DecisionFields): Program {
  const { graph: plain } = oneStep()
  const nodes = plain.nodes.map(node => ({
    ...node,
    fields: node.fields.map(field => (field.name === 'label' ? { ...field, type: parseTypeName(type), desc: 'Which?' } : field)),
  }))
  const graph = { ...plain, nodes }
  const state = Object.entries(completeState(graph, {})).map(([id, own]) => [id, { ...own, fields }])
  return { graph, state: Object.fromEntries(state) }
}

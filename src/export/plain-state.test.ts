import { describe, expect, it } from 'vitest'
import { ensembleState } from '@/engine/graph/ensemble'
import type { Demo, ProgramState } from '@/engine/program/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { toyModel } from '@/testing/toy-run'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { dspyMemberFiles } from './dspy-members'
import { dspyRemarks, typeScriptRemarks } from './export-remarks'
import { exportTypeScript } from './to-typescript'
import { readDspyState } from './from-dspy-json'
import { standForPool } from './stand-for-pool'
import { dspyState, dspyStateText } from './to-dspy-json'

/** Three kinds of tickets, in blocks, so that the first of the pool are all of one kind. */
const tickets: readonly Demo[] = [
  'charged twice on my invoice',
  'the invoice was charged again',
  'a wrong charge on the invoice',
  'invoice charge is doubled',
  'cannot log in with my password',
  'password reset does not log me in',
  'log in fails after the password change',
  'the report page crashes',
  'a crash when I open the report',
  'report crashes at once',
].map((text, index) => ({ text, label: index < 4 ? 'red' : index < 7 ? 'green' : 'blue' }))

const picking = oneStep('predict', { classify: { instructions: 'Sort.', demos: tickets, nearest: { k: 3 }, lm: 'own' } })
const members: readonly ProgramState[] = ['one', 'two'].map(name => ({
  extract: { instructions: `Find ${name}.`, demos: [{ text: name, keyword: name }] },
  classify: { instructions: `Sort ${name}.`, demos: [], lm: 'own' },
}))
const together = twoSteps(ensembleState(members[0] ?? {}, members, 'majority'))

describe('a pool of demos on its way to DSPy', () => {
  it('is stood for by as many as a call shows, of every kind, in the order of the pool, the same each time', () => {
    const signature = predictorsOf(picking.graph)[0]?.signature(picking.state)
    if (!signature) throw new Error('one predictor')
    const chosen = standForPool(tickets, 3, signature)
    expect(chosen.map(demo => demo['label'])).toEqual(['red', 'green', 'blue'])
    expect(standForPool(tickets, 3, signature)).toEqual(chosen)
    expect(dspyState(picking)['classify']).toMatchObject({ demos: chosen })
    expect(standForPool(tickets, 99, signature)).toBe(tickets)
    expect(standForPool(tickets, 9, signature)).toHaveLength(9)
    // Nothing to tell them apart by.
    expect(standForPool([{}, {}, {}], 2, signature)).toHaveLength(2)
  })

  it('is told about before, in numbers', () => {
    expect(dspyRemarks(picking)).toEqual([expect.stringMatching(/^"Classify" picks 3 of 10 demos for each call.*3 that stand for all 10/)])
    expect(dspyRemarks(oneStep('predict', { classify: { instructions: '', demos: tickets } }))).toEqual([])
    const embedder = { ...picking.state['classify'], instructions: '', demos: tickets, nearest: { k: 3, embedder: 'e' } }
    expect(typeScriptRemarks({ ...picking, state: { classify: embedder } })[0]).toContain('embeddings of "e"')
  })
})

describe('an adapter on its way to DSPy', () => {
  it('is told as what to configure', () => {
    const { graph, state } = oneStep('predict', {})
    expect(dspyRemarks({ graph: { ...graph, adapter: 'xml' }, state })).toEqual([
      expect.stringContaining('dspy.configure(adapter=dspy.XMLAdapter())'),
    ])
    const nodes = graph.nodes.map(node => (node.kind === 'signature' ? { ...node, adapter: 'json' as const } : node))
    expect(dspyRemarks({ graph: { ...graph, nodes }, state })).toEqual([expect.stringMatching(/^"Classify".*dspy.JSONAdapter\(\)/)])
    expect(dspyRemarks({ graph: { ...graph, adapter: 'chat' }, state })).toEqual([])
    expect(dspyRemarks({ graph: { ...graph, jsonFallback: 'once' }, state })).toEqual([])
    expect(dspyRemarks({ graph: { ...graph, jsonFallback: 'never' }, state })).toEqual([
      expect.stringContaining('dspy.configure(adapter=dspy.ChatAdapter(use_json_adapter_fallback=False))'),
    ])
  })
})

describe('a metric that asks a judge', () => {
  it('is said to stay behind, in both directions out', () => {
    const program = oneStep('predict', {})
    const judge = { kind: 'rubric-judge', params: {} }
    expect(dspyRemarks(program, judge)).toEqual([expect.stringMatching(/judge .* no part of DSPy’s file/)])
    expect(typeScriptRemarks(program, {}, judge)).toEqual([expect.stringMatching(/judge .* no part of the folder/)])
    const plain = { kind: 'exact-match', params: { field: 'label' } }
    expect([...dspyRemarks(program, plain), ...typeScriptRemarks(program, {}, plain)]).toEqual([])
    const readme = exportTypeScript({
      name: 'Toy',
      program,
      models: { task: toyModel, overrides: {} },
      metric: judge,
      examples: [],
      engine: '',
    }).at(-1)?.text
    expect(readme).toContain('sends no request to grade what came out')
  })
})

describe('an ensemble on its way to DSPy', () => {
  it('is its best member, and says so', () => {
    const { extract } = dspyState(together)
    expect(extract).toMatchObject({ demos: [{ text: 'one', keyword: 'one' }], signature: { instructions: 'Find one.' } })
    expect(dspyStateText(together)).not.toContain('ensemble')
    expect(dspyRemarks(together)).toEqual([expect.stringContaining('ensemble of 2 members')])
    expect(typeScriptRemarks(together)).toEqual([expect.stringContaining('runs the program 2 times')])
  })

  it('is a file for each member, which are read back as those members', () => {
    const files = dspyMemberFiles(together)
    expect(files.map(file => file.path)).toEqual(['member-1.json', 'member-2.json', 'README.md'])
    for (const [index, state] of members.entries())
      expect(readDspyState(read(files[index]?.text), { ...together, state }).state).toEqual(state)
    expect(files.at(-1)?.text).toContain('range(1, 3)')
    expect(dspyMemberFiles(picking)).toEqual([])
  })
})

it('a state file read over a program that has more makes it plain', () => {
  const plain = twoSteps({ extract: { instructions: 'New.', demos: [] }, classify: { instructions: 'Also.', demos: [] } })
  const pool = { ...together.state, extract: { instructions: '', demos: tickets, nearest: { k: 2 } } }
  for (const state of [together.state, pool]) {
    const { state: after } = readDspyState(read(dspyStateText(plain)), { graph: together.graph, state })
    expect(after).toEqual({ extract: { instructions: 'New.', demos: [] }, classify: { instructions: 'Also.', demos: [], lm: 'own' } })
  }
})

function read(text: string | undefined): Json {
  const parsed = parseJson(text ?? '')
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('a state file is a JSON object')
  return parsed.value
}

import { describe, expect, it } from 'vitest'
import type { Demo, ProgramGraph, ProgramState } from '@/engine/program/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { voteProgram } from '@/engine/modules/vote-program'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { toyModel } from '@/testing/toy-run'
import { field, lookupTool, oneStep, signatureNode, twoSteps, voteOf } from '@/testing/toy-programs'
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
const together = voteProgram(twoSteps().graph, members, 'majority')

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

describe('tools on their way to DSPy', () => {
  const { graph, state } = oneStep('react-v2', {}, { tools: [lookupTool] })
  const adapterOf = (changes: Partial<ProgramGraph>): string | undefined =>
    dspyRemarks({ graph: { ...graph, jsonFallback: 'once', ...changes }, state })
      .find(remark => remark.startsWith('The adapter'))
      ?.match(/adapter=(.*)\)\.$/)?.[1]

  it('are offered there as here, whatever the adapter does by default', () => {
    expect(adapterOf({})).toBeUndefined()
    expect(adapterOf({ nativeTools: true })).toBe('dspy.ChatAdapter(use_native_function_calling=True)')
    expect(adapterOf({ adapter: 'json' })).toBe('dspy.JSONAdapter(use_native_function_calling=False)')
    expect(adapterOf({ adapter: 'json', nativeTools: true })).toBe('dspy.JSONAdapter()')
    expect(adapterOf({ adapter: 'two-step', nativeTools: true })).toBe('dspy.TwoStepAdapter(extraction_model=lm)')
    expect(adapterOf({ jsonFallback: 'never', nativeTools: true })).toBe(
      'dspy.ChatAdapter(use_json_adapter_fallback=False, use_native_function_calling=True)',
    )
  })

  it('are not spoken of where there are none', () => {
    const plain = oneStep('predict', {})
    expect(dspyRemarks({ graph: { ...plain.graph, nativeTools: true }, state: plain.state })).toEqual([])
  })
})

describe('a metric that asks a judge', () => {
  it('is said to stay behind, in both directions out', () => {
    const program = oneStep('predict', {})
    const judge = { kind: 'rubric-judge', params: {} }
    expect(dspyRemarks(program, {}, judge)).toEqual([expect.stringMatching(/judge .* not part of DSPy’s file/)])
    expect(typeScriptRemarks(program, {}, judge)).toEqual([expect.stringMatching(/judge .* not part of the folder/)])
    const plain = { kind: 'exact-match', params: { field: 'label' } }
    expect([...dspyRemarks(program, {}, plain), ...typeScriptRemarks(program, {}, plain)]).toEqual([])
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

describe('a vote on its way to DSPy', () => {
  it('is DSPy’s Ensemble, every program of it in the one file, and says how to make it', () => {
    const file = dspyState(together)
    expect(Object.keys(file).slice(0, 4)).toEqual([
      'programs[0].extract',
      'programs[0].classify.predict',
      'programs[1].extract',
      'programs[1].classify.predict',
    ])
    expect(file['programs[1].extract']).toMatchObject({
      demos: [{ text: 'two', keyword: 'two' }],
      signature: { instructions: 'Find two.' },
    })
    expect(dspyRemarks(together)).toEqual([
      expect.stringContaining('dspy.Ensemble(reduce_fn=dspy.majority).compile([…]) returns for 2 programs'),
    ])
    expect(typeScriptRemarks(together)).toEqual([expect.stringContaining('runs 2 programs for each call')])
    expect(readDspyState(read(dspyStateText(together)), { ...together, state: {} }).state).toEqual(
      Object.fromEntries(Object.entries(together.state).map(([id, { lm: _lm, ...own }]) => [id, own])),
    )
  })

  it('is a module of the program where it is one step of several, and says what DSPy does otherwise', () => {
    const vote = voteOf([oneStep(), twoSteps()], { reduce_fn: 'mean', size: 1 })
    const renamed = {
      ...vote,
      graph: { ...vote.graph, nodes: [...vote.graph.nodes, signatureNode('last', 'Last', [field('text', 'input'), field('x', 'output')])] },
    }
    expect(Object.keys(dspyState(renamed))).toContain('vote.programs[1].classify.predict')
    expect(dspyRemarks(renamed)).toEqual([
      expect.stringContaining('The step "Vote" is what dspy.Ensemble(reduce_fn=mean, size=1)'),
      expect.stringContaining('no mean of numbers'),
      expect.stringContaining('draws the 1 programs by chance'),
    ])
  })

  it('says of a demo that is picked in it which program picks', () => {
    const state = { ...together.state, 'vote/m2/extract': { instructions: '', demos: tickets, nearest: { k: 3 } } }
    expect(dspyRemarks({ ...together, state })[1]).toMatch(/^"vote › Program 2 › Extract" picks 3 of 10 demos/)
  })
})

it('a state file read over a program that has more makes it plain', () => {
  const plain = twoSteps({ extract: { instructions: 'New.', demos: [] }, classify: { instructions: 'Also.', demos: [] } })
  const before = { ...members[0], extract: { instructions: '', demos: tickets, nearest: { k: 2 } } }
  const { state: after } = readDspyState(read(dspyStateText(plain)), { graph: plain.graph, state: before })
  expect(after).toEqual({ extract: { instructions: 'New.', demos: [] }, classify: { instructions: 'Also.', demos: [], lm: 'own' } })
})

function read(text: string | undefined): Json {
  const parsed = parseJson(text ?? '')
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('a state file is a JSON object')
  return parsed.value
}

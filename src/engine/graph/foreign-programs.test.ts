import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { toyProject } from '@/testing/toy-project'
import { metricKind, metricKinds, metricLabels, needMetricKind } from '../metrics/registry'
import { moduleKind, moduleKinds, needStepOf, stepOf } from '../modules/registry'
import { needOptimizerKind, optimizerKind, optimizerKinds } from '../optimizers/registry'
import type { ProgramGraph, SignatureNode } from '../program/program'
import { checkGraph } from './check'
import { completeState } from './default-state'
import { outputFields } from './ports'
import { callsOfRun, predictorsOf } from './predictors'
import { userSources } from './user-sources'

const { graph, state } = toyProject()
const unknown = fc.string().filter(id => ![...metricKinds, ...moduleKinds, ...optimizerKinds].some(kind => kind.id === id))
const names = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', ''), unknown)

function withModule(module: string, moduleParams: JsonObject): { readonly graph: ProgramGraph; readonly node: SignatureNode } {
  const nodes = graph.nodes.map(node => (node.kind === 'signature' ? { ...node, module, moduleParams } : node))
  const node = nodes.find(one => one.kind === 'signature')
  if (node?.kind !== 'signature') throw new Error('the toy program has a signature')
  return { graph: { ...graph, nodes }, node }
}

describe('a stored id that this version does not know', () => {
  it('has no kind where it is looked up, and is an error of ours where it is needed', () => {
    fc.assert(
      fc.property(names, id => {
        expect([metricKind(id), moduleKind(id), optimizerKind(id)]).toEqual([undefined, undefined, undefined])
        expect(metricLabels({ kind: id, params: {} })).toEqual([])
        expect(() => needMetricKind(id)).toThrow(/not known to this version/)
        expect(() => needOptimizerKind(id)).toThrow(/not known to this version/)
        const { node } = withModule(id, {})
        expect(stepOf(node)).toBeUndefined()
        expect(() => needStepOf(node)).toThrow(/not known to this version/)
      }),
    )
  })

  it('costs a sum of metrics the labels of that part only', () => {
    const parts = [
      { kind: 'bleu', params: { field: 'a' }, weight: 1 },
      { kind: 'exact-match', params: { field: 'b' }, weight: 1 },
    ]
    expect(metricLabels({ kind: 'weighted-sum', params: { parts } })).toEqual(['b'])
  })
})

describe('a program with any module and any settings', () => {
  it('can be drawn: everything that is asked about it has an answer', () => {
    const modules = fc.oneof(fc.constantFrom(...moduleKinds.map(({ id }) => id)), names)
    const keys = fc.constantFrom('tools', 'max_iters', 'N', 'M', 'module', 'reward', 'threshold', 'temperature', 'fail_count')
    const params = fc.oneof(fc.dictionary(keys, fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
    fc.assert(
      fc.property(modules, params, (module, settings) => {
        const { graph: foreign, node } = withModule(module, settings as JsonObject)
        const step = stepOf(node)
        if (step) for (const ask of [step.slots, step.ownCalls, step.problems, step.sources, step.addedOutputs]) ask()
        // A page that reads them again and again must come to rest.
        for (const predictor of predictorsOf(foreign)) expect(predictor.signature({})).toBe(predictor.signature({}))
        callsOfRun(foreign)
        checkGraph(foreign)
        outputFields(node)
        completeState(foreign, state)
        userSources(foreign)
      }),
      { numRuns: 500 },
    )
  })
})

import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import type { Rollout } from '../../evaluate/rollout'
import { predictorsOf } from '../../graph/predictors'
import type { Demo, Program, ProgramGraph } from '../../program/program'
import { pcg64 } from './pcg64'
import { bucketsOf, type Bucket } from './buckets'
import { hasDemo, hasRule, withDemoOf, withFewerDemos } from './strategies'
import { ruleField, ruleIn, ruleSignature, shortened } from './text'

const demo = (n: number): Demo => ({ text: `t${n}`, label: 'red' })
const withDemos = (counts: readonly number[]): Program => {
  const program = twoSteps()
  const ids = predictorsOf(program.graph).map(({ id }) => id)
  const state = ids.map((id, at) => [id, { instructions: 'x', demos: Array.from({ length: counts[at] ?? 0 }, (_, n) => demo(n)) }] as const)
  return { graph: program.graph, state: Object.fromEntries(state) }
}
const countsOf = (state: Program['state']): readonly unknown[] =>
  ['extract', 'classify'].map(id => state[id]?.demos.map(one => one['text']))

function locked(graph: ProgramGraph, id: string): ProgramGraph {
  return {
    ...graph,
    nodes: graph.nodes.map(node => (node.kind === 'signature' && node.id === id ? { ...node, locks: { demos: true } } : node)),
  }
}

function bucketOf(scores: readonly number[]): Bucket {
  const step = (predictor: string, n: number) => ({
    node: predictor,
    predictor,
    name: predictor,
    inputs: { text: `${'long '.repeat(50)}${n}` },
    outputs: { label: 'red' },
    calls: [],
    ms: 0,
  })
  const runs = scores.map((score, n): Rollout => ({ exampleId: 'r', trace: [step('extract', n), step('classify', n)], score, ms: 0 }))
  const [bucket] = bucketsOf([{ id: 'r', inputs: {}, labels: {} }], [runs])
  if (!bucket) throw new Error('no bucket')
  return bucket
}

describe('dropping demos', () => {
  it('drops as many as NumPy’s Poisson says, at places drawn with repetition, the same in every step', () => {
    const [mine, expected] = [pythonRandom(0), pythonRandom(0)]
    const poisson = pcg64(0)
    const drops = pcg64(0)
    for (const count of [1, 2, 3, 3, 2, 3]) {
      const program = withDemos([count, 1])
      const wanted = Math.min(count, drops.poisson(count / 4))
      const places = new Set(Array.from({ length: wanted }, () => expected.randbelow(count)))
      const left = [...Array(count).keys()].filter(place => !places.has(place)).map(place => `t${place}`)
      expect(countsOf(withFewerDemos(program, 4, mine, poisson))).toEqual([left, places.has(0) ? [] : ['t0']])
    }
  })

  it('drops one at least where the predictor is full', () => {
    for (let seed = 0; seed < 10; seed++) {
      const state = withFewerDemos(withDemos([4, 4]), 4, pythonRandom(seed), pcg64(seed))
      expect(state['extract']?.demos.length).toBeLessThan(4)
    }
  })

  it('drops none where there are none, and leaves locked steps alone', () => {
    expect(countsOf(withFewerDemos(withDemos([0, 0]), 4, pythonRandom(0), pcg64(0)))).toEqual([[], []])
    const { graph, state } = withDemos([4, 4])
    const fewer = withFewerDemos({ graph: locked(graph, 'extract'), state }, 4, pythonRandom(0), pcg64(0))
    expect(fewer['extract']?.demos).toHaveLength(4)
    expect(fewer['classify']?.demos.length).toBeLessThan(4)
  })
})

describe('appending a demo', () => {
  it('adds the call of the best run to each step, its inputs cut', () => {
    const state = withDemoOf(bucketOf([0, 1, 0.5]), withDemos([1, 0]), 100)
    expect(state['extract']?.demos).toHaveLength(2)
    const added = state['classify']?.demos[0]
    expect(added).toMatchObject({ augmented: true, label: 'red' })
    expect(String(added?.['text']).length).toBeLessThan(150)
    expect(String(withDemoOf(bucketOf([0, 1]), withDemos([0, 0]), 1000)['classify']?.demos[0]?.['text'])).toMatch(/1$/)
  })

  it('leaves locked steps alone', () => {
    const { graph, state } = withDemos([1, 0])
    const added = withDemoOf(bucketOf([1]), { graph: locked(graph, 'extract'), state }, 100)
    expect([added['extract']?.demos.length, added['classify']?.demos.length]).toEqual([1, 1])
  })

  it('needs a run that is not one of the worst', () => {
    expect(hasDemo(bucketOf([1, 0]), { low: 0, high: 1 })).toBe(true)
    expect(hasDemo(bucketOf([0, 0]), { low: 0, high: 1 })).toBe(false)
  })
})

describe('appending a rule', () => {
  it('needs a run that is not one of the worst, and one that is not one of the best', () => {
    expect(hasRule(bucketOf([1, 0]), { low: 0, high: 1 })).toBe(true)
    expect(hasRule(bucketOf([1, 1]), { low: 0, high: 1 })).toBe(false)
    expect(hasRule(bucketOf([0, 0]), { low: 0, high: 1 })).toBe(false)
  })

  it('asks for one field a step, the same signature for the same steps', () => {
    const predictors = predictorsOf(twoSteps().graph)
    const outputs = ruleSignature(predictors).fields.filter(field => field.role === 'output')
    expect(outputs.map(({ name }) => name)).toEqual(['discussion', 'instruction_for_extract', 'instruction_for_classify_predict'])
    expect(ruleSignature(predictorsOf(twoSteps().graph))).toBe(ruleSignature(predictors))
  })

  it.each(['', ' ', 'N/A', 'none', '(None.)', 'No advice', 'no changes'])('takes %j for no rule', text => {
    const [predictor] = predictorsOf(oneStep().graph)
    expect(predictor && ruleIn({ [ruleField(predictor)]: text }, predictor)).toBeUndefined()
    expect(predictor && ruleIn({ [ruleField(predictor)]: 'None of the words count twice.' }, predictor)).toBeDefined()
  })
})

describe('cutting a text', () => {
  it('says so, and leaves short and other values alone', () => {
    expect(shortened('abcdef', 3)).toMatch(/^abc\n.*cut/)
    expect(shortened('abc', 3)).toBe('abc')
    expect(shortened([1, 2, 3, 4], 3)).toEqual([1, 2, 3, 4])
  })
})

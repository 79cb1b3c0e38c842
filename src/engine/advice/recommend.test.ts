import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import type { Locks, ProgramGraph } from '../program/program'
import { exactly } from '../lm/call-range'
import { defineOptimizer, type OptimizerKind } from '../optimizers/kit/optimizer'
import { optimizerKinds } from '../optimizers/registry'
import { estimateRun } from '../run/plan/estimate'
import { ladder } from './ladder'
import { effortsOf, recommend } from './recommend'
import { givesFeedback } from '../metrics/registry'
import type { Situation } from './situation'

/** Stands for an optimizer: `calls` is what it takes of its own, for a parameter value. */
function kind(
  id: string,
  params: z.ZodObject = z.object({}),
  calls: (params: Record<string, unknown>) => number = () => 10,
): OptimizerKind {
  return defineOptimizer({
    id,
    title: id,
    dspyName: id,
    help: '',
    params,
    needs: { trainset: 1, valset: 0, metric: true },
    roles: () => [],
    estimate: value => [{ purpose: 'evaluate', ...exactly(calls(value)) }],
    stages: () => [],
    load: () => Promise.reject(new Error('nothing here is run')),
  })
}

const auto = z.object({ auto: z.enum(['light', 'medium', 'heavy']).default('light'), max_bootstrapped_demos: z.number().default(4) })
const price: Record<string, number> = { light: 300, medium: 900, heavy: 2000 }
const priced = (params: Record<string, unknown>) => price[String(params['auto'])] ?? 0
const all: readonly OptimizerKind[] = [
  kind('labeled-few-shot', z.object({ k: z.number().default(16) }), () => 0),
  kind('bootstrap-few-shot'),
  kind(
    'bootstrap-few-shot-random-search',
    z.object({ num_candidate_programs: z.number().default(16) }),
    params => Number(params['num_candidate_programs']) * 50,
  ),
  kind('bootstrap-few-shot-tpe'),
  kind('mipro-v2', auto, priced),
  kind('gepa', auto, priced),
  kind('simba'),
  kind('copro'),
  kind('infer-rules'),
  kind('knn-few-shot'),
  kind('ensemble'),
]

const exactMatch = { kind: 'exact-match', params: { field: 'label' } }
const withFeedback = { kind: 'code', params: { source: '() => ({ score: 0, feedback: "Say why." })' } }
const base: Situation = { graph: oneStep().graph, train: 30, val: 10, isLabelled: true, metric: exactMatch, optimizers: all }
const first = (change: Partial<Situation>) => recommend({ ...base, ...change })[0]
const ids = (change: Partial<Situation>) => recommend({ ...base, ...change }).map(({ optimizerId }) => optimizerId)

describe('a recommendation', () => {
  it.each([
    [{ train: 4, val: 3 }, 'labeled-few-shot', { k: 4 }],
    [{ train: 20, val: 10 }, 'bootstrap-few-shot', {}],
    [{ train: 60, val: 40 }, 'bootstrap-few-shot-random-search', {}],
    [{ train: 200, val: 100 }, 'mipro-v2', { auto: 'medium' }],
    [{ train: 500, val: 300 }, 'mipro-v2', { auto: 'heavy' }],
  ] as const)('climbs the ladder with the number of rows: %o', (rows, id, params) => {
    expect(first(rows)).toMatchObject({ optimizerId: id, params })
  })

  it('takes the metric at its word when it explains its scores', () => {
    expect(first({ train: 60, val: 40, metric: withFeedback })?.optimizerId).toBe('gepa')
    expect(first({ train: 200, val: 200, metric: withFeedback })?.why).toContain('in words what is wrong')
    expect(first({ train: 4, val: 3, metric: withFeedback })?.optimizerId).toBe('labeled-few-shot')
  })

  it('searches instructions alone where no row is labelled', () => {
    expect(first({ isLabelled: false })).toMatchObject({ optimizerId: 'mipro-v2', params: { max_bootstrapped_demos: 0 } })
    expect(ids({ isLabelled: false })).not.toContain('labeled-few-shot')
  })

  it('leaves locked parts alone', () => {
    const demosLocked = ids({ graph: locked({ demos: true }), train: 60, val: 40 })
    expect(demosLocked[0]).toBe('mipro-v2')
    expect(demosLocked).not.toContain('bootstrap-few-shot')
    const instructionsLocked = ids({ graph: locked({ instructions: true }), train: 300, val: 100, metric: withFeedback })
    expect(instructionsLocked[0]).toBe('bootstrap-few-shot-random-search')
    expect(instructionsLocked).not.toContain('gepa')
    expect(recommend({ ...base, graph: locked({ instructions: true, demos: true }) })).toEqual([])
  })

  it('takes the largest preset that the cap pays for, and puts what it cannot pay for last', () => {
    const rich = first({ train: 200, val: 100 })
    expect(rich?.calls.expected).toBe(900 + 100)
    const capped = first({ train: 200, val: 100, maxCalls: 700 })
    expect(capped).toMatchObject({ optimizerId: 'mipro-v2', params: {}, isOverCap: false, calls: { expected: 300 + 100 } })
    const poor = recommend({ ...base, train: 60, val: 40, maxCalls: 120 })
    expect(poor[0]?.isOverCap).toBe(false)
    expect(poor.at(-1)?.isOverCap).toBe(true)
    expect(poor.find(each => each.optimizerId === 'mipro-v2')?.isOverCap).toBe(true)
  })

  it('names only optimizers that exist and can start', () => {
    expect(ids({ optimizers: all.slice(0, 2) })).toEqual(['bootstrap-few-shot', 'labeled-few-shot'])
    expect(ids({ train: 0, val: 0 })).toEqual([])
    const strict = { ...kind('copro'), problem: () => 'Not now.' }
    expect(ids({ optimizers: [strict] })).toEqual([])
  })

  it('of every real optimizer starts with its preset, at the calls the estimate says', () => {
    for (const graph of [oneStep().graph, twoSteps().graph]) {
      for (const [train, val] of [
        [5, 3],
        [30, 12],
        [90, 60],
        [400, 300],
      ] as const) {
        for (const { optimizerId, params, calls, why } of recommend({ ...base, graph, train, val, optimizers: optimizerKinds })) {
          expect(calls).toEqual(estimateRun({ kind: 'compile', graph, train, val, optimizer: { id: optimizerId, params } }).total)
          expect(why).toMatch(/^[A-Z0-9].*\.$/)
          expect(why).not.toMatch(/undefined|NaN/)
        }
      }
    }
  })

  it('knows every registered optimizer but those that need finished candidates', () => {
    const known = new Set(ladder.map(({ id }) => id))
    expect(optimizerKinds.map(({ id }) => id).filter(id => !known.has(id) && id !== 'ensemble')).toEqual([])
  })
})

describe('what is known of a metric', () => {
  it('finds feedback in code and in the parts of a sum', () => {
    expect(givesFeedback(withFeedback)).toBe(true)
    expect(givesFeedback(exactMatch)).toBe(false)
    expect(givesFeedback({ kind: 'code', params: { source: '() => 1' } })).toBe(false)
    expect(
      givesFeedback({
        kind: 'weighted-sum',
        params: {
          parts: [
            { ...exactMatch, weight: 1 },
            { ...withFeedback, weight: 1 },
          ],
        },
      }),
    ).toBe(true)
  })
})

it('offers efforts only where the optimizer has them', () => {
  expect(effortsOf(kind('mipro-v2', auto))).toEqual(['light', 'medium', 'heavy'])
  expect(effortsOf(kind('copro'))).toEqual([])
})

function locked(locks: Locks): ProgramGraph {
  const { graph } = base
  return { ...graph, nodes: graph.nodes.map(node => (node.kind === 'signature' ? { ...node, locks } : node)) }
}

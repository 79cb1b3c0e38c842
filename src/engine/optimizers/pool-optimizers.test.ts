import { describe, expect, it } from 'vitest'
import { compileToy } from '@/testing/compile-toy'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { estimateRun } from '../run/plan/estimate'
import { voteProgram } from '../modules/vote-program'
import { ensemble } from './ensemble/ensemble'
import { knnFewShot } from './few-shot/knn-few-shot'
import { chatOf } from '@/testing/chat-of'

describe('KNNFewShot', () => {
  it.each([
    ['one predictor', {}, oneStep(), 12, 1],
    ['two predictors', { k: 2, max_rounds: 2 }, twoSteps(), 9, 2],
  ])('runs the teacher once on every row: %s', async (_title, params, program, train, predictors) => {
    const { ran, outcome, plan, told } = await compileToy(knnFewShot.id, params, { program, train, val: 6 })
    expect(outcome).toMatchObject({ status: 'done' })
    const bootstraps = plan.calls.find(({ purpose }) => purpose === 'bootstrap')
    expect(ran('bootstrap') * predictors).toBeGreaterThanOrEqual(bootstraps?.low ?? Infinity)
    expect(ran('bootstrap') * predictors).toBeLessThanOrEqual(bootstraps?.high ?? 0)
    expect(bootstraps?.low).toBe(train * predictors)
    // The calls of a row stay as many as they were: baseline and result.
    expect(ran('evaluate')).toBe(2 * 6)
    expect(told('candidate-propose').at(-1)?.state['classify']?.nearest).toEqual({ k: 'k' in params ? params.k : 3 })
  })

  it('keeps every row in the pool, and climbs with few demos in each prompt', async () => {
    const { outcome, disk } = await compileToy(knnFewShot.id, { k: 1 }, { program: oneStep(), train: 24, val: 20 })
    const pool = outcome.result?.best?.state['classify']?.demos
    expect(pool).toHaveLength(24)
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0.3)
    const final = [...disk.rollouts.values()].filter(({ candidate }) => candidate === outcome.result?.best?.candidate)
    const keys = final.flatMap(({ rollout }) => rollout.trace.flatMap(span => span.calls.map(call => call.key)))
    expect(new Set(keys.map(key => chatOf(disk.calls.get(key)?.request).messages.length))).toEqual(new Set([4]))
  })

  it('asks no teacher when rows are to be shown as they are', async () => {
    const { ran, outcome } = await compileToy(knnFewShot.id, { max_bootstrapped_demos: 0 }, { program: oneStep(), train: 24, val: 10 })
    expect(ran('bootstrap')).toBe(0)
    expect(outcome.result?.best?.state['classify']?.demos).toHaveLength(24)
  })
})

describe('Ensemble', () => {
  const params = { num_candidate_programs: 2, max_bootstrapped_demos: 1, max_labeled_demos: 2 }
  it.each([
    ['one predictor', { size: 3 }, oneStep()],
    ['two predictors', { size: 2, num_candidate_programs: 1 }, twoSteps()],
  ])('runs each member on every row: %s', async (_title, changes, program) => {
    const own = { ...params, ...changes }
    const { told, outcome, disk, plan } = await compileToy(ensemble.id, own, { program, train: 12, val: 6 })
    expect(outcome).toMatchObject({ status: 'done' })
    const last = told('candidate-propose').find(({ how }) => how === 'ensemble')
    expect(last?.parents).toHaveLength(own.size)
    const rollouts = [...disk.rollouts.values()].filter(({ candidate }) => candidate === last?.candidate)
    expect(rollouts).toHaveLength(6)
    const predictors = program.graph.nodes.filter(node => node.kind === 'signature').length
    for (const { rollout } of rollouts) {
      expect(rollout.trace.filter(span => span.predictor)).toHaveLength(own.size * predictors)
      expect(rollout.trace.filter(span => span.kind === 'body').map(({ parent, name }) => `${parent} ${name}`)).toEqual(
        Array.from({ length: own.size }, (_, index) => `vote Program ${index + 1}`),
      )
    }
    expect(outcome.totals.answered).toBeLessThanOrEqual(plan.total.high)
    // Its calls are those of its members, which were evaluated before.
    expect(outcome.totals.cachedCalls).toBeGreaterThanOrEqual(own.size * 6 * predictors)
  })

  it('takes the members by their score, and itself only when it is better than the best', async () => {
    const { told, outcome } = await compileToy(ensemble.id, { ...params, size: 3 }, { program: oneStep(), train: 12, val: 8 })
    const means = new Map(told('fullset-score').map(({ candidate, summary }) => [candidate, summary.mean]))
    const together = told('candidate-propose').find(({ how }) => how === 'ensemble')
    const scores = together?.parents.map(id => means.get(id) ?? 0) ?? []
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    const isBetter = (means.get(together?.candidate ?? '') ?? 0) > (scores[0] ?? 1)
    expect(outcome.result?.best?.graph !== undefined).toBe(isBetter)
  })

  it('counts every member in the plan of an evaluation', () => {
    const { graph } = voteProgram(oneStep().graph, [{}, {}, {}], 'majority')
    expect(estimateRun({ kind: 'evaluate', graph, train: 0, val: 10 }).total).toMatchObject({ low: 30, high: 30 })
  })
})

import { describe, expect, it } from 'vitest'
import { compileToy } from '@/testing/compile-toy'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import type { Program } from '../program/program'
import { chatOf } from '@/testing/chat-of'
import { bootstrapFewShotTpe } from './bootstrap/bootstrap-few-shot-tpe'
import { copro } from './copro/copro'
import { gepa } from './gepa/gepa'
import { inferRules } from './infer-rules/infer-rules'
import { miproV2 } from './mipro/mipro-v2'

function locked(program: Program, id: string, locks: { instructions?: true; demos?: true }): Program {
  const nodes = program.graph.nodes.map(node => (node.kind === 'signature' && node.id === id ? { ...node, locks } : node))
  return { ...program, graph: { ...program.graph, nodes } }
}

describe('COPRO', () => {
  it.each([
    // Breadth times depth for one predictor.
    ['one predictor', { breadth: 4, depth: 3 }, oneStep(), 4 * 3],
    // P·breadth·depth(depth+1)/2 for several.
    ['two predictors', { breadth: 3, depth: 2 }, twoSteps(), (2 * 3 * 2 * 3) / 2],
  ])('evaluates as often as the formula says: %s', async (_title, params, program, evaluations) => {
    const train = 14
    const { ran, asked, outcome, plan } = await compileToy(copro.id, params, { program, train, val: 6 })
    expect(outcome).toMatchObject({ status: 'done' })
    expect(ran('trial')).toBe(evaluations * train)
    const predictors = program.graph.nodes.filter(node => node.kind === 'signature').length
    expect(asked).toBe(predictors * (params.breadth - 1 + (params.depth - 1) * params.breadth))
    // What stands in the plan, to the request: the result is scored once more, unless it is the student.
    const trialAndPropose = plan.calls.filter(({ purpose }) => purpose === 'trial' || purpose === 'propose')
    expect(trialAndPropose.reduce((sum, one) => sum + one.high, 0)).toBe(ran('trial') * predictors + asked)
  })

  it('climbs by instructions alone, and shows later rounds what scored how', async () => {
    const { outcome, disk, told } = await compileToy(copro.id, { breadth: 5, depth: 2 }, { program: oneStep(), train: 24, val: 20 })
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0.2)
    expect(outcome.result?.best?.state['classify']?.demos).toEqual([])
    const [first, second] = told('instructions-propose')
    expect([first?.how, second?.how]).toEqual(['breadth', 'history'])
    const prompt = chatOf(disk.calls.get(second?.proposals[0]?.call ?? '')?.request).messages.at(-1)?.content ?? ''
    const scores = [...prompt.matchAll(/Resulting Score #\d+: ([\d.]+)/g)].map(match => Number(match[1]))
    expect(scores.length).toBeGreaterThan(2)
    expect(scores).toEqual([...scores].sort((a, b) => a - b))
  })

  it('shows no rows when none are wanted, and asks several times all the same', async () => {
    const { disk, told } = await compileToy(
      copro.id,
      { breadth: 4, depth: 1, view_data_batch_size: 0 },
      { program: oneStep(), train: 5, val: 4 },
    )
    const calls = told('instructions-propose').flatMap(({ proposals }) => proposals.map(({ call }) => call ?? ''))
    expect(new Set(calls).size).toBe(3)
    for (const call of calls) expect(chatOf(disk.calls.get(call)?.request).messages.at(-1)?.content).not.toContain('order')
  })

  it('leaves locked instructions alone', async () => {
    const program = locked(twoSteps({ extract: { instructions: 'Mine.', demos: [] } }), 'extract', { instructions: true })
    const { told } = await compileToy(copro.id, { breadth: 3, depth: 2 }, { program, train: 8, val: 4 })
    expect(new Set(told('candidate-propose').map(({ state }) => state['extract']?.instructions))).toEqual(new Set(['Mine.']))
    const all = locked(oneStep(), 'classify', { instructions: true })
    const { outcome } = await compileToy(copro.id, {}, { program: all, train: 8, val: 4 })
    expect(outcome.sentence).toMatch(/locked/)
  })
})

describe('InferRules', () => {
  it.each([
    ['one predictor', { num_candidates: 3 }, oneStep()],
    ['two predictors', { num_candidates: 4, max_bootstrapped_demos: 2 }, twoSteps()],
  ])('asks and evaluates as often as the formula says: %s', async (_title, params, program) => {
    const val = 6
    const { ran, asked, outcome, plan } = await compileToy(inferRules.id, params, { program, train: 12, val })
    expect(outcome).toMatchObject({ status: 'done' })
    const predictors = program.graph.nodes.filter(node => node.kind === 'signature').length
    expect(asked).toBe(params.num_candidates * predictors)
    // And the baseline.
    expect(ran('evaluate')).toBe((params.num_candidates + 1) * val)
    expect(outcome.totals.answered).toBeLessThanOrEqual(plan.total.high)
    expect(outcome.totals.answered).toBeGreaterThanOrEqual(plan.total.low)
  })

  it('adds rules to the instructions of a copy', async () => {
    const program = oneStep('predict', { classify: { instructions: 'Sort it.', demos: [] } })
    const params = { num_candidates: 2, max_bootstrapped_demos: 0, max_labeled_demos: 0 }
    const { outcome, told } = await compileToy(inferRules.id, params, { program, train: 24, val: 12 })
    const states = told('candidate-propose').map(({ state }) => state['classify']?.instructions ?? '')
    expect(states[0]).toBe('Sort it.')
    expect(states.slice(1).every(text => text.startsWith('Sort it.\n\nKeep to these rules'))).toBe(true)
    // Rules of the first set are not in the second.
    expect(states.slice(1).every(text => text.split('Keep to these rules').length === 2)).toBe(true)
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0.2)
  })

  it('halves the trainset where there is no valset', () => {
    expect(inferRules.split?.rows(inferRules.params.parse({}), { train: [1, 2, 3, 4, 5], val: [] })).toEqual({
      train: [1, 2],
      val: [3, 4, 5],
    })
  })
})

describe('BootstrapFewShot with TPE', () => {
  it.each([
    ['one predictor', { num_candidate_programs: 3 }, oneStep()],
    ['two predictors', { num_candidate_programs: 5, max_demos: 2 }, twoSteps()],
  ])('bootstraps once and scores a choice of one demo a step: %s', async (_title, params, program) => {
    const val = 6
    const { ran, told, outcome, plan } = await compileToy(bootstrapFewShotTpe.id, params, { program, train: 12, val })
    expect(outcome).toMatchObject({ status: 'done' })
    const [, ...candidates] = told('candidate-propose')
    expect(candidates).toHaveLength(params.num_candidate_programs)
    for (const { state } of candidates)
      expect(Object.values(state).map(({ demos }) => demos.length)).toEqual(Object.keys(state).map(() => 1))
    const different = new Set(candidates.map(({ candidate }) => candidate)).size
    expect(ran('evaluate')).toBe((different + 1) * val)
    expect(outcome.totals.answered).toBeLessThanOrEqual(plan.total.high)
    expect(outcome.totals.answered).toBeGreaterThanOrEqual(plan.total.low)
  })

  it('chooses by the seed of the run', async () => {
    const choices = async (seed: number) => {
      const { told } = await compileToy(
        bootstrapFewShotTpe.id,
        { num_candidate_programs: 8 },
        { program: twoSteps(), train: 12, val: 3 },
        seed,
      )
      return told('candidate-propose').map(({ label }) => label)
    }
    expect(await choices(1)).toEqual(await choices(1))
    expect(await choices(1)).not.toEqual(await choices(2))
  })
})

describe('a model that takes no temperature and answers equal requests equally', () => {
  it.each([
    [copro.id, { breadth: 4, depth: 2 }],
    [gepa.id, { auto: 'manual', max_metric_calls: 120 }],
    [inferRules.id, { num_candidates: 4, max_bootstrapped_demos: 0, max_labeled_demos: 0 }],
    [miproV2.id, { auto: 'manual', num_candidates: 5, num_trials: 4, minibatch: false, max_bootstrapped_demos: 0, max_labeled_demos: 0 }],
  ])('is asked in other words by %s, and proposes different instructions', async (id, params) => {
    const sizes = { program: oneStep(), train: 24, val: 12, model: { isFixed: true } }
    const { outcome, told } = await compileToy(id, params, sizes)
    const texts = told('instructions-propose').flatMap(({ proposals }) => proposals.flatMap(({ call, text }) => (call ? [text] : [])))
    expect(texts.length).toBeGreaterThan(2)
    expect(new Set(texts).size).toBe(texts.length)
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0)
  })
})

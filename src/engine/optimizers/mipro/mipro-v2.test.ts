import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import type { JsonObject } from '@/lib/json'
import { compileToy, type ToySizes } from '@/testing/compile-toy'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { predictorsOf } from '../../graph/predictors'
import { chatOf } from '@/testing/chat-of'
import { estimateRun } from '../../run/plan/estimate'
import type { JournalEvent } from '../../record/events'
import { cleanProposal } from '../kit/instructions'
import { miproPlan } from './plan'
import { miproV2 } from './mipro-v2'

const compile = (params: JsonObject, sizes: ToySizes) => compileToy(miproV2.id, params, sizes)

function scored(events: readonly JournalEvent[]): string {
  return events.map(event => (event.type === 'minibatch-score' ? 'm' : event.type === 'fullset-score' ? 'F' : '')).join('')
}

function zeroShot(changes: Record<string, unknown> = {}) {
  return miproV2.params.parse({ max_bootstrapped_demos: 0, max_labeled_demos: 0, ...changes })
}

describe('the sizes of MIPROv2', () => {
  const sizes = (predictors: number) => ({
    train: 40,
    val: 100,
    predictors,
    openInstructions: predictors,
    openDemos: predictors,
    callsPerRun: predictors,
  })
  it.each([
    ['light', 10, 9, 3],
    ['medium', 18, 18, 6],
    ['heavy', 27, 27, 9],
  ])('%s', (auto, trials, zeroShotTrials, instructions) => {
    const plan = miproPlan(miproV2.params.parse({ auto }), sizes(1))
    expect(plan.trials).toBe(trials)
    expect(plan.instructions).toBe(instructions)
    expect(miproPlan(zeroShot({ auto }), sizes(1))).toMatchObject({ trials: zeroShotTrials, instructions: 2 * instructions })
  })

  it('grow with the predictors that are open', () => {
    expect(miproPlan(miproV2.params.parse({}), sizes(2)).trials).toBe(Math.floor(8 * Math.log2(6)))
    expect(miproPlan(miproV2.params.parse({}), { ...sizes(2), openInstructions: 1 }).trials).toBe(Math.floor(6 * Math.log2(6)))
  })

  it('come to 14 proposal requests for one predictor, light, 40 train rows', () => {
    expect(miproV2.estimate(miproV2.params.parse({}), sizes(1)).find(one => one.purpose === 'propose')).toMatchObject({
      expected: 14,
      high: 14,
    })
  })
})

describe('the rows of MIPROv2', () => {
  const rows = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
  it('come from the end of the trainset where there is no valset', () => {
    const { train, val } = miproV2.split?.rows(miproV2.params.parse({ auto: 'manual' }), { train: rows(10), val: [] }) ?? {}
    expect(train).toEqual([0, 1])
    expect(val).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
  it('are drawn from the valset by effort, in the order they are drawn', () => {
    const { val } = miproV2.split?.rows(miproV2.params.parse({}), { train: rows(4), val: rows(250) }) ?? {}
    expect(val).toEqual(pythonRandom(9).sample(rows(250), 100))
  })
})

describe('a run of MIPROv2', () => {
  const cases = [
    // One predictor, light: 10 minibatch trials and two full evaluations after the baseline.
    ['light', {}, { program: oneStep(), train: 24, val: 60 }, 'F' + 'mmmmmFmmmmmF', 35, 2 + 2 + 3 * 3],
    [
      'light, two predictors',
      { seed: 3, minibatch_size: 10 },
      { program: twoSteps(), train: 12, val: 52 },
      'F' + 'mmmmmF'.repeat(4),
      10,
      2 + 1 + 2 * 3 * 3,
    ],
    [
      'manual',
      { auto: 'manual', num_candidates: 5, num_trials: 7, minibatch_size: 4, program_aware_proposer: false },
      { program: oneStep(), train: 30, val: 8 },
      'FmmmmmFmmF',
      4,
      2 + 2 + 5,
    ],
  ] as const
  it.each(cases)('%s makes the calls of the formula, in DSPy’s order', async (_title, params, sizes, order, minibatch, proposals) => {
    const { outcome, events, ran } = await compile({ ...params }, sizes)
    expect(outcome).toMatchObject({ status: 'done' })
    const callsPerRun = predictorsOf(sizes.program.graph).length
    expect(scored(events)).toBe(order)
    const full = order.replaceAll('m', '').length
    const trials = order.length - full
    expect(ran('evaluate')).toBe(full * sizes.val)
    expect(ran('trial')).toBe(trials * minibatch)
    const runs = ran('evaluate') + ran('trial') + ran('bootstrap')
    expect(outcome.totals.answered).toBe(runs * callsPerRun + proposals)
    const { total } = estimateRun({
      kind: 'compile',
      graph: sizes.program.graph,
      train: sizes.train,
      val: sizes.val,
      optimizer: { id: miproV2.id, params },
    })
    expect(outcome.totals.answered).toBeLessThanOrEqual(total.high)
    expect(outcome.totals.answered).toBeGreaterThanOrEqual(total.low)
  })

  it('climbs by instructions alone', async () => {
    const { outcome, events } = await compile(
      { max_bootstrapped_demos: 0, max_labeled_demos: 0 },
      { program: oneStep(), train: 24, val: 20 },
    )
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0.1)
    expect(outcome.result?.best?.state['classify']?.demos).toEqual([])
    // Up to 50 val rows every trial is a full evaluation.
    expect(scored(events)).toMatch(/^F+$/)
  })

  it('tells which call wrote each instruction, and which parts each combination has', async () => {
    const { events, disk } = await compile({}, { program: oneStep(), train: 24, val: 60 })
    const proposed = events.flatMap(event => (event.type === 'instructions-propose' ? [event] : []))
    expect(proposed).toHaveLength(1)
    const [current, ...written] = proposed[0]?.proposals ?? []
    expect(current?.call).toBeUndefined()
    expect(written).toHaveLength(3)
    for (const { call, text } of written) expect(disk.calls.get(call ?? '')?.response.text).toContain(text)
    expect([...disk.runCalls.values()].filter(record => record.role === 'prompt').every(record => record.purpose === 'propose')).toBe(true)
    const choices = events.flatMap(event => (event.type === 'candidate-propose' && event.choice ? [event.choice] : []))
    expect(choices.every(choice => Object.keys(choice).join() === '0_predictor_instruction,0_predictor_demos')).toBe(true)
  })

  it('leaves out what is switched off', async () => {
    const off = { program_aware_proposer: false, data_aware_proposer: false, tip_aware_proposer: false, fewshot_aware_proposer: false }
    const { disk } = await compile(off, { program: oneStep(), train: 12, val: 12 })
    const prompts = [...disk.calls.values()].filter(call => disk.runCalls.get(call.key)?.role === 'prompt')
    expect(prompts).toHaveLength(3)
    for (const { request } of prompts) expect(chatOf(request).messages.at(-1)?.content).not.toMatch(/dataset_description|program_code|tip/)
  })

  it('keeps what is locked, and searches only the rest', async () => {
    const program = twoSteps({ extract: { instructions: 'Mine.', demos: [] } })
    const nodes = program.graph.nodes.map(node =>
      node.kind === 'signature' && node.id === 'extract' ? { ...node, locks: { instructions: true as const, demos: true as const } } : node,
    )
    const { outcome, events } = await compile({}, { program: { ...program, graph: { ...program.graph, nodes } }, train: 12, val: 12 })
    expect(outcome).toMatchObject({ status: 'done' })
    const states = events.flatMap(event => (event.type === 'candidate-propose' ? [event.state['extract']] : []))
    expect(states.every(state => state?.instructions === 'Mine.' && state.demos.length === 0)).toBe(true)
    expect(events.flatMap(event => (event.type === 'instructions-propose' ? [event.predictor] : []))).toEqual(['classify'])
  })

  it('says before the first call what does not fit', async () => {
    const problem = async (params: Record<string, number | string>, sizes = { train: 10, val: 60 }) => {
      const { outcome, disk } = await compile(params, { program: oneStep(), ...sizes })
      expect(disk.calls.size).toBe(0)
      return outcome.sentence
    }
    expect(await problem({ num_trials: 5 })).toMatch(/manual/)
    expect(await problem({ auto: 'manual' })).toMatch(/number of candidates/)
    expect(await problem({ auto: 'manual', num_candidates: 6 })).toMatch(/about 10 are recommended/)
    expect(await problem({ minibatch_size: 61 })).toMatch(/does not fit in a val split of 60/)
    expect(await problem({}, { train: 1, val: 0 })).toMatch(/at least 2 rows/)
  })
})

describe('a proposal', () => {
  it('loses a leading label and the quotes around it', () => {
    expect(cleanProposal('**Proposed instruction:** "Sort it."')).toBe('Sort it.')
    expect(cleanProposal('Sort it by colour, as in the rule: red first.')).toBe('Sort it by colour, as in the rule: red first.')
  })
})

import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { smallParams } from '@/testing/small-optimizers'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { finish, toyEmbedder, toyModel, toyRun } from '@/testing/toy-run'
import { optimizerKinds } from '../optimizers/registry'
import type { AdapterId } from '../program/adapter-id'
import type { Program } from '../program/program'
import { callsByPlace, callsOfRun } from '../graph/predictors'
import { estimateRun, planOfRun } from './plan/estimate'
import { replayRun } from './replay'

const reader = { ...toyModel, id: 'reader', label: 'Reader', model: 'reader-1' }

function asked(adapter: AdapterId, { graph, state }: Program = oneStep()): Program {
  return { graph: { ...graph, adapter, jsonFallback: 'once' }, state }
}

describe('a run in two steps', () => {
  it('takes two requests of each step, also in the estimate, and none more where all can be read', async () => {
    const program = asked('two-step', twoSteps())
    expect(callsOfRun(program.graph)).toEqual({ low: 4, expected: 4, high: 4 })
    expect(callsByPlace(program.graph).map(({ calls }) => calls.expected)).toEqual([2, 2])
    const plan = estimateRun({ kind: 'evaluate', graph: program.graph, train: 0, val: 10 })
    expect(plan.total).toMatchObject({ low: 40, expected: 40, high: 40 })
    // Only the second question of each may be asked again.
    expect(plan.again).toEqual([{ purpose: 'evaluate', high: 20 }])
    const disk = memoryDisk()
    const run = toyRun({
      kind: 'evaluate',
      program,
      train: 0,
      val: 10,
      models: { task: toyModel, prompt: toyModel, extraction: reader, overrides: {} },
    })
    const outcome = await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
    expect(outcome.status).toBe('done')
    expect(outcome.totals.calls).toBeLessThanOrEqual(40)
    expect(outcome.totals.askedAgain).toBeUndefined()
  })

  it('scores as in chat, tells who read the answers, and is replayed without a request', async () => {
    const models = { task: toyModel, prompt: toyModel, extraction: reader, overrides: {} }
    const scores: number[] = []
    for (const adapter of ['chat', 'two-step'] as const) {
      const disk = memoryDisk()
      const run = toyRun({ kind: 'evaluate', program: asked(adapter), train: 0, models })
      const outcome = await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
      scores.push(outcome.result?.best?.summary.mean ?? -1)
      if (adapter === 'chat') continue
      const [row] = disk.rollouts.values()
      const calls = row?.rollout.trace.flatMap(span => span.calls) ?? []
      expect(calls.map(({ format, reads, model }) => [format, reads, model])).toEqual([
        ['two-step', undefined, 'toy-1'],
        ['chat', true, 'reader-1'],
      ])
      const roles = [...disk.runCalls.values()].map(({ role }) => role)
      // Equal answers are read once.
      expect(roles.filter(role => role === 'task')).toHaveLength(12)
      expect(new Set(roles)).toEqual(new Set(['task', 'extraction']))
      const lm = simulatedLm()
      const { clock, runner, connect } = memoryPorts({ lm })
      const recording = { events: disk.events, failedCalls: new Map(), calls: { get: async (key: string) => disk.calls.get(key) } }
      expect(await replayRun(run.spec, run.data, recording, { clock, runner, connect })).toMatchObject({ isSame: true, calls: 0 })
      expect(lm.count).toBe(0)
    }
    expect(scores[1]).toBe(scores[0])
  })

  it('stops at a cap on its requests, both kinds counted', async () => {
    const run = toyRun({ kind: 'evaluate', program: asked('two-step'), train: 0, val: 12, budget: { maxCalls: 14 } })
    const outcome = await finish(run, memoryPorts({ lm: simulatedLm() }))
    expect(outcome.totals.calls).toBeLessThanOrEqual(14)
    expect(outcome.status).not.toBe('failed')
  })

  it.each(optimizerKinds.map(({ id }) => [id]))('compiles with %s within its estimate', async id => {
    const run = toyRun({
      program: asked('two-step'),
      train: 8,
      val: 6,
      optimizer: { id, params: smallParams[id] ?? {} },
      models: { task: toyModel, prompt: toyModel, extraction: reader, embedding: toyEmbedder, overrides: {} },
    })
    const outcome = await finish(run, memoryPorts({ lm: simulatedLm() }))
    expect(outcome.status).toBe('done')
    const { total, again } = planOfRun(run.spec, run.data)
    expect(outcome.totals.calls).toBeLessThanOrEqual(total.high + again.reduce((sum, { high }) => sum + high, 0))
  })
})

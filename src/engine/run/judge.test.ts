import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { killAndResume } from '@/testing/optimizer-contract'
import { simulatedLm } from '@/testing/simulated-lm'
import { smallParams } from '@/testing/small-optimizers'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { finish, start, toyEmbedder, toyModel, toyRun, type ToyRun } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import { chatOf } from '@/testing/chat-of'
import type { Lm, LmRequest } from '../lm/lm'
import { optimizerKinds } from '../optimizers/registry'
import { estimateRun } from './plan/estimate'
import type { Budget } from '../lm/spend'
import { noTotals } from '../record/totals'
import { storyDigest } from './story/story'

const judgeModel = { ...toyModel, id: 'judge', label: 'Judge', model: 'toy-judge', price: { input: 10, output: 20 } }
const models = { task: toyModel, prompt: toyModel, judge: judgeModel, embedding: toyEmbedder, overrides: {} }
const rubric = { kind: 'rubric-judge', params: { criteria: 'The colour is the right one.' } }
const judged = (changes: Parameters<typeof toyRun>[0] = {}): ToyRun =>
  toyRun({ kind: 'evaluate', program: twoSteps(), metric: rubric, models, ...changes })
const search = {
  id: 'bootstrap-few-shot-random-search',
  params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
}

const rowsOf = (disk: MemoryDisk) => [...disk.rollouts.values()].sort((left, right) => left.batch - right.batch || left.index - right.index)
const isJudging = (request: LmRequest): boolean => request.model === judgeModel.model

/** A model whose judge answers as told, and everybody else as ever. */
function withJudge(answer: (request: LmRequest, rollout: number) => Partial<Awaited<ReturnType<Lm['generate']>>> | Error): Lm {
  const inner = simulatedLm()
  return {
    capabilities: inner.capabilities,
    async generate(request, call) {
      const whole = await inner.generate(request, call)
      if (!isJudging(request)) return whole
      const changed = answer(request, call.rollout)
      if (changed instanceof Error) throw changed
      return { ...whole, ...changed }
    },
  }
}

describe('an evaluation with a judge', () => {
  it('scores each row by its answer, with the reasons, and shows the call in the trace', async () => {
    const disk = memoryDisk()
    const outcome = await finish(judged(), memoryPorts({ lm: simulatedLm(), disk }))
    expect(outcome.status).toBe('done')
    for (const { rollout } of rowsOf(disk)) {
      const isRight = rollout.feedback?.includes('is what was asked for')
      expect(rollout.score).toBe(isRight ? 1 : 0.25)
      expect(rollout.feedback).toMatch(/^The judge gave [25] on a scale from 1 to 5\. /)
      const spans = rollout.trace.filter(({ kind }) => kind === 'score')
      expect(spans).toMatchObject([{ id: 'score:1', name: 'Score', outputs: { score: isRight ? 5 : 2 }, calls: [{ format: 'chat' }] }])
      // It comes after the work it grades.
      expect(rollout.trace.at(-1)).toBe(spans[0])
      expect(rollout.trace).toHaveLength(3)
    }
    expect(rowsOf(disk).map(({ rollout }) => rollout.score)).toContain(1)
  })

  it('files its calls under the judge, and counts them apart and in the whole', async () => {
    const disk = memoryDisk()
    const outcome = await finish(judged(), memoryPorts({ lm: simulatedLm(), disk }))
    const calls = [...disk.runCalls.values()]
    const ofJudge = calls.filter(({ role }) => role === 'judge')
    expect(ofJudge.every(({ purpose, model, exampleId }) => purpose === 'judge' && model === 'toy-judge' && exampleId)).toBe(true)
    expect(calls.filter(({ model }) => model === 'toy-judge')).toEqual(ofJudge)
    const { judge, ...totals } = outcome.totals
    const sum = (of: (call: (typeof calls)[number]) => number) => ofJudge.reduce((total, call) => total + of(call), 0)
    expect(judge).toEqual({
      calls: ofJudge.length,
      cachedCalls: 12 - ofJudge.length,
      failedCalls: 0,
      inputTokens: sum(call => call.usage.inputTokens),
      outputTokens: sum(call => call.usage.outputTokens),
      cost: expect.closeTo(
        sum(call => call.cost ?? 0),
        10,
      ),
      unpricedCalls: 0,
      answered: 12,
    })
    expect(totals.answered).toBe(36)
    expect(totals.cost).toBeGreaterThan(judge?.cost ?? Infinity)
    expect(disk.totals).toEqual(outcome.totals)
  })

  it('asks the prompt model where no judge is chosen', async () => {
    const asked = new Set<string>()
    const lm = simulatedLm({ onRequest: (_, request) => void asked.add(request.model) })
    const outcome = await finish(
      judged({ models: { task: toyModel, prompt: { ...toyModel, id: 'p', model: 'toy-writes' }, overrides: {} } }),
      memoryPorts({ lm }),
    )
    expect([...asked].sort()).toEqual(['toy-1', 'toy-writes'])
    expect(outcome.totals.judge?.answered).toBe(12)
  })

  it('lays its questions out as the program does', async () => {
    const inner = simulatedLm()
    const lm: Lm = {
      capabilities: inner.capabilities,
      async generate(request, call) {
        const isXml = chatOf(request)
          .messages.at(-1)
          ?.content.includes(isJudging(request) ? '<program_outputs>' : '<text>')
        const text = isJudging(request) ? '<reasons>Fine.</reasons>\n<score>4</score>' : '<label>red</label>'
        return { ...(await inner.generate(request, call)), text: isXml ? text : 'not asked in XML' }
      },
    }
    const program = oneStep()
    const graph = { ...program.graph, adapter: 'xml' as const }
    const outcome = await finish(judged({ program: { ...program, graph }, val: 3 }), memoryPorts({ lm }))
    expect(outcome).toMatchObject({ totals: { answered: 6 }, result: { baseline: { summary: { mean: 0.75, count: 3 } } } })
  })

  it('tells the same story at concurrency 1 and 64, and replays it with no call', async () => {
    const digests = new Set<string>()
    for (const concurrency of [1, 64]) {
      const disk = memoryDisk()
      const outcome = await finish(judged({ concurrency }), memoryPorts({ lm: simulatedLm({ latencyMs: 2 }), disk }))
      expect(outcome.status).toBe('done')
      digests.add(outcome.digest)
      const again = await finish(judged(), memoryPorts({ lm: simulatedLm(), disk, offline: true }))
      expect(again.divergence).toBeUndefined()
      expect(again).toMatchObject({ status: 'done', digest: outcome.digest, totals: { ...outcome.totals } })
    }
    expect(digests.size).toBe(1)
  })

  it('leaves out rows whose judge was cut, filtered, refused or not understood, and says so on the row', async () => {
    const cases = [
      { finish: 'length', text: '[[ ## reasons ## ]]\nIt is' },
      { finish: 'filter', text: '' },
      { text: 'Hard to say.' },
      { text: '[[ ## reasons ## ]]\nGreat.\n\n[[ ## score ## ]]\n11\n\n[[ ## completed ## ]]' },
      new EngineError('lm-content-filter', 'The provider refused it.', { isRetryable: false }),
    ] as const
    for (const answer of cases) {
      const isThird = (request: LmRequest) => chatOf(request).messages.at(-1)?.content.includes('order 1002 ')
      const lm = withJudge(request => (isThird(request) ? answer : {}))
      const disk = memoryDisk()
      const outcome = await finish(judged(), memoryPorts({ lm, disk }))
      expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 11, errors: 0, unscored: 1 } } } })
      const { rollout } = rowsOf(disk)[2] ?? {}
      expect(rollout).toMatchObject({ score: null, error: { code: 'judge-failed' } })
      expect(rollout?.prediction).toBeDefined()
      expect(rollout?.trace.at(-1)).toMatchObject({ kind: 'score' })
      const again = await finish(judged(), memoryPorts({ lm: simulatedLm(), disk, offline: true }))
      expect(again).toMatchObject({ status: 'done', digest: outcome.digest })
    }
  })

  it('takes the second answer where the first was not understood', async () => {
    const lm = withJudge((_, rollout) => (rollout === 0 ? { text: 'Hard to say.' } : {}))
    const disk = memoryDisk()
    const outcome = await finish(judged({ val: 4 }), memoryPorts({ lm, disk }))
    expect(outcome.result?.baseline?.summary).toMatchObject({ count: 4, unscored: 0 })
    const spans = rowsOf(disk)[0]?.rollout.trace.filter(({ kind }) => kind === 'score')
    expect(spans).toMatchObject([
      { id: 'score:1', error: { code: 'adapter-parse' } },
      { id: 'score:2', outputs: {} },
    ])
  })

  it('ends when too many rows got no score, and goes on once the judge is well', async () => {
    const disk = memoryDisk()
    const down = withJudge(() => new EngineError('lm-server', 'Down.', { isRetryable: false }))
    const failed = await finish(judged({ maxErrors: 4 }), memoryPorts({ lm: down, disk }))
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'too-many-errors' } })
    const resumed = await finish(judged({ maxErrors: 4 }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(resumed).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 12 } } } })
  })

  it('asks no judge about rows whose program failed, nor for another metric', async () => {
    const inner = simulatedLm()
    const lm: Lm = {
      capabilities: inner.capabilities,
      generate: async (request, call) => ({
        ...(await inner.generate(request, call)),
        ...(!isJudging(request) && chatOf(request).messages.at(-1)?.content.includes('order 1001 ') && { text: 'no idea' }),
      }),
    }
    const outcome = await finish(judged({ program: oneStep() }), memoryPorts({ lm }))
    expect(outcome.result?.baseline?.summary).toMatchObject({ count: 12, errors: 1, unscored: 0 })
    expect(outcome.totals.judge?.answered).toBe(11)
    const plain = await finish(toyRun({ kind: 'evaluate' }), memoryPorts({ lm: simulatedLm() }))
    expect(plain.totals).not.toHaveProperty('judge')
  })
})

describe('a compile with a judge', () => {
  const compile = (changes: Parameters<typeof toyRun>[0] = {}) =>
    judged({ kind: 'compile', program: oneStep(), optimizer: search, train: 30, val: 8, ...changes })

  it('killed at any point and resumed comes to the same end, and tells the same of the judge', async () => {
    const disk = memoryDisk()
    const whole = await finish(compile(), memoryPorts({ lm: simulatedLm({ latencyMs: 1 }), disk }))
    expect(whole.status).toBe('done')
    expect(whole.result?.best?.summary.mean).toBeGreaterThan(whole.result?.baseline?.summary.mean ?? 1)
    const { judge } = whole.totals
    for (let point = 1; point <= whole.totals.calls; point += 5) {
      const killed = await killAndResume(compile(), [point, Math.ceil(point / 2)])
      expect({ point, digest: storyDigest(killed.disk.events), repeated: killed.repeatedAnswers }).toEqual({
        point,
        digest: whole.digest,
        repeated: 0,
      })
      expect(killed.sent).toBeLessThanOrEqual(whole.totals.calls + 2 * compile().spec.concurrency)
      const { answered, inputTokens, outputTokens, failedCalls } = killed.disk.totals?.judge ?? {}
      expect({ point, answered, inputTokens, outputTokens, failedCalls }).toEqual({
        point,
        answered: judge?.answered,
        inputTokens: judge?.inputTokens,
        outputTokens: judge?.outputTokens,
        failedCalls: judge?.failedCalls,
      })
      const scores = rowsOf(killed.disk).map(({ batch, index, rollout }) => [batch, index, rollout.score, rollout.feedback])
      expect(scores).toEqual(rowsOf(disk).map(({ batch, index, rollout }) => [batch, index, rollout.score, rollout.feedback]))
    }
  })

  it('keeps to its caps with the calls of the judge in them, at concurrency 1 and 64', async () => {
    const whole = await finish(compile(), memoryPorts({ lm: simulatedLm() }))
    const { calls, inputTokens, outputTokens, cost } = whole.totals
    const caps: readonly Budget[] = [
      { maxCalls: Math.floor(calls * 0.8) },
      { maxTokens: Math.floor((inputTokens + outputTokens) * 0.8) },
      { maxCost: cost * 0.8 },
    ]
    for (const concurrency of [1, 64]) {
      for (const budget of caps) {
        // A worst case that is set aside for each request has to fit under the cap as well.
        const short = (model: typeof toyModel) => ({ ...model, settings: { ...model.settings, maxTokens: 60 } })
        const run = compile({ concurrency, budget, models: { ...models, task: short(toyModel), judge: short(judgeModel) } })
        const lm = simulatedLm({ latencyMs: 1 })
        const disk = memoryDisk()
        const { status, totals } = await finish(run, memoryPorts({ lm, disk }))
        expect({ concurrency, budget, status }).toEqual({ concurrency, budget, status: 'capped' })
        expect(lm.count).toBe(totals.calls)
        expect(totals.judge?.answered).toBeGreaterThan(0)
        expect(totals.calls).toBeLessThanOrEqual(budget.maxCalls ?? Infinity)
        expect(totals.inputTokens + totals.outputTokens).toBeLessThanOrEqual(budget.maxTokens ?? Infinity)
        expect(totals.cost).toBeLessThanOrEqual(budget.maxCost ?? Infinity)
        const open = { ...run, spec: { ...run.spec, budget: {} } }
        const raised = await finish(open, memoryPorts({ lm: simulatedLm(), disk }))
        expect(raised).toMatchObject({ status: 'done', digest: whole.digest })
      }
    }
  })

  it('ends in time while it waits for the judge', async () => {
    const lm = simulatedLm({ onRequest: (_, request) => (isJudging(request) ? new Promise<void>(() => undefined) : undefined) })
    const outcome = await start(compile({ budget: { maxMs: 150 } }), memoryPorts({ lm })).done
    expect(outcome).toMatchObject({ status: 'capped' })
    expect(outcome.sentence).toMatch(/time limit/)
  })

  it('is refused before the start for what it is certain to ask the judge', async () => {
    const disk = memoryDisk()
    const lm = simulatedLm()
    const evaluation = judged({ kind: 'evaluate', program: oneStep(), val: 8 })
    await finish(evaluation, memoryPorts({ lm, disk }))
    const { count } = lm
    // The answers of the program are stored; other criteria are other questions.
    const metric = { kind: 'rubric-judge', params: { criteria: 'The colour is a good one.' } }
    const again = { ...memoryPorts({ lm, disk: { ...memoryDisk(), calls: disk.calls } }), spentBefore: noTotals }
    const refused = await finish(judged({ ...evaluation.spec, program: oneStep(), metric, val: 8, budget: { maxCalls: 7 } }), again)
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'budget-too-small', facts: { needed: 8, cap: 7 } } })
    expect(lm.count).toBe(count)
    const enough = await finish(judged({ ...evaluation.spec, program: oneStep(), metric, val: 8, budget: { maxCalls: 8 } }), again)
    expect(enough).toMatchObject({ status: 'done', totals: { calls: 8 } })
  })
})

describe('the estimate', () => {
  it('holds the calls that were counted, those of the judge by themselves, for every optimizer', async () => {
    for (const { id } of optimizerKinds) {
      const run = judged({ kind: 'compile', optimizer: { id, params: smallParams[id] ?? {} } })
      const disk = memoryDisk()
      const outcome = await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
      expect(outcome).toMatchObject({ status: 'done' })
      const { graph, state, metric, optimizer } = run.spec
      const { calls, total, stages } = estimateRun({
        kind: 'compile',
        graph,
        state,
        train: run.data.train.length,
        val: run.data.val.length,
        ...(metric && { metric }),
        ...(optimizer && { optimizer }),
      })
      const within = (counted: number, { low, high }: { readonly low: number; readonly high: number }) => low <= counted && counted <= high
      const judge = calls.find(({ purpose }) => purpose === 'judge')
      const counted = { id, judge: outcome.totals.judge?.answered ?? 0, all: outcome.totals.answered }
      expect({ ...counted, range: judge, isWithin: judge !== undefined && within(counted.judge, judge) }).toMatchObject({ isWithin: true })
      expect({ ...counted, total, isWithin: within(counted.all, total) }).toMatchObject({ isWithin: true })
      for (const event of disk.events) {
        if (event.type !== 'stage-end') continue
        const planned = stages.find(stage => stage.id === event.stage)
        const isWithin = planned !== undefined && within(event.calls ?? -1, planned.calls)
        expect({ id, event, planned, isWithin }).toMatchObject({ isWithin: true })
      }
    }
  })

  it('is exact for an evaluation and a row, and says whose calls they are', () => {
    const { graph } = twoSteps()
    const row = { graph, train: 0, val: 9, metric: rubric }
    expect(estimateRun({ kind: 'evaluate', ...row }).calls).toEqual([
      { purpose: 'evaluate', low: 18, expected: 18, high: 18 },
      { purpose: 'judge', role: 'judge', low: 9, expected: 9, high: 9 },
    ])
    expect(estimateRun({ kind: 'row', ...row }).total).toMatchObject({ low: 3, high: 3 })
    expect(estimateRun({ kind: 'evaluate', graph, train: 0, val: 9 }).calls).toHaveLength(1)
  })
})

import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { smallParams } from '@/testing/small-optimizers'
import { moodyLm } from '@/testing/stored-run'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { finish, toyEmbedder, toyModel, toyRun, type ToyRun } from '@/testing/toy-run'
import type { AdapterId } from '../../program/adapter-id'
import { jsonFallbacks, type JsonFallback } from '../../program/json-fallback'
import type { Lm } from '../../lm/lm'
import type { ProgramGraph } from '../../program/program'
import { sumAgain } from './asked-again'
import { estimateRun, planOfRun, type EstimateInput } from './estimate'
import { chatOf } from '@/testing/chat-of'

const rows = 10
const { graph } = oneStep()

function withChoice(adapter: AdapterId, jsonFallback: JsonFallback, of: ProgramGraph = graph): ProgramGraph {
  return { ...of, adapter, ...(jsonFallback !== 'twice' && { jsonFallback }) }
}

function mostAgain(input: EstimateInput): number {
  return sumAgain(estimateRun(input).again)
}

describe('requests that may come on top of an estimate', () => {
  it.each<[AdapterId, JsonFallback, number]>([
    ['chat', 'once', 1],
    ['chat', 'twice', 2],
    ['chat', 'never', 0],
    ['xml', 'once', 1],
    ['xml', 'twice', 2],
    ['json', 'once', 0],
    ['json', 'twice', 1],
    ['json', 'never', 0],
  ])('are, with %s and %s, so many for each call', (adapter, jsonFallback, times) => {
    expect(mostAgain({ kind: 'evaluate', graph: withChoice(adapter, jsonFallback), train: 0, val: rows })).toBe(times * rows)
  })

  it('follow the adapter of each step', () => {
    const two = twoSteps().graph
    const nodes = two.nodes.map(node => (node.id === 'extract' && node.kind === 'signature' ? { ...node, adapter: 'json' as const } : node))
    expect(mostAgain({ kind: 'evaluate', graph: { ...two, nodes, jsonFallback: 'once' }, train: 0, val: rows })).toBe(rows)
  })

  it('are none for what is read as it comes: reflections and vectors', () => {
    const optimizer = { id: 'gepa', params: { auto: 'manual', max_metric_calls: 30 } }
    const plan = estimateRun({ kind: 'compile', graph: withChoice('json', 'once'), train: 8, val: 6, optimizer })
    expect(plan.calls.find(({ purpose }) => purpose === 'propose')?.high).toBeGreaterThan(0)
    expect(plan.again).toEqual([])
    const asked = estimateRun({
      kind: 'compile',
      graph: withChoice('json', 'once'),
      train: 8,
      val: 6,
      optimizer: { id: 'copro', params: {} },
    })
    expect(asked.again).toEqual([{ purpose: 'propose', high: asked.calls.find(({ purpose }) => purpose === 'propose')?.high }])
  })

  it('are never more than that, are counted apart in the totals, and marked where they stand', async () => {
    for (const adapter of ['chat', 'xml', 'json'] as const) {
      for (const jsonFallback of jsonFallbacks) {
        const run: ToyRun = toyRun({
          kind: 'evaluate',
          train: 0,
          val: rows,
          program: { ...oneStep(), graph: withChoice(adapter, jsonFallback) },
        })
        const disk = memoryDisk()
        const lm = moodyLm({ unreadable: () => true })
        // In JSON, half of the answers are no better.
        const worse: typeof lm = {
          ...lm,
          async generate(request, call) {
            const answer = await lm.generate(request, call)
            const { responseFormat, messages } = chatOf(request)
            return responseFormat?.type === 'json_schema' && /[02468]/.test(messages.at(-1)?.content ?? '')
              ? { ...answer, text: 'No.' }
              : answer
          },
        }
        const { totals } = await finish(run, memoryPorts({ lm: worse, disk }))
        const { again, total } = planOfRun(run.spec, run.data)
        const marked = [...disk.rollouts.values()].flatMap(({ rollout }) =>
          rollout.trace.flatMap(({ calls }) => calls.filter(call => call.again)),
        )
        expect(totals.askedAgain ?? 0).toBe(marked.length)
        expect([...disk.runCalls.values()].filter(call => call.again)).toHaveLength(marked.length)
        expect(totals.answered).toBe(total.high + marked.length)
        expect(marked.length).toBeLessThanOrEqual(sumAgain(again))
        expect(marked.length > 0).toBe(again.length > 0)
      }
    }
  })

  it.each(Object.entries(smallParams))('are with %s, for each purpose, never more than that', async (id, params) => {
    const good = simulatedLm()
    // What is not asked for in JSON is never readable.
    const lm: Lm = {
      capabilities: { responseFormats: ['json_schema', 'json_object'] },
      async generate(request, call) {
        const answer = await good.generate(request, call)
        return request.kind !== 'embed' && request.responseFormat === undefined ? { ...answer, text: 'No.' } : answer
      },
    }
    const program = twoSteps()
    const run = toyRun({
      program: { ...program, graph: { ...program.graph, jsonFallback: 'once' } },
      models: { task: toyModel, prompt: toyModel, embedding: toyEmbedder, overrides: {} },
      optimizer: { id, params },
    })
    const disk = memoryDisk()
    const { status, totals } = await finish(run, memoryPorts({ lm, disk }))
    expect(status).toBe('done')
    const { again } = planOfRun(run.spec, run.data)
    const asked = [...disk.runCalls.values()].filter(call => call.again)
    expect(totals.askedAgain).toBe(asked.length)
    for (const purpose of new Set(asked.map(call => call.purpose))) {
      const most = sumAgain(again.filter(one => one.purpose === purpose))
      expect(asked.filter(call => call.purpose === purpose).length).toBeLessThanOrEqual(most)
    }
  })

  it('stand in the totals of a run that is taken up again as in those of one that went through', async () => {
    const run = toyRun({ kind: 'evaluate', train: 0, val: rows, program: { ...oneStep(), graph: withChoice('chat', 'once') } })
    const disk = memoryDisk()
    const first = await finish(run, memoryPorts({ lm: moodyLm({ unreadable: () => true }), disk }))
    const again = await finish(run, { ...memoryPorts({ lm: moodyLm({}), disk }), offline: true })
    expect(first.totals.askedAgain).toBe(rows)
    expect(again.totals.askedAgain).toBe(rows)
  })
})

describe('the adapter of a run', () => {
  it('stands in its spec, and no two share an answer', async () => {
    const keys = new Set<string>()
    for (const adapter of ['chat', 'xml', 'json'] as const) {
      const run = toyRun({ kind: 'evaluate', train: 0, val: rows, program: { ...oneStep(), graph: withChoice(adapter, 'never') } })
      expect(run.spec.graph).toMatchObject({ adapter, jsonFallback: 'never' })
      const disk = memoryDisk()
      await finish(run, memoryPorts({ lm: moodyLm({}), disk }))
      for (const key of disk.runCalls.keys()) keys.add(key)
    }
    expect(keys.size).toBe(3 * rows)
  })
})

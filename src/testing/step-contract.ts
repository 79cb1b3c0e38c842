import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseJson } from '@/lib/json'
import { checkExport, type ExportedEngine } from '@/export/check-export'
import { checkGraph } from '@/engine/graph/check'
import { outputFields } from '@/engine/graph/ports'
import { callsOfRun, predictorsOf } from '@/engine/graph/predictors'
import type { Program } from '@/engine/program/program'
import { graphSchema } from '@/engine/program/program-schema'
import { estimateRun } from '@/engine/run/plan/estimate'
import { stepOf } from '@/engine/modules/registry'
import type { RunPorts } from '@/engine/run/base/ports'
import { storyDigest } from '@/engine/run/story/story'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import type { Trace } from '@/engine/trace/span'
import { buildEngine } from './built-engine'
import { memoryDisk, memoryPorts, realClock, type MemoryDisk, type MemoryPortsOptions } from './memory-ports'
import { simulatedLm } from './simulated-lm'
import { killAndResume } from './optimizer-contract'
import { toyLabels, toyRows } from './toy-programs'
import { finish, start, toyModel, toyRun, type ToyRun } from './toy-run'

export interface StepCase {
  readonly name: string
  /** The step is its second node, and answers the toy task. */
  readonly program: Program
}

const rows = 12

/** What every kind of step owes the run model. Run for each one of the registry. */
export function stepContract({ name, program }: StepCase): void {
  let runner: CodeRunner
  const step = program.graph.nodes.flatMap(node => stepOf(node) ?? [])[0]
  const asksNothing = step?.slots().length === 0 && step.bodies().length === 0
  const ports = (options: Omit<MemoryPortsOptions, 'runner'>): RunPorts => memoryPorts({ ...options, runner })
  const run = (changes: Parameters<typeof toyRun>[0] = {}): ToyRun => toyRun({ kind: 'evaluate', program, train: 0, val: rows, ...changes })

  describe(`the contract of the step ${name}`, () => {
    beforeAll(async () => {
      runner = await createQuickJsRunner()
    })
    afterAll(() => runner.dispose())

    it('has ports and predictors that can be told apart, and passes the check of programs', () => {
      expect(checkGraph(program.graph).filter(({ severity }) => severity === 'error')).toEqual([])
      const node = program.graph.nodes[1]
      const names = node ? outputFields(node).map(({ name }) => name) : []
      expect(new Set(names).size).toBe(names.length)
      expect(names).toContain('label')
      const predictors = predictorsOf(program.graph)
      expect(new Set(predictors.map(({ id }) => id)).size).toBe(predictors.length)
      expect(new Set(predictors.map(({ dspyName }) => dspyName)).size).toBe(predictors.length)
      for (const { calls, defaultInstructions } of predictors) {
        expect(calls.low).toBeLessThanOrEqual(calls.expected)
        expect(calls.expected).toBeLessThanOrEqual(calls.high)
        expect(defaultInstructions).not.toBe('')
      }
    })

    it('keeps what it adds to a prompt out of the tuned instructions', () => {
      for (const predictor of predictorsOf(program.graph)) {
        const state = { [predictor.id]: { instructions: 'Tuned.', demos: [] } }
        expect(predictor.instructions(state)).toBe('Tuned.')
        expect(predictor.signature(state).instructions.startsWith('Tuned.')).toBe(true)
        expect(predictor.signature(state)).toBe(predictor.signature(state))
      }
    })

    it('survives a round trip through JSON', () => {
      const again = parseJson(JSON.stringify(program.graph))
      expect(again.ok && graphSchema.parse(again.value)).toEqual(program.graph)
    })

    it('makes as many requests as its estimate says', async () => {
      const lm = simulatedLm()
      const outcome = await finish(run(), ports({ lm }))
      expect(outcome).toMatchObject({ status: 'done' })
      const { low, high } = estimateRun({ kind: 'evaluate', graph: program.graph, train: 0, val: rows }).total
      expect(low).toBe(callsOfRun(program.graph).low * rows)
      expect(lm.count).toBeGreaterThanOrEqual(low)
      expect(lm.count).toBeLessThanOrEqual(high)
    })

    it('leaves the same trace at any concurrency, a tree whose parents come first', async () => {
      const [one, many] = await Promise.all(
        [1, 8].map(async concurrency => {
          const disk = memoryDisk()
          await finish(run({ concurrency }), ports({ lm: simulatedLm({ latencyMs: 2 }), disk }))
          return tracesOf(disk)
        }),
      )
      expect(one).toEqual(many)
      for (const trace of one ?? []) {
        const seen = new Set<string>()
        for (const { id, parent, node } of trace) {
          expect({ id, hasParent: parent === undefined || seen.has(parent) }).toEqual({ id, hasParent: true })
          expect(seen).not.toContain(id ?? node)
          seen.add(id ?? node)
        }
        const asked = trace.flatMap(({ predictor, calls }) => (calls.length > 0 ? [predictor] : []))
        expect(asked.length).toBeGreaterThan(0)
      }
    })

    it('asks a model in its spans just where it has predictors, and answers every row', async () => {
      const disk = memoryDisk()
      await finish(run(), ports({ lm: simulatedLm(), disk }))
      const id = step?.node.id ?? ''
      const traces = tracesOf(disk).map(trace => trace.filter(({ node }) => node === id || node.startsWith(`${id}/`)))
      expect(traces).toHaveLength(rows)
      for (const spans of traces) {
        expect(spans.some(({ calls }) => calls.length > 0)).toBe(!asksNothing)
        expect(spans.some(({ predictor }) => predictor !== undefined)).toBe(!asksNothing)
        const { outputs = {} } = spans.find(({ node }) => node === id) ?? {}
        // A step that chooses gives one of its outputs.
        expect(toyLabels).toContain(step?.choice() ? Object.values(outputs)[0] : outputs['label'])
      }
    })

    it('sends the same requests once it is exported', async () => {
      const checked = await checkExport({
        program,
        models: { task: toyModel, overrides: {} },
        examples: toyRows(4),
        answer: () => simulatedLm(),
        engine: await theEngine(),
        runner,
        clock: realClock,
      })
      expect(checked.map(({ isEqual, exported }) => ({ isEqual, exported }))).toEqual(
        checked.map(({ studio }) => ({ isEqual: true, exported: studio })),
      )
    })

    it('replays without a request', async () => {
      const disk = memoryDisk()
      const first = await finish(run(), ports({ lm: simulatedLm(), disk }))
      const lm = simulatedLm()
      const again = await finish(run({ concurrency: 16 }), ports({ lm, disk, offline: true }))
      expect(lm.count).toBe(0)
      expect(again.divergence).toBeUndefined()
      expect(again.digest).toBe(first.digest)
    })

    it('comes to the same end after kills, and asks no recorded answer again', async () => {
      const whole = await finish(run(), ports({ lm: simulatedLm() }))
      for (const point of [1, 7, 12]) {
        const { disk, repeatedAnswers } = await killAndResume(run(), [point], runner)
        expect({ point, digest: storyDigest(disk.events), repeatedAnswers }).toEqual({ point, digest: whole.digest, repeatedAnswers: 0 })
      }
    })

    it('comes to the same scores when a fifth of the requests fail', async () => {
      const whole = await finish(run(), ports({ lm: simulatedLm() }))
      const outcome = await finish(run(), ports({ lm: simulatedLm({ failShare: 0.2 }) }))
      expect(outcome).toMatchObject({ status: 'done' })
      expect(outcome.digest).toBe(whole.digest)
    })

    it('ends when it is stopped', async () => {
      let stop = (): void => undefined
      const lm = simulatedLm({ latencyMs: 2, onRequest: count => (count === 3 ? stop() : undefined) })
      const handle = start(run(), ports({ lm }))
      stop = () => handle.command('stop')
      expect((await handle.done).status).toBe('stopped')
      expect(lm.count).toBeLessThanOrEqual(3 + 4)
    })
  })
}

/** Built once for all cases of a file. */
function theEngine(): Promise<ExportedEngine> {
  return (engine ??= buildEngine())
}
let engine: Promise<ExportedEngine> | undefined

/** The traces of a disk by row, without what a clock or a cache decides. */
function tracesOf(disk: MemoryDisk): readonly Trace[] {
  const records = [...disk.rollouts.values()].sort((a, b) => a.batch - b.batch || a.index - b.index)
  return records.map(({ rollout }) =>
    rollout.trace.map(span => ({ ...span, ms: 0, calls: span.calls.map(call => ({ ...call, ms: 0, cached: false, attempts: 1 })) })),
  )
}

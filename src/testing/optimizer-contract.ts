import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { parseJson } from '@/lib/json'
import { pythonRandom } from '@/lib/rng'
import { predictorsOf } from '@/engine/graph/predictors'
import type { Lm } from '@/engine/lm/lm'
import type { OptimizerKind } from '@/engine/optimizers/kit/optimizer'
import { runEventSchema } from '@/engine/record/event-schema'
import type { JournalEvent } from '@/engine/record/events'
import { storyDigest, storyOf } from '@/engine/run/story/story'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { memoryDisk, memoryPorts, type MemoryDisk } from './memory-ports'
import { simulatedLm } from './simulated-lm'
import { agentStep, oneStep, twoSteps } from './toy-programs'
import { finish, start, toyEmbedder, toyModel, toyRun, type ToyRun } from './toy-run'

/** How the suite runs an optimizer: parameters small enough for a test. */
export interface ContractCase {
  readonly optimizer: OptimizerKind
  readonly params: Record<string, boolean | number | string>
  /** What sets this case apart from others of the same optimizer. */
  readonly note?: string
}

/** What every optimizer owes the run model (and the user). Run for each entry of the registry. */
export function optimizerContract({ optimizer, params, note }: ContractCase): void {
  const runOf = (changes: Parameters<typeof toyRun>[0] = {}): ToyRun =>
    toyRun({
      optimizer: { id: optimizer.id, params },
      program: twoSteps(),
      models: { task: toyModel, prompt: toyModel, embedding: toyEmbedder, overrides: {} },
      ...changes,
    })

  describe(`the contract of ${[optimizer.id, ...(note ? [note] : [])].join(', ')}`, () => {
    it('returns a state for the same predictors, never worse than the student', async () => {
      for (const program of [oneStep(), oneStep('chain-of-thought'), twoSteps()]) {
        const outcome = await finish(runOf({ program }), memoryPorts({ lm: simulatedLm() }))
        expect(outcome).toMatchObject({ status: 'done' })
        const { baseline, best } = outcome.result ?? {}
        expect(Object.keys(best?.state ?? {}).sort()).toEqual(
          predictorsOf(program.graph)
            .map(({ id }) => id)
            .sort(),
        )
        expect(best?.summary.mean).toBeGreaterThanOrEqual(baseline?.summary.mean ?? Infinity)
      }
    })

    describe('on an agent with two predictors', () => {
      let runner: CodeRunner
      beforeAll(async () => {
        runner = await createQuickJsRunner()
      })
      afterAll(() => runner.dispose())

      it('returns a state for both, climbs or stays, and replays', async () => {
        const program = agentStep()
        const disk = memoryDisk()
        const first = await finish(runOf({ program }), memoryPorts({ lm: simulatedLm(), disk, runner }))
        expect(first).toMatchObject({ status: 'done' })
        const { baseline, best } = first.result ?? {}
        expect(Object.keys(best?.state ?? {}).sort()).toEqual(['classify.extract', 'classify.react'])
        expect(best?.summary.mean).toBeGreaterThanOrEqual(baseline?.summary.mean ?? Infinity)
        for (const { instructions } of Object.values(best?.state ?? {})) expect(instructions).not.toContain('(1) `lookup`')
        const lm = simulatedLm()
        const again = await finish(runOf({ program, concurrency: 16 }), memoryPorts({ lm, disk, runner, offline: true }))
        expect(lm.count).toBe(0)
        expect(again.divergence).toBeUndefined()
        expect(again.digest).toBe(first.digest)
      })
    })

    it('climbs on the toy task', async () => {
      const { result } = await finish(runOf({ program: oneStep(), train: 40, val: 24 }), memoryPorts({ lm: simulatedLm() }))
      expect(result?.gain?.mean).toBeGreaterThan(0)
    })

    it('tells the same story at concurrency 1 and 8', async () => {
      const stories = await Promise.all(
        [1, 8].map(async concurrency => {
          const disk = memoryDisk()
          await finish(runOf({ concurrency }), memoryPorts({ lm: simulatedLm({ latencyMs: 2 }), disk }))
          return plainStory(disk.events)
        }),
      )
      expect(stories[0]).toEqual(stories[1])
    })

    it('replays from the record with no LM call and no divergence', async () => {
      const disk = memoryDisk()
      const first = await finish(runOf(), memoryPorts({ lm: simulatedLm(), disk }))
      const events = disk.events.length
      const lm = simulatedLm()
      const again = await finish(runOf({ concurrency: 16 }), memoryPorts({ lm, disk, offline: true }))
      expect(lm.count).toBe(0)
      expect(again.divergence).toBeUndefined()
      expect(again.digest).toBe(first.digest)
      expect(again.result).toEqual(first.result)
      expect(again.totals.calls).toBe(first.totals.calls)
      expect(disk.events.length).toBe(events)
    })

    it('ends within a batch when it is stopped, and keeps what was fully evaluated', async () => {
      let stop = (): void => undefined
      const lm = simulatedLm({ latencyMs: 3, onRequest: count => (count === 20 ? stop() : undefined) })
      const handle = start(runOf({ program: oneStep() }), memoryPorts({ lm }))
      stop = () => handle.command('stop')
      const outcome = await handle.done
      // A method without calls of its own may be through by then.
      expect(['stopped', 'done']).toContain(outcome.status)
      expect(outcome.result?.baseline?.summary.count).toBe(12)
      expect(lm.count).toBeLessThanOrEqual(20 + 4)
    })

    it('stays in its caps and continues when they are raised', async () => {
      const whole = await finish(runOf(), memoryPorts({ lm: simulatedLm() }))
      for (const concurrency of [1, 8, 64]) {
        const disk = memoryDisk()
        const lm = simulatedLm({ latencyMs: 2 })
        const maxCalls = Math.max(48, Math.floor(whole.totals.calls * 0.7))
        const capped = await finish(runOf({ concurrency, budget: { maxCalls } }), memoryPorts({ lm, disk }))
        expect(lm.count).toBeLessThanOrEqual(maxCalls)
        expect(capped).toMatchObject({ status: whole.totals.calls > maxCalls ? 'capped' : 'done' })
        const rest = simulatedLm()
        const raised = await finish(runOf({ concurrency }), memoryPorts({ lm: rest, disk }))
        expect(raised.divergence).toBeUndefined()
        expect(raised.digest).toBe(whole.digest)
        expect(lm.count + rest.count).toBe(whole.totals.calls)
        expect(raised.totals.calls).toBe(whole.totals.calls)
      }
    })

    it('comes to the same end when a fifth of the requests fail', async () => {
      const whole = await finish(runOf(), memoryPorts({ lm: simulatedLm() }))
      const outcome = await finish(runOf(), memoryPorts({ lm: simulatedLm({ failShare: 0.2 }) }))
      expect(outcome).toMatchObject({ status: 'done' })
      expect(outcome.totals.failedCalls).toBeGreaterThan(0)
      expect(outcome.digest).toBe(whole.digest)
    })

    it('keeps nothing of an answer that was cut off, neither as an instruction nor in a demo', async () => {
      const good = simulatedLm()
      const mark = 'CUTWORD'
      let cut = 0
      const lm: Lm = {
        ...good,
        async generate(request, call) {
          const answer = await good.generate(request, call)
          const isCut = call.purpose === 'propose' || (call.purpose === 'bootstrap' && good.count % 3 === 0)
          if (!isCut || request.kind === 'embed') return answer
          cut += 1
          return { ...answer, text: answer.text.replace(/^(\[\[ ## \w+ ## \]\]\n|```\n)?/, `$1${mark} `), finish: 'length' }
        },
      }
      const disk = memoryDisk()
      const outcome = await finish(runOf({ program: oneStep('chain-of-thought'), concurrency: 1 }), memoryPorts({ lm, disk }))
      expect(outcome).toMatchObject({ status: 'done' })
      expect(outcome.totals.cutAnswers ?? 0).toBe(cut)
      expect(canonicalJson([outcome.result?.best?.state ?? null, disk.events])).not.toContain(mark)
    })

    it('leaves the student as it was', async () => {
      const run = runOf({ program: twoSteps() })
      const before = canonicalJson(run)
      const outcome = await finish(deepFreeze(run), memoryPorts({ lm: simulatedLm() }))
      expect(outcome).toMatchObject({ status: 'done' })
      expect(canonicalJson(run)).toBe(before)
    })

    it('tells events that pass the schema and a round trip through JSON', async () => {
      const { disk, told } = await tellAll(runOf())
      expect(told.length).toBeGreaterThan(5)
      for (const event of told) {
        const { seq: _seq, at: _at, ...plain } = event
        const checked = runEventSchema.safeParse(plain)
        expect({ type: event.type, error: checked.error?.message }).toEqual({ type: event.type, error: undefined })
        expect(parseJson(JSON.stringify(event))).toEqual({ ok: true, value: event })
      }
      expect(canonicalJson(disk.events)).toBe(canonicalJson(told))
    })

    it('works with one training row, or says why not', async () => {
      const outcome = await finish(runOf({ train: 1, val: 3 }), memoryPorts({ lm: simulatedLm() }))
      const isUnderstood = outcome.status === 'done' ? outcome.result?.best !== undefined : outcome.error?.code === 'data-invalid'
      expect({ outcome, isUnderstood }).toMatchObject({ isUnderstood: true })
      const none = await finish(runOf({ train: 0, val: 3 }), memoryPorts({ lm: simulatedLm() }))
      expect(none.error?.code).toBe('data-invalid')
      expect(none.sentence).toMatch(/train split/)
    })

    it('reaches the same end however often it is killed, and asks no recorded answer again', async () => {
      const whole = await finish(runOf(), memoryPorts({ lm: simulatedLm() }))
      const run = runOf()
      const seed = 20
      const rng = pythonRandom(seed)
      for (let attempt = 0; attempt < 8; attempt++) {
        const points = Array.from({ length: 3 }, () => rng.randint(1, Math.max(2, Math.floor(whole.totals.calls / 3))))
        const { disk, sent, repeatedAnswers } = await killAndResume(run, points)
        const where = `seed ${seed}, attempt ${attempt}, killed after ${points.join(', ')} requests`
        const mostSent = whole.totals.calls + points.length * run.spec.concurrency
        expect({ where, digest: storyDigest(disk.events), repeatedAnswers, isCheap: sent <= mostSent }).toEqual({
          where,
          digest: whole.digest,
          repeatedAnswers: 0,
          isCheap: true,
        })
        expect(disk.events.map(({ seq }) => seq)).toEqual(disk.events.map((_, index) => index))
      }
    })
  })
}

/** Kills the run after so many requests of each attempt, then lets it go to its end. */
export async function killAndResume(
  run: ToyRun,
  points: readonly number[],
  runner?: CodeRunner,
): Promise<{ disk: MemoryDisk; sent: number; repeatedAnswers: number }> {
  const disk = memoryDisk()
  let sent = 0
  let repeatedAnswers = 0
  for (const point of [...points, Infinity]) {
    const onDisk = new Set(disk.calls.keys())
    let isDead = false
    let die = (): void => undefined
    const died = new Promise<void>(resolve => {
      die = resolve
    })
    const lm = simulatedLm({
      latencyMs: 1,
      onRequest: count => {
        if (count < point) return undefined
        isDead = true
        die()
        return new Promise<void>(() => undefined)
      },
    })
    const handle = start(run, memoryPorts({ lm, disk, isDead: () => isDead, ...(runner && { runner }) }))
    await Promise.race([handle.done, died])
    sent += lm.count
    repeatedAnswers += [...lm.asked.keys()].filter(key => onDisk.has(key)).length
  }
  return { disk, sent, repeatedAnswers }
}

async function tellAll(run: ToyRun): Promise<{ disk: MemoryDisk; told: readonly JournalEvent[] }> {
  const disk = memoryDisk()
  const handle = start(run, memoryPorts({ lm: simulatedLm(), disk }))
  await handle.done
  return { disk, told: handle.batches.flatMap(batch => batch.events) }
}

function plainStory(events: readonly JournalEvent[]): readonly unknown[] {
  return storyOf(events).map(({ at: _at, ...event }) => event)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { optimizerParams } from '@/testing/optimizer-params'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep, toyRows, twoSteps } from '@/testing/toy-programs'
import { finish, toyEmbedder, toyModel, toyRun, type ToyRun } from '@/testing/toy-run'
import type { Locks, Program } from '../../program/program'
import { optimizerKinds } from '../../optimizers/registry'
import { certainCalls } from './certain-calls'
import { planOfRun, rowsOfRun } from '../plan/estimate'
import { checkBudget } from './preflight'

const { signal } = new AbortController()
const refused = { code: 'budget-too-small', asked: 0 }

function certain({ spec, data }: ToyRun, disk = memoryDisk()) {
  const ports = memoryPorts({ lm: simulatedLm(), disk })
  return certainCalls(spec, rowsOfRun(spec, data).val, ports, { isEnough: () => false, signal })
}

describe('the check of caps before a start', () => {
  it('looks at the rows that are left after the optimizer has drawn its own', async () => {
    const budget = { maxCalls: 500 }
    const run = toyRun({ optimizer: { id: 'mipro-v2', params: { auto: 'light' } }, train: 30, val: 300, budget })
    await expect(checkBudget(run.spec, run.data, memoryPorts({ lm: simulatedLm() }), signal)).resolves.toBeUndefined()
    expect(await certain(run)).toMatchObject({ calls: 100 })
    const tight = { ...run.spec, budget: { maxCalls: 99 } }
    await expect(checkBudget(tight, run.data, memoryPorts({ lm: simulatedLm() }), signal)).rejects.toMatchObject({
      code: 'budget-too-small',
      message:
        'Scoring the program on 100 rows before it is compiled takes at least 100 LM calls, but the cap is 99 LM calls. Raise the cap or use fewer rows.',
      facts: { needed: 100, cap: 99 },
    })
  })

  it('counts equal rows and stored answers once, and not what may turn out equal further on', async () => {
    const rows = toyRows(6)
    const twice = [...rows, ...rows.map(row => ({ ...row, id: `again ${row.id}` }))]
    const { spec } = toyRun({ kind: 'evaluate', program: twoSteps() })
    const run = { spec, data: { train: [], val: twice } }
    expect(await certain(run)).toMatchObject({ calls: 6 })
    const disk = memoryDisk()
    await finish({ spec, data: { train: [], val: rows.slice(0, 4) } }, memoryPorts({ lm: simulatedLm(), disk }))
    expect(await certain(run, disk)).toMatchObject({ calls: 2 })
    await finish(
      { ...run, spec: { ...spec, budget: { maxCalls: 4 } } },
      memoryPorts({ lm: simulatedLm(), disk: { ...memoryDisk(), calls: disk.calls } }),
    )
    expect(await certain(run, disk)).toMatchObject({ calls: 0 })
  })

  it('refuses a cap of tokens or money that no request fits into, and says which way out there is', async () => {
    const run = (budget: object) => {
      const { spec, data } = toyRun({
        kind: 'evaluate',
        budget,
        models: { task: { ...toyModel, settings: { maxTokens: 300 } }, prompt: toyModel, overrides: {} },
      })
      return checkBudget(spec, data, memoryPorts({ lm: simulatedLm() }), signal)
    }
    await expect(run({ maxTokens: 250 })).rejects.toThrow(
      /^A single request may take up to \d+ tokens, but the cap is 250 tokens\. Raise the cap or lower "max tokens"/,
    )
    await expect(run({ maxTokens: 1_100 })).rejects.toThrow(/^Evaluating 12 rows takes at least \d+ tokens/)
    await expect(run({ maxCost: 0.0001 })).rejects.toThrow(/^A single request may take up to \$0\.00\d+, but the cap is \$0\.00010/)
    await expect(run({ maxTokens: 20_000, maxCost: 1 })).resolves.toBeUndefined()
  })
})

const sizes = fc.record({
  steps: fc.constantFrom(1, 2),
  train: fc.integer({ min: 2, max: 9 }),
  val: fc.integer({ min: 0, max: 8 }),
  /** How many of the val rows repeat an earlier one, and how many were run before. */
  repeated: fc.integer({ min: 0, max: 3 }),
  stored: fc.integer({ min: 0, max: 3 }),
  isFixed: fc.boolean(),
  locks: fc.constantFrom<Locks>({}, {}, { instructions: true }, { demos: true }, { instructions: true, demos: true }),
})

/** With these locks on the step that gives the label. */
function lockedLast({ graph, state }: Program, locks: Locks): Program {
  return { graph: { ...graph, nodes: graph.nodes.map(node => (node.id === 'classify' ? { ...node, locks } : node)) }, state }
}

describe.each(optimizerKinds.map(({ id }) => id))('what is told before a compile with %s', id => {
  it('holds: a start is refused only where the cap pays less than it goes on to ask for', { timeout: 120_000 }, async () => {
    const params = optimizerParams[id] ?? fc.constantFrom<never>()
    const property = fc.asyncProperty(params, sizes, async (given, { steps, train, val, repeated, stored, isFixed, locks }) => {
      const models = { task: toyModel, prompt: toyModel, embedding: toyEmbedder, overrides: {} }
      const { spec, data } = toyRun({
        models,
        optimizer: { id, params: given },
        program: lockedLast(steps === 1 ? oneStep() : twoSteps(), locks),
        train,
        val,
      })
      const again = data.val.slice(0, repeated).map(row => ({ ...row, id: `again ${row.id}` }))
      const run = { spec, data: { ...data, val: [...data.val, ...again] } }
      const before = async () => {
        const disk = memoryDisk()
        const some = run.data.val.slice(0, stored)
        if (some.length === 0) return disk
        await finish(
          { spec: { ...spec, kind: 'evaluate' }, data: { train: [], val: some } },
          memoryPorts({ lm: simulatedLm({ isFixed }), disk }),
        )
        return { ...memoryDisk(), calls: disk.calls }
      }
      const least = await certain(run, await before())
      const lm = simulatedLm({ isFixed })
      const whole = await finish(run, memoryPorts({ lm, disk: await before() }))
      if (whole.error?.code === 'params-invalid' || whole.error?.code === 'data-invalid') return fc.pre(false)
      expect(whole).toMatchObject({ status: 'done' })
      expect(least.calls).toBeLessThanOrEqual(lm.count)
      expect(least.tokens).toBeLessThanOrEqual(whole.totals.inputTokens + whole.totals.outputTokens)
      expect(least.cost).toBeLessThanOrEqual(whole.totals.cost + 1e-12)
      const { total } = planOfRun(run.spec, run.data)
      expect(total.low).toBeLessThanOrEqual(whole.totals.answered)
      expect(whole.totals.answered).toBeLessThanOrEqual(total.high)

      const capped = async (maxCalls: number) => {
        const asked = simulatedLm({ isFixed })
        const outcome = await finish({ ...run, spec: { ...spec, budget: { maxCalls } } }, memoryPorts({ lm: asked, disk: await before() }))
        return { status: outcome.status, code: outcome.error?.code, asked: asked.count }
      }
      expect(await capped(lm.count)).toMatchObject({ status: 'done' })
      const enough = least.calls === 0 ? { code: undefined } : await capped(least.calls)
      expect(enough.code).toBeUndefined()
      const tooFew = least.calls <= 1 ? refused : await capped(least.calls - 1)
      expect(tooFew).toMatchObject(refused)
    })
    await fc.assert(property, { numRuns: Number(process.env['PREFLIGHT_RUNS'] ?? 12), seed: Number(process.env['PREFLIGHT_SEED'] ?? 1) })
  })
})

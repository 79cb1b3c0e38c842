import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { smallParams } from '@/testing/small-optimizers'
import { stepPrograms } from '@/testing/step-programs'
import { finish, toyEmbedder, toyModel, toyRun } from '@/testing/toy-run'
import { estimateRun } from '../run/plan/estimate'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import { optimizerKinds } from './registry'

const train = 8
const val = 6

describe('what a compile of a step with many calls pays', () => {
  let runner: CodeRunner
  beforeAll(async () => {
    runner = await createQuickJsRunner()
  })
  afterAll(() => runner.dispose())

  const cases = ['react', 'best-of-n', 'vote', 'branch'].flatMap(step => optimizerKinds.map(({ id }) => [id, step] as const))
  it.each(cases)('%s lies within the estimate on %s', async (id, step) => {
    const program = stepPrograms[step]
    if (!program) throw new Error(`The step ${step} has no program in stepPrograms.`)
    const optimizer = { id, params: smallParams[id] ?? {} }
    const { total } = estimateRun({ kind: 'compile', graph: program.graph, train, val, optimizer })
    const lm = simulatedLm()
    const models = { task: toyModel, prompt: toyModel, embedding: toyEmbedder, overrides: {} }
    const outcome = await finish(toyRun({ program, optimizer, train, val, models }), memoryPorts({ lm, runner }))
    expect(outcome).toMatchObject({ status: 'done' })
    expect(outcome.totals.answered).toBeGreaterThanOrEqual(total.low)
    expect(lm.count).toBe(outcome.totals.calls)
    expect(lm.count).toBeGreaterThan(0)
    expect(lm.count).toBeLessThanOrEqual(total.high)
  })
})

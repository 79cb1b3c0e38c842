import { beforeEach, expect, it } from 'vitest'
import type { AdapterId } from '@/engine/program/adapter-id'
import type { ProgramGraph } from '@/engine/program/program'
import { emptyBrowser } from '@/testing/empty-browser'
import { moodyLm, storeToyProject, storeToyRun } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { toyProject } from '@/testing/toy-project'
import { measureCalls } from './measured-calls'

beforeEach(async () => {
  await emptyBrowser('measured')
  await storeToyProject()
})

/** The number in the first row that is evaluated. */
const firstRow = 1000

type Choice = Pick<ProgramGraph, 'adapter' | 'jsonFallback'>

/** Stores an evaluation of 12 rows, of which this many cannot be read at first. */
async function ran(id: string, choice: Choice, unreadable: number): Promise<void> {
  const { graph, state } = oneStep()
  const lm = moodyLm({
    unreadable: text => Number(/order (\d+)/.exec(text)?.[1] ?? 0) - firstRow < unreadable,
  })
  const program = { graph: { ...graph, ...choice }, state }
  await storeToyRun({ id, program, lm, spec: { kind: 'evaluate', graph: program.graph, concurrency: 1 } })
}

const shareOf = async (choice: Choice): Promise<number | undefined> => (await measureCalls(toyProject().id, choice)).againShare

it('expects as many answers to be asked again as in runs with the same adapter and choice', async () => {
  expect(await shareOf({ jsonFallback: 'once' })).toBeUndefined()
  await ran('run_a', { jsonFallback: 'once' }, 3)
  expect(await shareOf({ jsonFallback: 'once' })).toBe(3 / 12)
  await ran('run_b', { jsonFallback: 'once' }, 0)
  expect(await shareOf({ jsonFallback: 'once' })).toBe(3 / 24)
  await ran('run_c', { jsonFallback: 'never' }, 6)
  expect(await shareOf({ jsonFallback: 'once' })).toBe(3 / 24)
  for (const adapter of ['xml', 'json'] satisfies AdapterId[]) expect(await shareOf({ adapter, jsonFallback: 'once' })).toBeUndefined()
})

it('does not take the silence of older records for answers that could all be read', async () => {
  await ran('run_old', {}, 0)
  expect(await shareOf({})).toBeUndefined()
  await ran('run_new', {}, 4)
  expect(await shareOf({})).toBe(4 / 12)
})

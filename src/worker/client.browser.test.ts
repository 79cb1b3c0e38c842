import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteDB } from 'idb'
import { closeDatabase } from '@/storage/db'
import { listRollouts } from '@/storage/rollouts'
import { getCall } from '@/storage/lm-calls'
import { listEvents } from '@/storage/run-events'
import { getSpending } from '@/storage/run-spending'
import type { RunId } from '@/storage/records'
import { getRun } from '@/storage/runs'
import { getProject } from '@/storage/projects'
import { toyFile } from '@/testing/toy-project'
import { createEngineClient, type EngineClient } from './client'
import type { RunMessage } from './api'

const realWorker = globalThis.Worker
let workers: Worker[] = []

beforeEach(async () => {
  workers = []
  globalThis.Worker = class extends realWorker {
    constructor(...made: ConstructorParameters<typeof Worker>) {
      super(...made)
      workers.push(this)
    }
  }
  await closeDatabase()
  await deleteDB('dspy-studio')
})
afterEach(async () => {
  globalThis.Worker = realWorker
  await closeDatabase()
})

describe('the client of the engine', () => {
  it('starts another worker after a fault, says so, and hears its messages', async () => {
    const told: string[] = []
    const messages: RunMessage[] = []
    const engine = createEngineClient({ onCrash: error => told.push(error.message) })
    await engine.subscribe(message => messages.push(message))
    const project = await getProject(await engine.importProject(toyFile(12)))
    if (!project) throw new Error('not imported')
    const pending = engine.exportProject(project)
    // Listened to before the fault, so that its failure is not unheard of.
    const ended = pending.then(
      () => 'answered',
      (error: unknown) => String(error),
    )
    workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'boom' }))
    expect(await ended).toMatch(/ended on a fault of the studio \(boom\)/)
    expect(told).toHaveLength(1)
    const runId = await engine.createRun({ project, kind: 'evaluate', split: 'all' })
    await engine.startRun(runId)
    expect(await getRun(runId)).toMatchObject({ status: 'done' })
    expect(messages.some(message => message.runId === runId)).toBe(true)
    expect(workers).toHaveLength(2)
    engine.dispose()
  })

  it('ends a worker that does not come back from reading an answer; the resumed run goes on without that answer', async () => {
    const told: string[] = []
    const engine = createEngineClient({ readingMs: 1_000, spawn: spawnHanging, onCrash: error => told.push(error.message) })
    const runId = await runThatHangs(engine)
    await expect(engine.startRun(runId)).rejects.toThrow(/did not finish reading one answer within 1 s/)
    expect(told).toHaveLength(1)
    expect(await getRun(runId)).toMatchObject({ status: 'running' })

    await setKey(engine)
    await engine.startRun(runId)
    expect(workers).toHaveLength(2)
    expect(await getRun(runId)).toMatchObject({ status: 'done' })
    const rollouts = await listRollouts(runId)
    expect(rollouts).toHaveLength(8)
    const failed = rollouts.filter(({ rollout }) => rollout.error !== undefined)
    expect(failed.map(({ index }) => index)).toEqual([3])
    expect(failed[0]?.rollout.error).toMatchObject({ code: 'adapter-parse', message: expect.stringContaining('This answer was not read') })
    const key = failed[0]?.rollout.trace.flatMap(span => span.calls)[0]?.key ?? ''
    expect((await getCall(key))?.response).toMatchObject({ text: expect.stringContaining('never read') })
    expect((await listEvents(runId)).filter(({ type }) => type === 'answer-give-up')).toMatchObject([{ key }])
    expect((await getSpending(runId))?.reading).toBeUndefined()
    expect(await engine.replayRun(runId)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0 })
    engine.dispose()
  })

  it('reads an answer again whose worker ended for a reason of its own', async () => {
    const closed = createEngineClient({ spawn: spawnHanging })
    const runId = await runThatHangs(closed)
    closed.startRun(runId).catch(() => undefined)
    // It answers nothing more once it hangs. Its record cannot be looked at: what it was writing beside it never ends.
    const silence = (): Promise<boolean> => new Promise(resolve => setTimeout(() => resolve(true), 1_500))
    while (!(await Promise.race([setKey(closed).then(() => false), silence()]))) await new Promise(resolve => setTimeout(resolve, 20))
    closed.dispose()

    const engine = createEngineClient({ readingMs: 1_000, spawn: spawnHanging })
    await setKey(engine)
    await expect(engine.startRun(runId)).rejects.toThrow(/did not finish reading one answer within 1 s/)
    expect((await listEvents(runId)).filter(({ type }) => type === 'answer-give-up')).toEqual([])
    await setKey(engine)
    await engine.startRun(runId)
    expect((await listEvents(runId)).filter(({ type }) => type === 'answer-give-up')).toHaveLength(1)
    engine.dispose()
  })

  it('says so when the engine has no method of a name, and is no promise', async () => {
    const engine = createEngineClient()
    const call: unknown = Reflect.get(engine, 'brewCoffee')
    if (typeof call !== 'function') throw new Error('every name is a method')
    await expect(call()).rejects.toThrow('The engine has no method "brewCoffee".')
    expect(Reflect.get(engine, 'then')).toBeUndefined()
    expect(Reflect.get(engine, Symbol.toPrimitive)).toBeUndefined()
    engine.dispose()
  })

  it('tells no progress behind the answer', async () => {
    const engine = createEngineClient()
    const text = `text,label\n${Array.from({ length: 20_000 }, (_, index) => `order ${index},red`).join('\n')}`
    for (let time = 0; time < 10; time++) {
      const heard: number[] = []
      const preview = await engine.previewImport(new Blob([text]), 'rows.csv', share => heard.push(share))
      const count = heard.length
      await new Promise(resolve => setTimeout(resolve, 20))
      expect(heard).toHaveLength(count)
      await engine.discardImport(preview.importId)
    }
    engine.dispose()
  })
})

const spawnHanging = (): Worker => new Worker(new URL('../testing/hanging.worker.ts', import.meta.url), { type: 'module' })

const setKey = (engine: EngineClient): Promise<unknown> => engine.setKey('https://models.example', 'key-for-the-models', false)

/** A run over eight rows; the answer about the one with index 3 is the one that the adapter hangs on. */
async function runThatHangs(engine: EngineClient): Promise<RunId> {
  const file = toyFile(8)
  const text = (index: number) => (index === 3 ? 'hang here' : `row ${index}`)
  const rows = file.dataset?.rows.map((row, index) => ({ ...row, cells: { ...row.cells, col_text: text(index) } })) ?? []
  const [model] = file.project.models
  if (!file.dataset || !model) throw new Error('the toy file has rows and a model')
  const { classify, ...others } = file.project.state
  const state = { ...others, classify: { ...classify, demos: [] } }
  const models = [{ ...model, provider: 'openai-compatible' as const, baseUrl: 'https://models.example/v1' }]
  const graph = { ...file.project.graph, jsonFallback: 'never' as const }
  const project = await getProject(
    await engine.importProject({ ...file, project: { ...file.project, graph, state, models }, dataset: { ...file.dataset, rows } }),
  )
  if (!project) throw new Error('not imported')
  await setKey(engine)
  return engine.createRun({ project, kind: 'evaluate', split: 'all' })
}

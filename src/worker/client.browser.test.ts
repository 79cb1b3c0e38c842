import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteDB } from 'idb'
import { closeDatabase } from '@/storage/db'
import { getRun } from '@/storage/runs'
import { getProject } from '@/storage/projects'
import { toyFile } from '@/testing/toy-project'
import { createEngineClient } from './client'
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

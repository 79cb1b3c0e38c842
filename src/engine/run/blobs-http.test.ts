import { afterEach, describe, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi } from '../../../e2e/fake-openai'
import { overHttp } from '@/testing/http-run'
import { memoryDisk, memoryPorts, realClock, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { look, pictureOf, pictureRows, pictures } from '@/testing/toy-pictures'
import { oneStep, toyWords } from '@/testing/toy-programs'
import { finish, start, toyRun, type ToyRun } from '@/testing/toy-run'
import { blobRefsIn } from '../blobs/blob-ref'
import type { BlobStore } from '../blobs/blob-store'
import { readStoredRequest } from '../lm/kept/stored-request'
import { createConnector } from '../providers/connect'
import type { RunPorts } from './base/ports'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const portsOf = (store: Pick<BlobStore, 'get'>, disk: MemoryDisk, more: Partial<RunPorts> = {}, isDead = () => false): RunPorts => ({
  ...memoryPorts({ lm: simulatedLm(), disk, isDead }),
  connect: createConnector({ fetch: globalThis.fetch, clock: realClock, authorize: async () => undefined, blobs: store }),
  ...more,
})

async function pictureRun(options: Parameters<typeof toyRun>[0] = {}): Promise<ToyRun> {
  server = await startFakeOpenAi({ answer: look })
  const run = overHttp(toyRun({ kind: 'evaluate', program: oneStep(), ...options }), server.url)
  return { ...run, data: { train: pictureRows(20), val: pictureRows(24, 1000) } }
}

describe('a program whose input is a file', () => {
  it('sends it, scores its rows, and records it by name alone', async () => {
    const disk = memoryDisk()
    const run = await pictureRun()
    const outcome = await finish(run, portsOf(pictures, disk))
    expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { mean: 1, errors: 0 } } } })
    const record = JSON.stringify([...disk.calls.values(), ...disk.rollouts.values(), disk.events])
    expect(record).not.toContain('base64')
    expect(blobRefsIn([...disk.calls.values()].map(({ request }) => readStoredRequest(request)))).toHaveLength(toyWords.length)
    // Rows with one picture are one request.
    expect(server?.count).toBe(toyWords.length)
  })

  it('learns from demos that show files', async () => {
    const disk = memoryDisk()
    const run = await pictureRun({
      kind: 'compile',
      optimizer: { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 2, max_labeled_demos: 2 } },
    })
    const outcome = await finish(run, portsOf(pictures, disk))
    expect(outcome).toMatchObject({ status: 'done' })
    const shown = disk.events.flatMap(event => (event.type === 'candidate-propose' ? blobRefsIn(event.state) : []))
    expect(shown.length).toBeGreaterThan(0)
    const withDemos = server?.requests.filter(({ text }) => text.split('image_url":{').length > 2) ?? []
    expect(withDemos.length).toBeGreaterThan(0)
  })

  it('replays without a single file', async () => {
    const disk = memoryDisk()
    const run = await pictureRun()
    const { digest } = await finish(run, portsOf(pictures, disk))
    const asked = server?.count
    const again = await finish(run, portsOf({ get: async () => undefined }, disk, { offline: true }))
    expect(again).toMatchObject({ digest, totals: { failedCalls: 0 } })
    expect(server?.count).toBe(asked)
  })

  it('goes on after a kill, and asks nothing twice that is on record', async () => {
    const run = await pictureRun({ concurrency: 2 })
    const whole = await finish(run, portsOf(pictures, memoryDisk()))
    const disk = memoryDisk()
    const before = server?.count ?? 0
    for (const stopAt of [3, 7]) {
      let isDead = false
      const handle = start(
        run,
        portsOf(pictures, disk, {}, () => isDead),
      )
      await expect.poll(() => (server?.count ?? 0) - before, { timeout: 20_000 }).toBeGreaterThanOrEqual(stopAt)
      isDead = true
      handle.command('cancel')
    }
    // What was on its way when it was killed still arrives.
    for (let seen = -1; seen !== server?.count; await new Promise(resolve => setTimeout(resolve, 150))) seen = server?.count ?? 0
    const recorded = disk.calls.size
    const already = server?.count ?? 0
    const outcome = await finish(run, portsOf(pictures, disk))
    expect(outcome).toMatchObject({ status: 'done', digest: whole.digest })
    expect((server?.count ?? 0) - already).toBe(toyWords.length - recorded)
  })

  it('says of a row whose file is missing what is wrong, scores the others, and sends nothing for it', async () => {
    const gone = pictureOf.get('zorp')
    const store: Pick<BlobStore, 'get'> = { get: async ref => (ref.$blob === gone?.$blob ? undefined : pictures.get(ref)) }
    const disk = memoryDisk()
    const run = await pictureRun()
    const outcome = await finish(run, portsOf(store, disk))
    const failed = [...disk.rollouts.values()].filter(({ rollout }) => rollout.error)
    expect(failed).toHaveLength(2)
    for (const { rollout } of failed) expect(rollout).toMatchObject({ score: null, error: { code: 'blob-missing' } })
    expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { mean: 1, unscored: 2 } } } })
    expect(server?.count).toBe(toyWords.length - 1)
  })
})

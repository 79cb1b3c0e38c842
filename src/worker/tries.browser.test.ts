import { createLiveKeys } from '@/engine/lm/keys/live-keys'
import { createMasker } from '@/engine/lm/keys/mask'
import { beforeEach, describe, expect, it } from 'vitest'
import { EngineError } from '@/engine/base/errors'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import type { Project } from '@/engine/project/project'
import { noTotals } from '@/engine/record/totals'
import { systemClock } from '@/lib/system-clock'
import { emptyBrowser } from '@/testing/empty-browser'
import { simulatedLm } from '@/testing/simulated-lm'
import { toyRows, twoSteps } from '@/testing/toy-programs'
import { toyProject } from '@/testing/toy-project'
import { toyModel } from '@/testing/toy-run'
import { putDataset } from '@/storage/datasets'
import { heldTries, listTries } from '@/storage/tries'
import { createRunRelay } from './run-relay'
import { tryMetric } from './trial-rows'
import { createTries, type TryScope } from './tries'

const model: ModelSpec = { ...toyModel, id: 'task', settings: { temperature: 0, maxTokens: 50 } }
const project: Project = {
  ...toyProject(),
  ...twoSteps(),
  datasetId: 'data',
  mapping: { inputs: { 'f-text': 'a' }, labels: { 'f-label': 'b' } },
  models: [model],
  roles: { task: 'task', prompt: 'task' },
  run: { concurrency: 2, seed: 1, maxErrors: 10, budget: {} },
}

beforeEach(async () => {
  await emptyBrowser('tries')
  const columns = [
    { id: 'a', name: 'text', type: 'str' },
    { id: 'b', name: 'label', type: 'str' },
  ] as const
  const rows = toyRows(40).map(({ id, inputs, labels }) => ({ id, cells: { a: inputs['text'] ?? '', b: labels['label'] ?? '' } }))
  await putDataset({ id: 'data', name: 'Data', columns, createdAt: 1, updatedAt: 1 }, rows)
})

const none = () => Promise.reject(new Error('not asked for'))
const keys = {
  set: none,
  list: none,
  forget: none,
  forgetAll: none,
  authorize: none,
  beginWork: () => () => undefined,
  masker: async () => createMasker([]),
}

/** Services whose every model is this one. */
function servicesOf(lm: Lm) {
  const runner = { load: none, checkModule: none, dispose: () => undefined }
  return {
    clock: systemClock,
    keys,
    liveKeys: createLiveKeys(),
    connect: () => lm,
    runner,
    baseUrl: '',
    watchReading: () => undefined,
    hung: new Set<string>(),
  }
}

const triesOf = () => createTries({ clock: systemClock, keys, liveKeys: createLiveKeys() }, createRunRelay())
const metric = { kind: 'exact-match', params: { field: 'label' } }

describe('a try of a metric', () => {
  it('leaves what it used, once: a second one is answered from the cache and leaves nothing', async () => {
    const lm = simulatedLm()
    const tries = triesOf()
    const first = await tryMetric(servicesOf(lm), tries, { project, metric, count: 3, tryId: 'try_1' })
    expect(first.rows).toHaveLength(3)
    const [record] = await listTries(project.id)
    expect(record).toMatchObject({ id: 'try_1', kind: 'try', title: 'Metric on 3 rows', status: 'done', totals: { calls: lm.count } })
    expect(record?.totals.inputTokens).toBeGreaterThan(100)
    expect(record?.totals.cost).toBeCloseTo(((record?.totals.inputTokens ?? 0) + 2 * (record?.totals.outputTokens ?? 0)) / 1e6, 12)
    expect(lm.count).toBeGreaterThanOrEqual(4)
    await tryMetric(servicesOf(simulatedLm()), tries, { project, metric, count: 3, tryId: 'try_2' })
    expect((await listTries(project.id)).map(({ id }) => id)).toEqual(['try_1'])
  })

  it('ends at its cap with the rows it was through with, and says where to allow more', async () => {
    const lm = simulatedLm({ latencyMs: 1 })
    const capped = { ...project, run: { ...project.run, concurrency: 1, tryCalls: 17 } }
    const { rows, ended } = await tryMetric(servicesOf(lm), triesOf(), { project: capped, metric, count: 12, tryId: 'try_capped' })
    expect(lm.count).toBe(17)
    expect(rows.length).toBeGreaterThan(2)
    expect(rows.length).toBeLessThan(12)
    expect(ended).toBe('A try may make 17 LM calls, and this one has made them. Allow more in Compile, under Run.')
    expect(await listTries(project.id)).toMatchObject([{ status: 'capped', finish: ended, totals: { calls: 17 } }])
  })

  it('is stopped from any tab, and sends nothing more', async () => {
    const tries = triesOf()
    const elsewhere = triesOf()
    let stop = (): void => undefined
    const lm = simulatedLm({ latencyMs: 20, onRequest: count => (count === 3 ? stop() : undefined) })
    stop = () => elsewhere.stop('try_stopped')
    const work = tryMetric(servicesOf(lm), tries, { project, metric, count: 16, tryId: 'try_stopped' })
    const outcome = await work.catch((error: unknown) => error)
    expect(outcome instanceof EngineError ? outcome.code : outcome).toSatisfy(
      (end: unknown) =>
        end === 'run-stopped' || (typeof end === 'object' && end !== null && Reflect.get(end, 'ended') === 'The try was stopped.'),
    )
    const sent = lm.count
    expect(sent).toBeLessThan(16)
    await systemClock.sleep(100)
    expect(lm.count).toBe(sent)
    expect(await listTries(project.id)).toMatchObject([{ status: 'stopped', totals: { calls: sent } }])
  })
})

describe('the record of a try', () => {
  it('counts a request before it leaves, so that a tab that dies leaves no less than it used', async () => {
    const tries = triesOf()
    let scope: TryScope | undefined
    let finish = (_value: string): void => undefined
    const work = tries.make({ id: 'try_open', project, kind: 'check', title: 'Check' }, given => {
      scope = given
      return new Promise<string>(resolve => {
        finish = resolve
      })
    })
    await expect.poll(() => scope).toBeDefined()
    expect(await heldTries()).toContain('try_open')
    await scope?.noteSpend({ spent: { calls: 2, tokens: 9, cost: 0 }, open: [{ model: 'm', tokens: 5, cost: 0 }] })
    // What another tab would find if this one died now.
    expect(await listTries(project.id)).toMatchObject([{ status: 'running', totals: { calls: 3 } }])
    scope?.countBy(() => ({ ...noTotals, calls: 3, answered: 3, inputTokens: 12 }))
    finish('fine')
    expect(await work).toBe('fine')
    expect(await listTries(project.id)).toMatchObject([{ status: 'done', totals: { calls: 3, inputTokens: 12 } }])
    expect(await heldTries()).not.toContain('try_open')
  })

  it('keeps what a try used that failed, and why', async () => {
    const work = triesOf().make({ id: 'try_bad', project, kind: 'check', title: 'Check' }, async scope => {
      scope.countBy(() => ({ ...noTotals, calls: 1, failedCalls: 1 }))
      throw new EngineError('lm-auth', 'The key was refused.')
    })
    await expect(work).rejects.toMatchObject({ code: 'lm-auth' })
    expect(await listTries(project.id)).toMatchObject([{ status: 'failed', finish: 'The key was refused.', totals: { failedCalls: 1 } }])
  })
})

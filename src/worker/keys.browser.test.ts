import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLiveKeys } from '@/engine/lm/keys/live-keys'
import { toyFile } from '@/testing/toy-project'
import { emptyBrowser } from '@/testing/empty-browser'
import { createEngineClient, type EngineClient } from './client'
import { createKeyRing } from './keys'

const origin = 'https://api.example.com'
const patient = { timeout: 10_000 }
let tabs: EngineClient[] = []

beforeEach(() => emptyBrowser('keys'))
beforeEach(() => deleteDB('dspy-studio-secrets'))
afterEach(() => {
  for (const tab of tabs.splice(0)) tab.dispose()
})

/** Each client has a worker of its own, as each tab has. */
async function tab(): Promise<EngineClient> {
  const client = createEngineClient()
  tabs.push(client)
  await client.keys()
  return client
}
const origins = async (client: EngineClient) => (await client.keys()).map(key => key.origin)

describe('a key that is forgotten in one tab', () => {
  it.each([true, false])('is gone from the tab that set it (remembered: %s)', async remember => {
    const [first, second] = [await tab(), await tab()]
    await first.setKey(origin, 'sk-canary-4711-abcd', remember)
    await first.setKey('https://other.example', 'sk-canary-4711-efgh', false)
    await second.forgetKey(origin)
    await expect.poll(() => origins(first), patient).toEqual(['https://other.example'])
    await second.forgetAllKeys()
    await expect.poll(() => origins(first), patient).toEqual([])
  })

  it('is not handed out any more to what was under way, whatever begins meanwhile, until it is set again or that has ended', async () => {
    const other = await tab()
    const keys = createLiveKeys()
    const ring = createKeyRing(keys)
    const said = () => keys.masker().text('sk-canary-4711-abcd')
    for (const remember of [true, false]) {
      const endWork = ring.beginWork()
      await ring.set(`${origin}/v1`, 'sk-canary-4711-abcd', remember)
      expect(await ring.authorize(origin)).toBe('sk-canary-4711-abcd')
      const endRun = keys.open()
      expect(said()).toBe('[key removed]')
      await other.forgetKey(origin)
      const refusal = { code: 'lm-auth', facts: { isKeyForgotten: true, isUnsent: true } }
      await expect.poll(() => ring.authorize(origin).catch((error: unknown) => error), patient).toMatchObject(refusal)
      const endTry = ring.beginWork()
      endTry()
      await expect(ring.authorize(origin)).rejects.toMatchObject(refusal)
      // A run that is under way may still write down something that was said with it.
      expect(said()).toBe('[key removed]')
      endRun()
      expect(said()).toBe('sk-canary-4711-abcd')
      await ring.set(origin, 'sk-canary-4711-efgh', false)
      expect(await ring.authorize(origin)).toBe('sk-canary-4711-efgh')
      await ring.forget(origin)
      await expect(ring.authorize(origin)).rejects.toMatchObject(refusal)
      endWork()
      expect(await ring.authorize(origin)).toBeUndefined()
    }
    await ring.set(origin, 'sk-canary-4711-efgh', false)
    await other.setKey(origin, 'sk-canary-4711-ijkl', true)
    expect(await ring.authorize(origin)).toBe('sk-canary-4711-efgh')
    await ring.forgetAll()
  })
})

describe('a remembered key', () => {
  it('is known to a worker that has sent nothing, until it is forgotten everywhere', async () => {
    const first = await tab()
    await first.setKey(origin, 'sk-canary-4711-abcd', true)
    const second = await tab()
    expect(await second.withoutKeys({ name: 'sk-canary-4711-abcd' })).toEqual({ name: '[key removed]' })
    await first.setKey(origin, 'sk-canary-4711-efgh', true)
    await expect.poll(() => second.withoutKeys('sk-canary-4711-efgh'), patient).toBe('[key removed]')
    expect(await second.withoutKeys('sk-canary-4711-abcd')).toBe('sk-canary-4711-abcd')
    await first.forgetAllKeys()
    await expect.poll(() => second.withoutKeys('sk-canary-4711-efgh'), patient).toBe('sk-canary-4711-efgh')
  })

  it('stays known while a run uses it, when another tab puts one of its own in its place', async () => {
    const other = await tab()
    await other.setKey(origin, 'sk-canary-4711-abcd', true)
    const keys = createLiveKeys()
    const ring = createKeyRing(keys)
    const endRun = keys.open()
    expect(await ring.authorize(origin)).toBe('sk-canary-4711-abcd')
    await other.setKey(origin, 'sk-canary-4711-efgh', true)
    await expect.poll(() => ring.authorize(origin), patient).toBe('sk-canary-4711-efgh')
    expect(keys.masker().text('sk-canary-4711-abcd and sk-canary-4711-efgh')).toBe('[key removed] and [key removed]')
    endRun()
    expect(keys.masker().text('sk-canary-4711-abcd and sk-canary-4711-efgh')).toBe('sk-canary-4711-abcd and [key removed]')
    await ring.forgetAll()
  })
})

describe('a key that is only tried', () => {
  it('is known as long as its test goes on, and no longer', async () => {
    const client = await tab()
    const { datasetId: _none, ...project } = toyFile(3).project
    const model = {
      id: 'm',
      provider: 'openai-compatible',
      label: 'M',
      model: 'm',
      baseUrl: 'http://127.0.0.1:9/v1',
      settings: {},
    } as const
    const report = await client.testConnection(model, project, 'sk-canary-4711-abcd')
    expect(report.ok).toBe(false)
    expect(JSON.stringify(report)).not.toContain('canary')
    expect(await client.withoutKeys('sk-canary-4711-abcd')).toBe('sk-canary-4711-abcd')
  })
})

describe('a key as it is typed', () => {
  it('is trimmed with a word, or refused, and never quoted', async () => {
    const client = await tab()
    expect(await client.setKey(origin, ' "Bearer sk-canary-4711-abcd"\n', false)).toHaveLength(3)
    expect(await client.keys()).toEqual([{ origin, last4: 'abcd', remembered: false }])
    for (const typed of ['sk-canary\n4711', 'sk-канарейка-4711', 'sk-canary 4711', '']) {
      const error: unknown = await client.setKey(origin, typed, true).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'params-invalid' })
      expect(error instanceof Error && error.message).not.toMatch(/canary|4711/)
    }
    await client.setKey(origin, 'short', true)
    expect(await client.keys()).toEqual([{ origin, last4: '', remembered: true }])
  })
})

describe('a project file', () => {
  it('holds no key that somebody has typed into a project; a copy in this browser keeps every word', async () => {
    const client = await tab()
    await client.setKey(origin, 'sk-canary-4711-abcd', false)
    const { datasetId: _none, ...project } = toyFile(3).project
    const leaky = { ...project, name: 'With sk-canary-4711-abcd' }
    expect(JSON.stringify(await client.exportProject(leaky))).not.toContain('canary')
    expect((await client.exportProject(leaky, { withoutFiles: true })).project.name).toBe(leaky.name)
  })
})

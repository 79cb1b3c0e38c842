import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, toyModel, toyRun, type ToyRun } from '@/testing/toy-run'
import { callKey, keyOfAsked } from '../lm/kept/request-key'
import { testCall, testRequest } from '@/testing/test-call'
import { createBudget } from '../lm/sending/budget'
import type { Lm, LmRequest } from '../lm/lm'
import { callKeysVersion, type RunSpec } from '../record/spec'
import { createRunFacts } from './plan/run-facts'
import { stacksOf } from './work/stacks'

const search = {
  id: 'bootstrap-few-shot-random-search',
  params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
}

function runAt(baseUrl: string, callKeys?: RunSpec['callKeys']): ToyRun {
  const model = { ...toyModel, baseUrl }
  return toyRun({ optimizer: search, models: { task: model, prompt: model, overrides: {} }, ...(callKeys && { callKeys }) })
}

/** Runs on answers that are stored already, and says how many were paid for. */
async function paid(run: ToyRun, shared: ReturnType<typeof memoryDisk>['calls']): Promise<number> {
  const lm = simulatedLm()
  expect(await finish(run, memoryPorts({ lm, disk: { ...memoryDisk(), calls: shared } }))).toMatchObject({ status: 'done' })
  return lm.count
}

describe('keys of calls', () => {
  it('name the endpoint in new runs: two hosts with one model name share nothing', async () => {
    const { calls } = memoryDisk()
    const first = await paid(runAt('https://a.example/v1', { version: 2 }), calls)
    expect(first).toBeGreaterThan(50)
    expect(await paid(runAt('https://b.example/v1', { version: 2 }), calls)).toBe(first)
    expect(await paid(runAt('https://a.example/v1/', { version: 2 }), calls)).toBe(0)
    expect(new Set([...calls.values()].map(({ request }) => request.endpoint))).toEqual(
      new Set(['https://a.example/v1', 'https://b.example/v1']),
    )
    for (const { key, request, rollout } of calls.values()) expect(callKey(request, rollout)).toBe(key)
  })

  it('find no answers of others in a run that asks afresh, and its own when it is run once more', async () => {
    const { calls } = memoryDisk()
    const first = await paid(runAt('https://a.example/v1', { version: 2 }), calls)
    const fresh = { version: 2, fresh: 'fresh_1' } as const
    expect(await paid(runAt('https://a.example/v1', fresh), calls)).toBe(first)
    expect(await paid(runAt('https://a.example/v1', fresh), calls)).toBe(0)
    expect(await paid(runAt('https://a.example/v1', { version: 2 }), calls)).toBe(0)
    expect(await paid(runAt('https://a.example/v1', { version: 2, fresh: 'fresh_2' }), calls)).toBe(first)
  })

  it('name it for texts, grades and vectors alike, whatever the host and its models are called', async () => {
    const host = fc.constantFrom('https://a.example/v1', 'https://b.example/v1', 'http://localhost:1/v1', 'http://localhost:2/v1')
    const requests: readonly LmRequest[] = [
      testRequest('q'),
      testRequest('Grade this.', { settings: { temperature: 0 } }),
      { kind: 'embed', model: 'm', texts: ['q'] },
    ]
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(host, { minLength: 2, maxLength: 4 }), fc.constantFrom(...requests), async (hosts, request) => {
        const { calls } = memoryDisk()
        const ports = memoryPorts({ lm: simulatedLm(), disk: { ...memoryDisk(), calls } })
        const callKeys = { version: callKeysVersion } as const
        const sent: string[] = []
        const stacks = stacksOf(
          { seed: 0, callKeys },
          {
            ...ports,
            connect: ({ baseUrl = '' }) => ({
              capabilities: { responseFormats: [] },
              generate: async () => {
                sent.push(baseUrl)
                return { text: baseUrl, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1 }
              },
            }),
          },
          { budget: createBudget({}, ports.clock), facts: createRunFacts({ callKeys }, [], () => undefined) },
        )
        for (const turn of [0, 1])
          for (const baseUrl of hosts) {
            const answer = await stacks({ ...toyModel, id: baseUrl, baseUrl }).generate(request, testCall())
            expect(answer.cached).toBe(turn === 1)
            expect(answer.text).toBe(request.kind === 'embed' ? '' : baseUrl)
          }
        expect(sent).toEqual(hosts)
        expect(calls.size).toBe(hosts.length)
      }),
      { numRuns: 30 },
    )
  })

  it('stay what they were in runs begun before, which find the answers they had, and only those', async () => {
    const { calls } = memoryDisk()
    const first = await paid(runAt('https://a.example/v1'), calls)
    expect(await paid(runAt('https://a.example/v1'), calls)).toBe(0)
    expect(await paid(runAt('https://a.example/v1', { version: 2 }), calls)).toBe(first)
    expect([...calls.values()].filter(({ request }) => request.endpoint === undefined)).toHaveLength(first)
  })

  it('are those of the version before where the endpoint is not named', () => {
    const request = testRequest('q', { settings: { temperature: 0.5 } })
    const { model, messages, settings } = request
    expect(callKey(request, 0)).toBe(sha256Hex(canonicalJson({ model, messages, settings, rollout: 0 })))
    // The canonical form written out by hand.
    expect(callKey({ model: 'm', messages: [{ role: 'user', content: 'hi' }], settings: {} }, 0)).toBe(
      sha256Hex('{"messages":[{"content":"hi","role":"user"}],"model":"m","rollout":0,"settings":{}}'),
    )
    const endpoint = 'https://a.example/v1'
    expect(callKey({ ...request, endpoint }, 0)).toMatch(/^[0-9a-f]{64}\.[0-9a-f]{16}$/)
    expect(keyOfAsked(callKey({ ...request, endpoint }, 0))).toBe(callKey(request, 0))
  })

  it('are told apart by the endpoint also where the demos are the same', () => {
    const messages = ['system', 'user', 'assistant', 'user'].map(role => ({ role: role as 'user', content: role }))
    const request = { model: 'm', messages, settings: {} }
    const keys = [undefined, 'https://a.example', 'https://b.example', undefined].map(endpoint =>
      callKey({ ...request, ...(endpoint && { endpoint }) }, 0),
    )
    expect(new Set(keys).size).toBe(3)
    expect(keys[3]).toBe(keys[0])
  })

  it('go on naming the place where a run began when its model has moved', async () => {
    const { calls } = memoryDisk()
    await paid(runAt('https://a.example/v1', { version: 2 }), calls)
    const moved = { 'https://b.example/v1': 'https://a.example/v1' }
    expect(await paid(runAt('https://b.example/v1', { version: 2, moved }), calls)).toBe(0)
  })

  it('do not make another story of a run elsewhere', async () => {
    const copro = { id: 'copro', params: { breadth: 3, depth: 1 } }
    const outcomes = []
    for (const host of ['a', 'b', undefined]) {
      const run = host === undefined ? runAt('https://a.example/v1') : runAt(`https://${host}.example/v1`, { version: 2 })
      const disk = memoryDisk()
      // A model whose answers depend on what is asked, and on nothing about the place.
      const lm = simulatedLm()
      const blind: Lm = { ...lm, generate: ({ endpoint: _endpoint, ...request }, call) => lm.generate(request, call) }
      const outcome = await finish({ ...run, spec: { ...run.spec, optimizer: copro } }, memoryPorts({ lm: blind, disk }))
      expect(
        disk.events.some(event => event.type === 'instructions-propose' && event.proposals.some(({ call }) => call !== undefined)),
      ).toBe(true)
      outcomes.push({ status: outcome.status, digest: outcome.digest })
    }
    expect(outcomes[0]).toMatchObject({ status: 'done' })
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryKey, givesAway, spellings } from '@/testing/arbitrary-keys'
import { manualClock } from '@/testing/manual-clock'
import { errorToJson } from '../../base/errors'
import { createLiveKeys, type LiveKeys } from '../../lm/keys/live-keys'
import type { LmRequest } from '../../lm/lm'
import { createProgram } from '../../runtime'
import { testConnection } from '../test-connection'
import { listModels } from '../list-models'
import { openAiCompatible } from './openai-compatible'
import { createTransport } from './transport'
import type { Fetch } from '../base/host'
import { echoes } from '../../../../e2e/fake-echoes'
import type { FakeReply } from '../../../../e2e/fake-openai'
import { oneStep } from '@/testing/toy-programs'

const call = { signal: new AbortController().signal, rollout: 0, purpose: 'row' } as const
const chat: LmRequest = { model: 'm', messages: [{ role: 'user', content: 'Hello' }], settings: {} }
const embed: LmRequest = { kind: 'embed', model: 'm', texts: ['Hello'] }
const answer = '[[ ## label ## ]]\npositive\n\n[[ ## completed ## ]]'

function responseOf({ status = 200, body, text = '', finishReason = 'stop' }: FakeReply): Response {
  const content = body ?? { choices: [{ message: { content: text }, finish_reason: finishReason }] }
  return new Response(typeof content === 'string' ? content : JSON.stringify(content), { status })
}

/** Ways that end a call at once: what may be tried again is waited for by the real clock. */
const endings = [
  'in the answer',
  'in the answer alone',
  'in a section of the answer',
  'in thoughts apart',
  'in parts',
  'in a stream',
  'in a refusal',
  'in a refusal of the key',
  'in a refusal of the request',
]

/** Sends the header it was sent back, spelled in one way, placed in another. */
function echoing(way: string, spelling: string): Fetch {
  return async (_url, init) => {
    const sent = new Headers(init.headers).get('authorization') ?? ''
    return responseOf(echoes[way]?.(spellings[spelling]?.(sent) ?? sent, answer) ?? {})
  }
}

async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work())
  } catch (error) {
    return `${JSON.stringify(errorToJson(error))}${error instanceof Error ? error.stack : ''}${String(error instanceof Error && error.cause)}`
  }
}

const transportTo = (fetch: Fetch, key: string) =>
  createTransport({ baseUrl: 'https://models.example/v1', fetch, clock: manualClock(), authorize: async () => key, model: 'm' })

describe('a server that sends the key back', () => {
  it.each(Object.keys(echoes))('%s: neither answers nor errors hold it', async way => {
    await fc.assert(
      fc.asyncProperty(arbitraryKey, fc.constantFrom(...Object.keys(spellings)), async (key, spelling) => {
        const lm = openAiCompatible(transportTo(echoing(way, spelling), key), manualClock())
        for (const request of [chat, embed]) {
          const said = await outcomeOf(() => lm.generate(request, call))
          expect(givesAway(said, key)).toBe(false)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('as names of models: the list and the connection test show none', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryKey, fc.constantFrom(...Object.keys(spellings)), async (key, spelling) => {
        const said = spellings[spelling]?.(key) ?? key
        const fetch: Fetch = async url => responseOf({ body: url.endsWith('/models') ? { data: [{ id: said }, said] } : { oops: said } })
        const shown = await outcomeOf(() => listModels(transportTo(fetch, key)))
        const model = {
          id: 'a',
          label: 'A',
          provider: 'openai-compatible',
          model: 'm',
          baseUrl: 'https://models.example/v1',
          settings: {},
        } as const
        const report = await outcomeOf(() => testConnection(model, { fetch, clock: manualClock(), authorize: async () => key }))
        expect(givesAway(shown + report, key)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('to a program that was exported: neither outputs, trace nor errors hold it', async () => {
    const task = {
      id: 'm',
      label: 'M',
      provider: 'openai-compatible',
      model: 'm',
      baseUrl: 'https://models.example/v1',
      settings: {},
    } as const
    const definition = { format: 'dspy-studio-program', program: oneStep(), models: { task, overrides: {} } } as const
    for (const way of endings)
      for (const spelling of ['plain', 'base64', 'JSON, all escaped']) {
        const fetch = echoing(way, spelling) as typeof globalThis.fetch
        const said = await outcomeOf(() => createProgram(definition, { apiKey: 'key-of-a-user-4711', fetch })({ text: 'good' }))
        expect({ way, isShown: givesAway(said, 'key-of-a-user-4711') }).toEqual({ way, isShown: false })
      }
  })

  it('is known until each exchange has ended that was open meanwhile, and then nothing of it is left', async () => {
    const keys = createLiveKeys()
    let [held, most] = [0, 0]
    const counted: LiveKeys = {
      ...keys,
      use(key) {
        held += 1
        most = Math.max(most, held)
        const end = keys.use(key)
        return () => {
          held -= 1
          end()
        }
      },
    }
    const key = 'key-of-a-user-4711'
    const fetch: Fetch = async () => responseOf({ text: `You sent ${key}.` })
    const options = { baseUrl: 'https://models.example/v1', fetch, clock: manualClock(), authorize: async () => key, keys: counted }
    const transport = createTransport(options)
    const lm = openAiCompatible(transport, manualClock())
    let close = (): void => undefined
    const open = transport.exchange(
      () => new Promise<string>(resolve => (close = () => resolve(key))),
      (text, masker) => masker.text(text),
    )
    for (let at = 0; at < 50; at += 1) expect((await lm.generate(chat, call)).text).toBe('You sent [key removed].')
    expect({ held, most }).toEqual({ held: 0, most: 1 })
    expect(keys.masker().text(key)).toBe('[key removed]')
    close()
    expect(await open).toBe('[key removed]')
    expect(keys.masker().text(key)).toBe(key)
  })

  it('leaves the rest of an answer as it was, and hides the keys of other addresses as well', async () => {
    const keys = createLiveKeys()
    keys.use('key-of-another-server')
    const fetch: Fetch = async () => responseOf({ text: 'One\n"two" key-of-another-server \\ three' })
    const options = { baseUrl: 'https://models.example/v1', fetch, clock: manualClock(), authorize: async () => undefined, keys }
    const { text } = await openAiCompatible(createTransport(options), manualClock()).generate(chat, call)
    expect(text).toBe('One\n"two" [key removed] \\ three')
  })
})

describe('a key that no header can carry', () => {
  it.each(['sk-abc\ndef-4711', 'sk-ключ-4711', 'sk-abc"def-4711'])('is not sent, and not quoted: %j', async key => {
    let sent = 0
    const fetch: Fetch = async () => responseOf({ text: String((sent += 1)) })
    const said = await outcomeOf(() => openAiCompatible(transportTo(fetch, key), manualClock()).generate(chat, call))
    expect(said).toContain('lm-auth')
    expect(said).toContain('cannot be sent')
    expect(said).not.toContain('4711')
    expect(sent).toBe(0)
  })

  it('is trimmed where that is harmless', async () => {
    const sent: (string | null)[] = []
    const fetch: Fetch = async (_url, init) => (sent.push(new Headers(init.headers).get('authorization')), responseOf({ text: 'a' }))
    for (const key of ['key-4711-abc\n', ' Bearer key-4711-abc', '"key-4711-abc"', ' '])
      await openAiCompatible(transportTo(fetch, key), manualClock()).generate(chat, call)
    expect(sent).toEqual([...Array.from({ length: 3 }, () => 'Bearer key-4711-abc'), null])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { embedRequest } from '../embed-request'
import calls from '../fixtures/calls-v1.json'
import requests from '../fixtures/requests-v1.json'
import type { ChatRequest } from '../lm'
import type { Message, Part } from '../parts'
import { callKey } from './request-key'
import { readStoredRequest, type StoredRequest } from './stored-request'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }], settings: { temperature: 0, maxTokens: 100 } }

describe('callKey', () => {
  it('is sha-256 in hex, and the same for equal requests however they were built', () => {
    expect(callKey(request, 0)).toMatch(/^[0-9a-f]{64}$/)
    expect(callKey({ settings: { maxTokens: 100, temperature: 0 }, messages: [{ content: 'hi', role: 'user' }], model: 'm' }, 0)).toBe(
      callKey(request, 0),
    )
    expect(
      callKey(
        {
          ...request,
          responseFormat: undefined,
          tools: undefined,
          toolChoice: undefined,
          settings: { ...request.settings, seed: undefined },
        },
        0,
      ),
    ).toBe(callKey(request, 0))
  })

  it('changes with whatever changes the answer', () => {
    const keys = [
      callKey(request, 0),
      callKey(request, 1),
      callKey({ ...request, model: 'n' }, 0),
      callKey({ ...request, messages: [{ role: 'system', content: 'hi' }] }, 0),
      callKey({ ...request, settings: { ...request.settings, temperature: 1 } }, 0),
      callKey({ ...request, settings: { ...request.settings, seed: 1 } }, 0),
      callKey({ ...request, responseFormat: { type: 'json_object' } }, 0),
      callKey({ ...request, tools: [{ name: 'find', description: '', parameters: {} }] }, 0),
      callKey({ ...request, tools: [{ name: 'find', description: 'All.', parameters: {} }] }, 0),
      callKey({ ...request, tools: [{ name: 'find', description: 'All.', parameters: {} }], toolChoice: 'find' }, 0),
      callKey({ ...request, kind: 'chat' as const, model: 'o' }, 0),
      callKey(embedRequest('m', ['hi']), 0),
      callKey(embedRequest('m', ['hi']), 1),
      callKey(embedRequest('m', ['hi', '']), 0),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(callKey(request, 0)).toBe(keys[0])
  })

  it('is the hash of the whole canonical JSON, also where messages are shared between requests', () => {
    const demo = (n: number): Message => ({ role: n % 2 ? 'assistant' : 'user', content: `demo ${n} "é日"\n` })
    const demos = [0, 1, 2, 3].map(demo)
    const system: Message = { role: 'system', content: 'Be brief.' }
    const row = (n: number): Message => ({ role: 'user', content: `row ${n}` })
    const lists: readonly (readonly Message[])[] = [
      [],
      [system],
      [system, row(1)],
      [system, ...demos, row(1)],
      [{ ...system }, ...demos, row(2)],
      [{ ...system, content: 'Be long.' }, ...demos, row(2)],
      [system, ...demos.slice(0, 2), row(1)],
      [system, demos[0] ?? system, { ...demo(1), content: 'another answer' }, demos[2] ?? system, demos[3] ?? system, row(1)],
      [system, ...demos, row(1)],
      [system, demos[0] ?? system, row(1)],
    ]
    for (const messages of lists) {
      for (const rollout of [0, 3]) {
        const { model, settings } = request
        expect(callKey({ model, settings, messages }, rollout)).toBe(sha256Hex(canonicalJson({ model, settings, messages, rollout })))
        const responseFormat = { type: 'json_object' } as const
        expect(callKey({ ...request, messages, responseFormat }, rollout)).toBe(
          sha256Hex(canonicalJson({ model, settings, messages, rollout, responseFormat })),
        )
      }
    }
  })

  it('is the one that earlier versions gave the request, whatever shape it had', () => {
    expect(requests.length).toBeGreaterThan(50)
    for (const { request: old, rollout, key } of [...requests, ...calls]) {
      // Fixtures are typed by their letters alone.
      expect(callKey(readStoredRequest(old as StoredRequest), rollout)).toBe(key)
    }
  })

  const ref = (letter: string, changes = {}) => ({ $blob: letter.repeat(64), mime: 'image/png', bytes: 3, ...changes })
  const withParts = (...parts: readonly Part[]): ChatRequest => ({ ...request, messages: [{ role: 'user', content: parts }] })

  it('is one for a text and its one text part, in any place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: fc.string({ unit: 'binary' }) })),
        messages => {
          const parts = messages.map(({ role, content }) => ({ role, content: [{ type: 'text', text: content }] as const }))
          expect(callKey({ ...request, messages: parts }, 1)).toBe(callKey({ ...request, messages }, 1))
        },
      ),
    )
  })

  it('names a blob by its hash and type, wherever it stands', () => {
    const text = { type: 'text', text: 'hi' } as const
    const blob = { type: 'blob', ref: ref('a') } as const
    const keys = [
      callKey(request, 0),
      callKey(withParts(text, blob), 0),
      callKey(withParts(blob, text), 0),
      callKey(withParts(text, blob, blob), 0),
      callKey(withParts(text, { type: 'blob', ref: ref('b') }), 0),
      callKey(withParts(text, { type: 'blob', ref: ref('a', { mime: 'image/webp' }) }), 0),
      callKey(withParts(text, { type: 'reasoning', text: 'hm' }), 0),
      callKey(withParts(text, { type: 'tool-result', id: '1', value: { b: 1, a: 2 } }), 0),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    // However many bytes a damaged record says there are.
    expect(callKey(withParts(text, { type: 'blob', ref: ref('a', { bytes: 4 }) }), 0)).toBe(keys[1])
    expect(callKey(withParts(text, { type: 'tool-result', id: '1', value: { a: 2, b: 1 } }), 0)).toBe(keys.at(-1))
  })

  it('does not change with what a chat request says of its kind', () => {
    expect(callKey({ ...request, kind: 'chat' }, 0)).toBe(callKey(request, 0))
  })

  it('ignores what surrounds a request', () => {
    const dressed = { ...request, baseUrl: 'https://a', apiKey: 'sk-1', headers: { a: 'b' } }
    expect(callKey(dressed, 0)).toBe(callKey(request, 0))
  })
})

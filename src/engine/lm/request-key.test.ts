import { describe, expect, it } from 'vitest'
import type { LmRequest } from './lm'
import { callKey } from './request-key'

const request: LmRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }], settings: { temperature: 0, maxTokens: 100 } }

describe('callKey', () => {
  it('is sha-256 in hex, and the same for equal requests however they were built', () => {
    expect(callKey(request, 0)).toMatch(/^[0-9a-f]{64}$/)
    expect(callKey({ settings: { maxTokens: 100, temperature: 0 }, messages: [{ content: 'hi', role: 'user' }], model: 'm' }, 0)).toBe(
      callKey(request, 0),
    )
    expect(callKey({ ...request, responseFormat: undefined, settings: { ...request.settings, seed: undefined } }, 0)).toBe(
      callKey(request, 0),
    )
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
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(callKey(request, 0)).toBe(keys[0])
  })

  it('ignores what surrounds a request', () => {
    const dressed = { ...request, baseUrl: 'https://a', apiKey: 'sk-1', headers: { a: 'b' } }
    expect(callKey(dressed, 0)).toBe(callKey(request, 0))
  })
})

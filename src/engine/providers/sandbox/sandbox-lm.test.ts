import { describe, expect, it } from 'vitest'
import { chatAdapter } from '@/engine/adapters/chat'
import { jsonAdapter } from '@/engine/adapters/json'
import { xmlAdapter } from '@/engine/adapters/xml'
import type { ChatRequest, LmCall } from '@/engine/lm/lm'
import { ask, demosOf, signature } from './ask.fixture'
import { withReasoning } from '@/engine/modules/chain-of-thought'
import { libraryDesk, libraryLine } from './library-desk.fixture'
import { respond, sandboxLm } from './sandbox-lm'

const desk = withReasoning(signature(libraryLine, 'Send the question to a desk.'))
const request = (temperature?: number): ChatRequest => ({
  model: 'sandbox',
  messages: chatAdapter.format(desk, demosOf(libraryDesk.slice(0, 6), 'desk'), { question: 'Is it open today?' }),
  settings: temperature === undefined ? {} : { temperature },
})
const call = (more: Partial<LmCall> = {}): LmCall => ({ signal: new AbortController().signal, rollout: 0, purpose: 'row', ...more })

describe('the Sandbox model', () => {
  it('gives the same answer to the same request, whatever else it answered before', async () => {
    const lm = sandboxLm()
    const first = await lm.generate(request(), call())
    for (const row of libraryDesk) ask(desk, row.inputs, { demos: demosOf(libraryDesk, 'desk') })
    const again = await sandboxLm().generate(request(), call())
    expect(again).toEqual(first)
  })

  it('sees the messages only: model name, purpose and predictor change nothing', async () => {
    const lm = sandboxLm()
    const first = await lm.generate(request(), call())
    const other = await lm.generate({ ...request(), model: 'another' }, call({ purpose: 'bootstrap', predictor: 'triage' }))
    expect(other.text).toBe(first.text)
  })

  it('is not moved by rollouts at random: the same rollout is the same answer, others differ somewhere', () => {
    const texts = Array.from({ length: 12 }, (_, rollout) => respond(request(1), rollout).text)
    expect(Array.from({ length: 12 }, (_, rollout) => respond(request(1), rollout).text)).toEqual(texts)
    expect(new Set(texts).size).toBeGreaterThan(1)
  })

  it('counts usage and obeys maxTokens', () => {
    const whole = respond(request(), 0)
    expect(whole.usage.inputTokens).toBeGreaterThan(100)
    expect(whole.usage.outputTokens).toBe(Math.ceil(whole.text.length / 4))
    const cut = respond({ ...request(), settings: { maxTokens: 5 } }, 0)
    expect(cut).toMatchObject({ finish: 'length', text: whole.text.slice(0, 20) })
  })

  it('stops when asked to', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(sandboxLm().generate(request(), call({ signal: controller.signal }))).rejects.toThrow('enough')
  })

  it('answers in JSON or tags where they are asked for, with values of the asked types', () => {
    const line = 'text -> urgent: bool, count: int, tags: list[str], who: dict[str, str], note: str, extra: Optional[str]'
    for (const adapter of [chatAdapter, jsonAdapter, xmlAdapter]) {
      const got = ask(
        signature(line, ''),
        { text: 'The server in Oslo has been down since 9. Please fix it immediately. Ann' },
        { adapter },
      )
      expect(typeof got['urgent']).toBe('boolean')
      expect(Number.isInteger(got['count'])).toBe(true)
      expect(Array.isArray(got['tags'])).toBe(true)
      expect(got['note']).toContain('Oslo')
    }
  })

  it('answers a plain message without fields', () => {
    expect(respond({ model: 'sandbox', messages: [{ role: 'user', content: 'Reply with OK.' }], settings: {} }, 0).text).toBe('OK')
    expect(respond({ model: 'sandbox', messages: [], settings: {} }, 0).text).not.toBe('')
  })
})

import { afterEach, describe, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi } from '../../../e2e/fake-openai'
import { manualClock } from '@/testing/manual-clock'
import { testCall } from '@/testing/test-call'
import { adapters } from '../adapters/registry'
import type { LmSettings, ModelSpec } from '../lm/lm'
import { createConnector } from '../providers/connect'
import type { Field, Signature } from '../signature/signature'
import { parseTypeName } from '../signature/parse-type-name'
import { nativeOutputs } from './native-outputs'
import { predict } from './predict'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const field = (name: string, role: Field['role'], type = 'str'): Field => ({ id: name, name, role, type: parseTypeName(type), desc: '' })
const thinking: Signature = {
  instructions: 'Answer.',
  fields: [field('q', 'input'), field('why', 'output', 'dspy.Reasoning'), field('a', 'output')],
}
const citing: Signature = {
  instructions: 'Answer.',
  fields: [field('d', 'input', 'Document'), field('a', 'output'), field('c', 'output', 'Citations')],
}
const cited = { type: 'char_location', cited_text: 'Blue.', document_index: 0, start_char_index: 0, end_char_index: 5 }

/** What a model of that name and settings gives for a message of the wire, and the body that it was asked with. */
async function asked(signature: Signature, inputs: Record<string, string>, one: { model: string; settings?: LmSettings; message: object }) {
  server = await startFakeOpenAi({
    answer: () => ({ body: { choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...one.message } }] } }),
  })
  const model: ModelSpec = {
    id: 'm',
    label: 'M',
    provider: 'openai-compatible',
    model: one.model,
    baseUrl: server.url,
    settings: one.settings ?? {},
  }
  const connect = createConnector({ fetch: globalThis.fetch, clock: manualClock(), authorize: async () => undefined })
  const step = {
    signature,
    demos: [],
    inputs,
    adapter: adapters.chat,
    jsonFallback: 'never' as const,
    lm: connect(model),
    model,
    call: testCall(),
  }
  const values = await predict(step, () => undefined)
  return { values, sent: server.requests[0]?.text ?? '' }
}

describe('§2.10 reasoning', () => {
  it('comes out of the thoughts of a model that is told to think, and is not asked for in words', async () => {
    const message = { reasoning_content: 'Because it is so.', content: '[[ ## a ## ]]\nYes.' }
    const { values, sent } = await asked(thinking, { q: 'So?' }, { model: 'r1', settings: { reasoningEffort: 'low' }, message })
    expect(values).toEqual({ why: 'Because it is so.', a: 'Yes.' })
    expect(sent).not.toContain('## why ##')
    expect(sent).toContain('"reasoning_effort":"low"')
  })

  it('is null where such a model says nothing of its thoughts', async () => {
    const { values } = await asked(
      thinking,
      { q: 'So?' },
      { model: 'r1', settings: { reasoningEffort: 'low' }, message: { content: '[[ ## a ## ]]\nYes.' } },
    )
    expect(values).toEqual({ why: null, a: 'Yes.' })
  })

  it('is a text that is asked for where the model is not told to think', async () => {
    const message = { reasoning_content: 'Hm.', content: '[[ ## why ## ]]\nIt is written.\n\n[[ ## a ## ]]\nYes.' }
    const { values, sent } = await asked(thinking, { q: 'So?' }, { model: 'r1', message })
    expect(values).toEqual({ why: 'It is written.', a: 'Yes.' })
    expect(sent).toContain('## why ##')
  })

  it('is asked for in words of gpt-5, which tells nothing over chat, and where nothing else would be asked for', () => {
    const settings = { reasoningEffort: 'high' } as const
    expect(nativeOutputs(thinking, { model: 'openai/gpt-5-mini', settings })).toBeUndefined()
    const alone = { ...thinking, fields: thinking.fields.slice(0, 2) }
    expect(nativeOutputs(alone, { model: 'r1', settings })).toBeUndefined()
    const once = nativeOutputs(thinking, { model: 'r1', settings })
    expect(nativeOutputs(thinking, { model: 'r1', settings })?.signature).toBe(once?.signature)
  })
})

describe('citations', () => {
  it("come with the answer of Anthropic's models, whose documents are blocks", async () => {
    const message = { content: '[[ ## a ## ]]\nBlue.', provider_specific_fields: { citations: [[cited], null, [cited]] } }
    const { values, sent } = await asked(citing, { d: 'Blue. Sky.' }, { model: 'anthropic/claude-sonnet-4-5', message })
    expect(values).toEqual({ a: 'Blue.', c: { citations: [cited, cited] } })
    expect(sent).toContain('{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Blue. Sky."}')
    expect(sent).not.toContain('## c ##')
  })

  it('are read out of the words of any other model, to which a document is a text', async () => {
    const message = { content: `[[ ## a ## ]]\nBlue.\n\n[[ ## c ## ]]\n${JSON.stringify([cited])}` }
    const { values, sent } = await asked(citing, { d: 'Blue. Sky.' }, { model: 'm', message })
    expect(values).toEqual({ a: 'Blue.', c: { citations: [cited] } })
    expect(sent).toContain('{"type":"text","text":"Blue. Sky."}')
  })
})

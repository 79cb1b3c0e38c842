import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../base/errors'
import type { RefusablePart } from '../../lm/refusable'
import { providerError } from './provider-error'
import { readRefusal } from './read-refusal'
import { learnedFrom, writtenWithout } from './written-without'

const all = {
  model: 'm',
  messages: [
    { role: 'system' as const, content: 'Rules.' },
    { role: 'user' as const, content: 'Question?' },
  ],
  temperature: 1,
  top_p: 0.9,
  max_tokens: 20,
  stop: ['x'],
  seed: 1,
  reasoning_effort: 'low' as const,
  response_format: { type: 'json_schema' as const, json_schema: { name: 'a', schema: {} } },
}

/** What one refusal of a body teaches. */
function learned(status: number, body: unknown, sent: Parameters<typeof writtenWithout>[0] = all): readonly string[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const error = learnedFrom(providerError({ status, body: text, model: 'm', host: 'h', now: 0 }), sent, [])
  const names = error instanceof EngineError ? error.facts['learned'] : undefined
  return Array.isArray(names) ? names.map(String) : []
}

const openAi = (message: string, param: string | null = null, code: string | null = null) => ({
  error: { message, type: 'invalid_request_error', param, code },
})
const detail = (...entries: readonly (readonly [loc: readonly (string | number)[], msg: string, input?: unknown])[]) => ({
  detail: entries.map(([loc, msg, input = 1]) => ({ type: 'extra_forbidden', loc, msg, input })),
})

/** A page that says it, and more that is no refusal. */
function asPage(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&#39;')
  const style = '<style>.stop { color: red } /* seed: not supported */</style>'
  return `<!DOCTYPE html>\n<html><head><title>Bad Request</title>${style}</head><body><h1>400</h1><p class="stop">${escaped}</p><!-- top_p is not supported --></body></html>`
}

describe('a refusal teaches', () => {
  it.each<[string, number, unknown, RefusablePart[]]>([
    [
      'OpenAI, limit',
      400,
      openAi("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", 'max_tokens'),
      ['max_tokens'],
    ],
    [
      'OpenAI, temperature',
      400,
      openAi("Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported."),
      ['temperature'],
    ],
    [
      'OpenAI, role',
      400,
      openAi("Unsupported value: 'messages[0].role' does not support 'system' with this model.", 'messages[0].role'),
      ['system'],
    ],
    ['OpenAI, named only in param', 400, openAi('This value is not supported.', 'seed', 'unsupported_value'), ['seed']],
    ['OpenAI, argument', 400, openAi('Unrecognized request argument supplied: top_p'), ['top_p']],
    [
      'Azure, schema',
      400,
      openAi("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
      ['json_schema'],
    ],
    ['LM Studio, format', 400, { error: "'response_format.type' must be 'json_object' or 'text'" }, ['json_schema']],
    [
      'Gemini, keyword of a schema',
      400,
      { error: { code: 400, message: `Unknown name "additionalProperties" at 'generation_config.response_schema': Cannot find field.` } },
      ['json_schema'],
    ],
    ['a schema by no other name', 400, openAi('The provided schema is invalid: nested arrays are not supported.'), ['json_schema']],
    ['a grammar', 400, openAi('Failed to compile the grammar: unsupported keyword.'), ['json_schema']],
    ['Gemini, kind of answer', 400, openAi("Invalid value at 'generation_config.response_mime_type'."), ['json_schema']],
    ['DeepSeek, format', 400, openAi('This response_format type is unavailable now'), ['json_schema']],
    ['Gemma template', 400, { error: { message: 'System role not supported' } }, ['system']],
    ['Mistral template', 500, 'Conversation roles must alternate user/assistant/user/assistant/...', ['system']],
    [
      'Gemini, Gemma',
      400,
      [{ error: { code: 400, message: 'Developer instruction is not enabled for models/gemma', status: 'INVALID_ARGUMENT' } }],
      ['system'],
    ],
    [
      'Anthropic, role',
      400,
      { type: 'error', error: { message: 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter' } },
      ['system'],
    ],
    [
      'Anthropic, both',
      400,
      { error: { message: '`temperature` and `top_p` cannot both be specified for this model. Please use only one.' } },
      ['top_p'],
    ],
    ['FastAPI, role', 422, detail([['body', 'messages', 0, 'role'], "Input should be 'user' or 'assistant'", 'system']), ['system']],
    [
      'FastAPI, two',
      422,
      detail([['body', 'seed'], 'Extra inputs are not permitted'], [['body', 'stop'], 'Extra inputs are not permitted']),
      ['seed', 'stop'],
    ],
    ['FastAPI, plain detail', 400, { detail: 'reasoning_effort is not supported by this model' }, ['reasoning_effort']],
    [
      'pydantic as text',
      400,
      { message: '1 validation error for ChatRequest\nseed\n  Extra inputs are not permitted [type=extra_forbidden]' },
      ['seed'],
    ],
    ['serde', 422, 'Failed to deserialize: unknown field `stop`, expected one of `model`, `messages`, `temperature`', ['stop']],
    [
      'OpenRouter, JSON in a text',
      400,
      {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { raw: JSON.stringify(openAi("Unsupported parameter: 'seed'")), provider_name: 'x' },
        },
      },
      ['seed'],
    ],
    [
      'OpenRouter, JSON in JSON in a text',
      400,
      {
        error: {
          message: 'Provider returned error',
          metadata: { raw: JSON.stringify({ error: JSON.stringify({ message: 'top_p is not allowed' }) }) },
        },
      },
      ['top_p'],
    ],
    [
      'OpenRouter, cut text',
      400,
      { error: { message: 'Provider returned error', metadata: { raw: '{"error": "System role not supp' } } },
      [],
    ],
    ['a refusal in a success', 200, { error: { message: 'temperature is not supported', code: 400 } }, ['temperature']],
    ['model named beside it', 400, openAi('model m: unknown parameter seed'), ['seed']],
  ])('%s', (_name, status, body, expected) => {
    expect(learned(status, body)).toEqual(expected)
  })

  it.each<[string, number, unknown]>([
    ['a value out of range', 400, openAi('temperature must be between 0 and 1')],
    ['a limit too high', 400, openAi('max_tokens is too large: 100000. This model supports at most 4096 completion tokens.')],
    ['too many stops', 400, openAi("Invalid 'stop': array too long. Expected at most 4.")],
    [
      'a long prompt',
      400,
      openAi(
        "This model's maximum context length is 4096 tokens. Please reduce max_tokens, it is not supported.",
        null,
        'context_length_exceeded',
      ),
    ],
    ['a wrong key', 401, openAi('temperature is not supported')],
    ['too many requests', 429, openAi('seed is not supported')],
    [
      'an echo of the request',
      422,
      { detail: [{ loc: ['body', 'tools'], msg: 'Extra inputs are not permitted', input: { temperature: 1, seed: 2 } }] },
    ],
    ['the order of messages', 400, openAi('After the optional system message, conversation roles must alternate user/assistant')],
    ['nothing', 400, ''],
  ])('nothing: %s', (_name, status, body) => {
    expect(learned(status, body)).toEqual([])
  })

  const tool = { type: 'function' as const, function: { name: 'find', parameters: {} } }
  const choice = { type: 'function' as const, function: { name: 'find' } }
  const withTools = { ...all, tools: [tool], tool_choice: choice }
  it.each<[string, number, unknown, RefusablePart[]]>([
    ['no tools', 400, openAi('llama2 does not support tools'), ['tools']],
    ['no function calls', 400, openAi('deepseek-reasoner does not support Function Calling'), ['tools']],
    ['a part that it does not know', 422, detail([['body', 'tools'], 'Extra inputs are not permitted']), ['tools']],
    ['no choice of a tool', 400, openAi('This model does not support tool_choice.'), ['tool_choice']],
    ['tools or a format', 400, openAi('Function calling with a response mime type is unsupported'), ['json_schema']],
    ['too many tools', 400, openAi("Invalid 'tools': array too long. Expected an array with at most 128 tools."), []],
    ['a call that the model wrote wrongly', 400, openAi('Failed to call a function.', null, 'tool_use_failed'), []],
  ])('of a request with tools: %s', (_name, status, body, expected) => {
    expect(learned(status, body, withTools)).toEqual(expected)
  })

  it('that tools are refused as something that no repetition mends; a choice of one is left out', () => {
    const error = learnedFrom(
      providerError({ status: 500, body: '{"error": "tools are not supported"}', model: 'm', host: 'h', now: 0 }),
      withTools,
      [],
    )
    expect(error).toMatchObject({ code: 'lm-bad-request', facts: { isRetryable: false, learned: ['tools'] } })
    expect(writtenWithout(withTools, ['tool_choice'])).toMatchObject({ tools: [tool] })
    expect(writtenWithout(withTools, ['tool_choice'])).not.toHaveProperty('tool_choice')
    expect(writtenWithout(withTools, ['tools'])).toMatchObject({ tools: [tool], tool_choice: choice })
  })

  it('nothing about what was not sent', () => {
    expect(learned(400, openAi("Unsupported parameter: 'seed'"), { model: 'm', messages: [{ role: 'user', content: 'q' }] })).toEqual([])
  })

  it('the first part that was sent, however the refusal is wrapped', () => {
    const settings = ['temperature', 'top_p', 'stop', 'seed', 'reasoning_effort', 'max_tokens'] as const
    const said = fc.constantFrom(
      'is not supported',
      'is an unknown parameter',
      ': Extra inputs are not permitted',
      'cannot be used here',
      'was rejected',
    )
    const quoted = fc.constantFrom('', "'", '"', '`')
    const wrap = fc.constantFrom<(text: string) => unknown>(
      text => text,
      text => ({ error: text }),
      text => ({ error: { message: text } }),
      text => [{ error: { message: text, code: 400 } }],
      text => ({ detail: text }),
      text => ({ detail: [{ msg: text, loc: ['body'] }] }),
      text => ({ message: text, type: 'BadRequestError', code: 400 }),
      text => ({ errors: [{ message: text }] }),
      text => ({ error: { message: 'Provider returned error', metadata: { raw: JSON.stringify({ error: { message: text } }) } } }),
      text => ({ error: { message: 'upstream', metadata: { raw: text } } }),
    )
    // A page comes from the first or from the last server on the way, not from two of them.
    const pages = fc.constantFrom<(text: string) => unknown>(
      text => text,
      asPage,
      text => ({ error: { message: 'upstream', metadata: { raw: asPage(text) } } }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...settings),
        said,
        quoted,
        fc.tuple(fc.array(wrap, { minLength: 1, maxLength: 2 }), pages, fc.boolean()),
        fc.constantFrom(400, 422, 500),
        (part, words, quote, [inner, page, isFirst], status) => {
          const text = `${quote}${part}${quote} ${words}`
          const wraps = isFirst ? [page, ...inner] : [...inner, page]
          const body = wraps.reduce<unknown>((so, next) => next(typeof so === 'string' ? so : JSON.stringify(so)), text)
          expect(learned(status, body)).toEqual([part])
        },
      ),
      { numRuns: 500 },
    )
  })

  it('only parts that were sent, whatever it says, and then leaves them out', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.lorem()), fc.constantFrom(200, 400, 404, 422, 500), (body, status) => {
        const names = learned(status, body)
        const before = Object.keys(all)
        for (const name of names) expect([...before, 'system', 'json_schema']).toContain(name)
      }),
    )
  })

  it('in linear time', () => {
    const lengths = [20_000, 80_000]
    const worst = [
      'max_tokens ',
      'role ',
      '[[',
      '{"a":',
      'system ',
      '\\"',
      ' ',
      "role'",
      'json ',
      'reasoning ',
      '<script ',
      '<p',
      '<!--',
      '&#1',
    ]
    for (const piece of worst) {
      const [short = 0, long = 0] = lengths.map(length => {
        const body = `{"error": ${JSON.stringify(`${piece.startsWith('<') ? '<p>' : ''}${piece.repeat(length / piece.length)}`)}}`
        const start = performance.now()
        for (let time = 0; time < 3; time++) readRefusal(body)
        return performance.now() - start
      })
      expect(long).toBeLessThan(Math.max(200, short * 40))
    }
  })
})

describe('a request written without what is refused', () => {
  it('keeps everything else, and the order of the conversation', () => {
    expect(writtenWithout(all, [])).toBe(all)
    expect(
      writtenWithout(all, ['system', 'json_schema', 'max_tokens', 'temperature', 'top_p', 'stop', 'seed', 'reasoning_effort']),
    ).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Rules.\n\nQuestion?' }],
      max_completion_tokens: 20,
      response_format: { type: 'json_object' },
    })
    expect(writtenWithout(all, ['json_schema', 'json_object']).response_format).toBeUndefined()
    const { max_tokens, ...rest } = all
    expect(writtenWithout({ ...rest, max_completion_tokens: max_tokens }, ['max_completion_tokens'])).toMatchObject({ max_tokens: 20 })
    expect(writtenWithout({ model: 'm', messages: [{ role: 'system', content: 'Only this.' }] }, ['system']).messages).toEqual([
      { role: 'user', content: 'Only this.' },
    ])
  })
})

describe('the words of a provider behind a router', () => {
  it('are quoted, and decide what happened', () => {
    const body = JSON.stringify({
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: '{"error":{"message":"This model\'s maximum context length is 8192 tokens."}}', provider_name: 'x' },
      },
    })
    const error = providerError({ status: 400, body, model: 'm', host: 'h', now: 0 })
    expect(error.code).toBe('lm-context-length')
    expect(error.message).toContain('maximum context length is 8192 tokens')
  })
})

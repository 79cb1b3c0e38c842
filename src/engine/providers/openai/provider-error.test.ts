import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { providerError, type Refusal } from './provider-error'

const refusal = (status: number, body: unknown, more: Partial<Refusal> = {}) =>
  providerError({
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    model: 'gpt-x',
    host: 'api.example.com',
    now: Date.parse('2026-01-01T00:00:00Z'),
    ...more,
  })
const openAi = (message: string, code: string | null, type = 'invalid_request_error', param: string | null = null) => ({
  error: { message, type, param, code },
})

describe('providerError', () => {
  it.each([
    [503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, true],
    [503, { error: 'Model bigscience/bloom is currently loading', estimated_time: 20 }, true],
    [500, { error: 'llm server loading model' }, true],
    [503, { message: 'Model is warming up' }, true],
    [503, { detail: 'The model is not ready' }, true],
    [503, { error: { message: 'Overloaded' } }, false],
    [503, 'upload failed', false],
    [500, { error: { message: 'Internal error while downloading a file' } }, false],
    [400, { error: { message: 'Loading model' } }, false],
  ])('status %d, %j: whether the model is still being loaded: %s', (status, body, isLoading) => {
    const { facts, message } = refusal(status, body)
    expect(facts['isLoading'] ?? false).toBe(isLoading)
    expect(message.includes('still loading the model "gpt-x"')).toBe(isLoading)
  })

  it.each([
    ['OpenAI, wrong key', 401, openAi('Incorrect API key provided: sk-abc***wxyz.', 'invalid_api_key'), 'lm-auth', false],
    [
      'OpenAI, no money',
      429,
      openAi('You exceeded your current quota, please check your plan.', 'insufficient_quota', 'insufficient_quota'),
      'lm-quota',
      false,
    ],
    [
      'OpenAI, too fast',
      429,
      openAi('Rate limit reached for gpt-x. Please try again in 1.2s.', 'rate_limit_exceeded', 'requests'),
      'lm-rate-limit',
      true,
    ],
    [
      'OpenAI, no such model',
      404,
      openAi('The model `gpt-x` does not exist or you do not have access to it.', 'model_not_found'),
      'lm-model-not-found',
      false,
    ],
    ['OpenAI, no such model as 400', 400, openAi('invalid model', 'model_not_found'), 'lm-model-not-found', false],
    [
      'OpenAI, too long',
      400,
      openAi("This model's maximum context length is 8192 tokens.", 'context_length_exceeded'),
      'lm-context-length',
      false,
    ],
    ['OpenAI, filter', 400, openAi('Your request was rejected.', 'content_policy_violation'), 'lm-content-filter', false],
    ['Azure, filter', 400, openAi('The response was filtered.', 'content_filter'), 'lm-content-filter', false],
    [
      'Azure, no deployment',
      404,
      { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } },
      'lm-model-not-found',
      false,
    ],
    ['OpenRouter, no credits', 402, { error: { message: 'Insufficient credits.', code: 402 } }, 'lm-quota', false],
    ['OpenRouter, moderation', 403, { error: { message: 'Your input was flagged by moderation.', code: 403 } }, 'lm-content-filter', false],
    ['OpenRouter, error inside a success', 200, { error: { message: 'Provider returned error', code: 502 } }, 'lm-server', true],
    ['OpenRouter, refusal inside a success', 200, { error: { message: 'No auth credentials found', code: 401 } }, 'lm-auth', false],
    [
      'Anthropic, too long',
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
      'lm-context-length',
      false,
    ],
    ['Anthropic, overloaded', 529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'lm-server', true],
    [
      'Anthropic, no credit',
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low' } },
      'lm-quota',
      false,
    ],
    [
      'Gemini, too fast',
      429,
      [
        {
          error: {
            code: 429,
            message: 'Resource exhausted.',
            status: 'RESOURCE_EXHAUSTED',
            details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' }],
          },
        },
      ],
      'lm-rate-limit',
      true,
    ],
    [
      'Gemini, too long as 500',
      500,
      { error: { code: 500, message: 'The input is too long for the context window.', status: 'INTERNAL' } },
      'lm-context-length',
      false,
    ],
    [
      'Gemini, bad key as 400',
      400,
      { error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } },
      'lm-auth',
      false,
    ],
    [
      'Mistral, too fast',
      429,
      { object: 'error', message: 'Service tier capacity exceeded for this model.', type: 'service_tier_capacity_exceeded', code: '1300' },
      'lm-rate-limit',
      true,
    ],
    ['Groq, flex capacity', 498, openAi('Flex tier capacity exceeded.', 'capacity_exceeded'), 'lm-server', true],
    [
      'Groq, JSON',
      400,
      {
        error: { message: 'Failed to generate JSON.', type: 'invalid_request_error', code: 'json_validate_failed', failed_generation: '{' },
      },
      'lm-bad-request',
      false,
    ],
    [
      'DeepSeek, no balance',
      402,
      { error: { message: 'Insufficient Balance', type: 'unknown_error', param: null, code: 'invalid_request_error' } },
      'lm-quota',
      false,
    ],
    [
      'llama.cpp, too long',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size, try increasing it',
          type: 'exceed_context_size_error',
        },
      },
      'lm-context-length',
      false,
    ],
    [
      'Ollama, no model',
      404,
      { error: { message: 'model "gpt-x" not found, try pulling it first', type: 'api_error' } },
      'lm-model-not-found',
      false,
    ],
    [
      'vLLM, no model',
      404,
      { object: 'error', message: 'The model `gpt-x` does not exist.', type: 'NotFoundError', code: 404 },
      'lm-model-not-found',
      false,
    ],
    ['FastAPI, validation', 422, { detail: [{ loc: ['body', 'messages'], msg: 'field required' }] }, 'lm-bad-request', false],
    ['a wrong path', 404, { detail: 'Not Found' }, 'lm-bad-request', false],
    ['a web page', 404, '<!doctype html><html><body>Not here</body></html>', 'lm-bad-request', false],
    ['a gateway', 502, '<html><body>Bad gateway</body></html>', 'lm-server', true],
    ['a gateway that gave up', 504, 'upstream request timeout', 'lm-timeout', true],
    ['a request timeout', 408, '', 'lm-timeout', true],
    ['a conflict', 409, '', 'lm-server', true],
    ['too early', 425, '', 'lm-server', true],
    ['payload too large', 413, '', 'lm-bad-request', false],
    ['a plain string', 400, { error: 'something is off' }, 'lm-bad-request', false],
    ['null', 500, 'null', 'lm-server', true],
  ] as const)('sorts %s', (_name, status, body, code, isRetryable) => {
    expect(refusal(status, body)).toMatchObject({ code, facts: { isRetryable } })
  })

  it.each([
    ['seconds', { retryAfter: '7' }, 7000],
    ['a date', { retryAfter: 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    ['milliseconds', { retryAfterMs: '250', retryAfter: '1' }, 250],
    ['a date that has passed', { retryAfter: 'Wed, 31 Dec 2025 00:00:00 GMT' }, undefined],
    ['nonsense', { retryAfter: 'soon' }, undefined],
    ['nothing', {}, undefined],
  ])('reads Retry-After as %s', (_name, headers, expected) => {
    expect(refusal(429, openAi('Slow down.', null), headers).facts.retryAfterMs).toBe(expected)
  })

  it.each([
    ['Please try again in 1.2s.', 1200],
    ['Please try again in 850ms.', 850],
    ['Please try again in 1m30.5s. Visit the site.', 90_500],
    ['Please retry after 20 seconds.', 20_000],
    ['Try again later.', undefined],
  ])('reads the wait from the words "%s"', (message, expected) => {
    expect(refusal(429, openAi(message, 'rate_limit_exceeded')).facts.retryAfterMs).toBe(expected)
  })

  it('reads RetryInfo from the body', () => {
    expect(
      refusal(429, { error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '34.07s' }] } }).facts
        .retryAfterMs,
    ).toBe(34_070)
  })

  it.each([
    [
      openAi(
        "Unsupported parameter: 'temperature' is not supported with this model.",
        'unsupported_parameter',
        'invalid_request_error',
        'temperature',
      ),
      'temperature',
    ],
    [openAi('This model does not support response format `json_schema`.', null), 'response_format'],
    [
      openAi(
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        null,
        'invalid_request_error',
        'response_format',
      ),
      'response_format',
    ],
    [{ error: { message: 'property "seed" is unsupported' } }, 'seed'],
    [
      openAi(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        'unsupported_parameter',
        'invalid_request_error',
        'max_tokens',
      ),
      'max_tokens',
    ],
    [openAi('messages must not be empty', null), undefined],
  ])('names the setting a model does not take', (body, expected) => {
    const error = refusal(400, body)
    expect(error.code).toBe('lm-bad-request')
    expect(error.facts['unsupported']).toBe(expected)
  })

  it('quotes the provider without any key', () => {
    const error = refusal(401, openAi('Incorrect API key provided: Bearer my-odd-secret / sk-proj-********wxyz.', 'invalid_api_key'))
    expect(error.message).toBe(
      'api.example.com refused the key (status 401). Check the key for this address. It said: Incorrect API key provided: [key removed] / [key removed].',
    )
    expect(JSON.stringify(error.facts)).not.toContain('wxyz')
  })

  it('does not quote web pages', () => {
    expect(refusal(502, '<html><head><script>alert(1)</script></head></html>').message).toBe(
      'api.example.com has a problem on its side (status 502). Try again later. It said: a web page',
    )
  })

  it('makes an error of ours out of anything', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map(error => JSON.stringify({ error })),
        ),
        (status, body) => {
          const error = refusal(status, body)
          expect(error.code).toMatch(/^lm-/)
          expect(error.message.length).toBeLessThan(700)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

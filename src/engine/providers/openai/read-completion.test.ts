import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Json } from '@/lib/json'
import { isEngineError } from '../../base/errors'
import { finishOf } from '../../lm/finish'
import { manualClock } from '@/testing/manual-clock'
import { thoughtsOf } from '../../lm/kept/stored-answer'
import { testRequest } from '@/testing/test-call'
import { readCompletion } from './read-completion'
import { createTransport } from './transport'

const transport = createTransport({
  baseUrl: 'https://host.test/v1',
  fetch: () => Promise.reject(new Error('not asked')),
  clock: manualClock(),
  authorize: async () => undefined,
})
const read = (body: string) => readCompletion(body, testRequest('q'), 0, transport)
const completion = (message: Json, choice: { readonly [name: string]: Json } = {}) =>
  JSON.stringify({ choices: [{ index: 0, finish_reason: 'stop', message, ...choice }], usage: { prompt_tokens: 3, completion_tokens: 2 } })
const shown = (body: string) => {
  const answer = read(body)
  return [answer.text, thoughtsOf(answer)]
}
const failure = (body: string) => {
  try {
    return read(body)
  } catch (error) {
    return isEngineError(error) ? { code: error.code, message: error.message, ...error.facts } : error
  }
}

describe('thoughts come apart from the text', () => {
  test.each<readonly [string, Json]>([
    ['tags', { content: '<think>hm</think>\nOslo' }],
    ['a closing tag alone', { content: 'hm\n</think>\n\nOslo' }],
    [
      'a reasoning part',
      {
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'Oslo' },
        ],
      },
    ],
    [
      'a thinking part that is a list',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'Oslo' },
        ],
      },
    ],
    ['a part with a flag', { content: [{ text: 'hm', thought: true }, { text: 'Oslo' }] }],
    [
      'a summary',
      {
        content: [
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
          { type: 'output_text', text: 'Oslo' },
        ],
      },
    ],
    ['reasoning_content', { content: 'Oslo', reasoning_content: 'hm' }],
    ['reasoning beside its details', { content: 'Oslo', reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }],
    [
      'details alone',
      {
        content: 'Oslo',
        reasoning_details: [
          { type: 'reasoning.encrypted', data: 'x' },
          { type: 'reasoning.summary', summary: 'hm' },
        ],
      },
    ],
    ['an object', { content: 'Oslo', reasoning: { content: 'hm' } }],
    ['a part in place of a list', { content: { type: 'text', text: 'Oslo' }, reasoning: 'hm' }],
    ['a list of texts', { content: ['Os', 'lo'], reasoning: ['hm'] }],
  ])('%s', (_, message) => {
    expect(shown(completion(message))).toEqual(['Oslo', 'hm'])
  })

  it('leaves an answer empty where all is thought', () => {
    for (const content of ['', null, '<think>hm', []] as const)
      expect(read(completion({ content, ...(content !== '<think>hm' && { reasoning: 'hm' }) }, { finish_reason: 'length' }))).toMatchObject(
        {
          text: '',
          finish: 'length',
          parts: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: '' },
          ],
        },
      )
  })
})

test('JSON that the server has parsed is a text again', () => {
  expect(read(completion({ content: { answer: 'Oslo', n: 1 } })).text).toBe('{"answer":"Oslo","n":1}')
})

test('JSON in a tool call that nobody offered is the answer, as it was written', () => {
  const called = (args: Json) => ({
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'json', arguments: args } }],
  })
  expect(read(completion(called('{"answer": "Oslo"'), { finish_reason: 'tool_calls' }))).toMatchObject({
    text: '{"answer": "Oslo"',
    finish: 'stop',
  })
  expect(read(completion(called({ answer: 'Oslo' }), { finish_reason: 'tool_calls' })).text).toBe('{"answer":"Oslo"}')
  expect(read(completion({ content: '', function_call: { name: 'json', arguments: '{}' } })).text).toBe('{}')
  expect(read(completion({ ...called('{"x":1}'), content: 'Oslo' }, { finish_reason: 'tool_calls' }))).toMatchObject({
    text: 'Oslo',
    finish: 'tool-calls',
    parts: [
      { type: 'text', text: 'Oslo' },
      { type: 'tool-call', id: 'c', name: 'json', args: { x: 1 } },
    ],
  })
})

test.each([
  ['stop', 'stop'],
  ['eos', 'stop'],
  [null, 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['tool_calls', 'tool-calls'],
  ['content_filter', 'filter'],
  ['SAFETY', 'filter'],
  ['error', 'error'],
] as const)('"%s" means %s', (word, finish) => {
  expect(finishOf(word)).toBe(finish)
})

describe('what is no answer is an error', () => {
  test.each([
    ['ended by an error', completion({ content: 'The cap' }, { finish_reason: 'error' }), 'lm-bad-response', 'broke off'],
    ['withheld', completion({ content: null }, { finish_reason: 'content_filter' }), 'lm-content-filter', 'withheld'],
    ['no choices', '{"choices":null}', 'lm-bad-response', 'not a chat completion'],
    ['no choice', '{"choices":[null]}', 'lm-bad-response', 'not a chat completion'],
    ['a page', '<html>sign in</html>', 'lm-bad-response', 'web page'],
    ['an error in a list', '[{"error":{"code":429,"message":"slow"}}]', 'lm-rate-limit', 'slow'],
    [
      'an error in a stream',
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"error":{"code":503,"message":"down"}}\n\n',
      'lm-server',
      'down',
    ],
    ['a stream that breaks off', 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', 'lm-bad-response', 'broke off'],
    ['a stream of nothing', 'data: [DONE]\n\n', 'lm-bad-response', 'not a chat completion'],
    [
      'words behind a gateway',
      '{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"Input of 9000 tokens exceeds the context length\\"}}"}}}',
      'lm-context-length',
      'Input of 9000 tokens',
    ],
  ])('%s', (_, body, code, words) => {
    expect(failure(body)).toMatchObject({ code, message: expect.stringContaining(words) })
  })
})

test('a filter that leaves a part of the answer is told by its finish', () => {
  expect(read(completion({ content: 'I wou' }, { finish_reason: 'content_filter' }))).toMatchObject({ text: 'I wou', finish: 'filter' })
})

describe('a body framed as a stream', () => {
  const answer = { content: fc.string({ unit: 'grapheme' }), thoughts: fc.string({ unit: 'grapheme' }) }
  const cutUp = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []

  test('says the same as the body in one', () => {
    fc.assert(
      fc.property(
        fc.record(answer),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('\n\n', '\r\n\r\n', '\n'),
        fc.constantFrom('stop', 'length', 'max_tokens'),
        fc.constantFrom('data: ', 'data:', ': a remark\ndata: ', 'event: x\ndata: '),
        ({ content, thoughts }, size, gap, reason, lead) => {
          const usage = { prompt_tokens: 3, completion_tokens: 2 }
          const deltas = [
            { role: 'assistant' },
            ...cutUp(thoughts, size).map(text => ({ reasoning_content: text })),
            ...cutUp(content, size).map(text => ({ content: text })),
          ]
          const events = [
            ...deltas.map(delta => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
            { choices: [{ index: 0, delta: {}, finish_reason: reason }] },
            { choices: [], usage },
          ]
          const whole = completion({ content, reasoning_content: thoughts }, { finish_reason: reason })
          const framed = events.map(event => lead + JSON.stringify(event) + gap).join('')
          expect(read(framed)).toEqual(read(whole))
          expect(read(`${framed}data: [DONE]${gap}`)).toEqual(read(whole))
          expect(read(`${whole}\n\ndata: [DONE]\n\n`)).toEqual(read(whole))
          expect(read(`data: ${whole}\n\ndata: [DONE]\n\n`)).toEqual(read(whole))
          expect(read(events.map(event => JSON.stringify(event)).join('\n'))).toEqual(read(whole))
        },
      ),
    )
  })

  test('joins the arguments of a tool call', () => {
    const piece = (args: string) =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: args } }] } }] })}\n\n`
    expect(read(`${piece('{"a"')}${piece(': 1}')}data: [DONE]\n\n`).text).toBe('{"a": 1}')
  })

  test('reads calls of tools that were offered, in whichever pieces they come', () => {
    const piece = (call: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [call] }, finish_reason: finish }] })}\n\n`
    const body = [
      piece({ index: 0, id: 'a', type: 'function', function: { name: 'find', arguments: '' } }),
      piece({ index: 0, id: '', function: { name: '', arguments: '{"q"' } }),
      piece({ index: 1, id: 'b', function: { name: 'find', arguments: '{"q": "y"}' } }),
      piece({ index: 0, function: { arguments: ': "x"}' } }),
      piece({ index: 2, function: { name: 'find', arguments: '{"q": ' } }, 'tool_calls'),
      'data: [DONE]\n\n',
    ].join('')
    const tools = [{ name: 'find', description: '', parameters: {} }]
    expect(readCompletion(body, { ...testRequest('q'), tools }, 0, transport)).toMatchObject({
      text: '',
      finish: 'tool-calls',
      parts: [
        { type: 'text', text: '' },
        { type: 'tool-call', id: 'a', name: 'find', args: { q: 'x' } },
        { type: 'tool-call', id: 'b', name: 'find', args: { q: 'y' } },
        { type: 'tool-call', id: '', name: 'find', args: '{"q": ' },
      ],
    })
  })

  test('takes a call of a tool for a call where tools were offered, also one alone', () => {
    const body = completion({ content: null, tool_calls: [{ id: 'c', function: { name: 'find', arguments: '{"q": "x"}' } }] })
    const tools = [{ name: 'find', description: '', parameters: {} }]
    expect(readCompletion(body, { ...testRequest('q'), tools }, 0, transport).parts?.at(-1)).toMatchObject({ id: 'c', args: { q: 'x' } })
    expect(read(body)).toMatchObject({ text: '{"q": "x"}' })
    expect(read(body).parts).toBeUndefined()
  })

  test('takes JSON over several lines before its end mark', () => {
    const pretty = JSON.stringify(JSON.parse(completion({ content: 'Oslo' })), undefined, 2)
    expect(read(`${pretty}\n\ndata: [DONE]\n`).text).toBe('Oslo')
  })

  test('is read in time that grows with its length', () => {
    const events = Array.from({ length: 50_000 }, () => 'data: {"choices":[{"delta":{"content":"ab "}}]}')
    const start = performance.now()
    for (const gap of ['\n', '\n\n']) expect(read(`${events.join(gap)}\n\ndata: [DONE]`).text).toHaveLength(150_000)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

test('whatever a server sends is an answer or an expected error', () => {
  const message = fc.jsonValue().map(value => ({ choices: [{ message: value, finish_reason: value }], usage: value, error: null }))
  const fields = fc
    .record({ content: fc.jsonValue(), reasoning: fc.jsonValue(), tool_calls: fc.jsonValue(), refusal: fc.jsonValue() })
    .map(value => ({ choices: [{ message: value, delta: value }] }))
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), message, fields), fc.constantFrom('', 'data: '), (value, lead) => {
      const outcome = failure(lead + JSON.stringify(value))
      expect(outcome).not.toBeInstanceOf(Error)
      const { code, text, message } = Object(outcome)
      expect(typeof (code === undefined ? text : message)).toBe('string')
    }),
  )
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { startRawServer, type RawReply, type RawServer } from '@/testing/raw-server'
import { toBase64 } from '@/lib/base64'
import { bodies, completion, failureOf, inPieces, outcome, saidBy, spent, usage, values } from '@/testing/asked-over-http'

let server: RawServer
beforeAll(async () => {
  server = await startRawServer()
})
afterAll(() => server.close())

describe('a completion', () => {
  const chat = (body: Json | RawReply) => outcome(server, 'chat', body)
  const answer = (text: string, more: object = {}) => ({ text, finish: 'stop', usage: spent, thoughts: '', ...more })
  const call = (args: Json) => ({ id: 'c', type: 'function', function: { name: 'json', arguments: args } })

  it.each<readonly [string, Json, object]>([
    ['a text', completion({ content: 'Oslo' }), answer('Oslo')],
    [
      'parts',
      completion({
        content: [
          { type: 'text', text: 'Os' },
          { type: 'output_text', text: 'lo', annotations: [] },
        ],
      }),
      answer('Oslo'),
    ],
    ['one part', completion({ content: { type: 'text', text: 'Oslo' } }), answer('Oslo')],
    ['a list of texts', completion({ content: ['Os', 'lo'] }), answer('Oslo')],
    ['an object', completion({ content: { answer: 'Oslo' } }), answer('{"answer":"Oslo"}')],
    ['a list of objects', completion({ content: [{ city: 'Oslo' }, { city: 'Rome' }] }), answer('[{"city":"Oslo"},{"city":"Rome"}]')],
    ['a list of numbers', completion({ content: [1, 2] }), answer('[1,2]')],
    ['a number', completion({ content: 42 }), answer('42')],
    ['true', completion({ content: true }), answer('true')],
    ['an object with a type', completion({ content: { type: 'city', answer: 'Oslo' } }), answer('{"type":"city","answer":"Oslo"}')],
    [
      'an object with the type of a part and no field of one',
      completion({ content: { type: 'text', answer: 'Oslo' } }),
      answer('{"type":"text","answer":"Oslo"}'),
    ],
    [
      'an object with a type and a reasoning',
      completion({ content: { type: 'city', reasoning: 'hm', answer: 'Oslo' } }),
      answer('{"type":"city","reasoning":"hm","answer":"Oslo"}'),
    ],
    [
      'a list of objects with a type',
      completion({ content: [{ type: 'city', answer: 'Oslo' }, { type: 'city' }] }),
      answer('[{"type":"city","answer":"Oslo"},{"type":"city"}]'),
    ],
    [
      'a list of objects with a text among other fields',
      completion({ content: [{ text: 'good', label: 'pos' }] }),
      answer('[{"text":"good","label":"pos"}]'),
    ],
    ['a list of words and numbers', completion({ content: ['Oslo', 3] }), answer('["Oslo",3]')],
    [
      'a thought before an object',
      completion({ content: [{ type: 'thinking', thinking: 'hm' }, { city: 'Oslo' }] }),
      answer('{"city":"Oslo"}', { thoughts: 'hm' }),
    ],
    ['a part with its words in content', completion({ content: [{ type: 'text', content: 'Oslo' }] }), answer('Oslo')],
    [
      'an image beside words',
      completion({
        content: [
          { type: 'image_url', image_url: { url: 'x' } },
          { type: 'text', text: 'Oslo' },
        ],
      }),
      answer('Oslo'),
    ],
    ['null', completion({ content: null }), answer('')],
    ['nothing', completion({ role: 'assistant' }), answer('')],
    ['an empty list', completion({ content: [] }), answer('')],
    [
      'JSON in a tool call',
      completion({ content: null, tool_calls: [call('{"a": 1}')] }, { finish_reason: 'tool_calls' }),
      answer('{"a": 1}'),
    ],
    ['JSON in a tool call, parsed', completion({ content: '', tool_calls: [call({ a: 1 })] }), answer('{"a":1}')],
    [
      'a tool call without its wrapper',
      completion({ content: '', tool_calls: [{ name: 'json', arguments: '{"a":1}' }] }),
      answer('{"a":1}'),
    ],
    ['a tool call without arguments', completion({ content: '', tool_calls: [{ function: { name: 'json' } }] }), answer('')],
    ['a function call', completion({ content: null, function_call: { name: 'json', arguments: '{"a":1}' } }), answer('{"a":1}')],
    [
      'a function call beside no tool calls',
      completion({ content: null, tool_calls: [], function_call: { name: 'json', arguments: '{"a":1}' } }),
      answer('{"a":1}'),
    ],
    ['one tool call that is no list', completion({ content: null, tool_calls: call('{"a":1}') }), answer('{"a":1}')],
    ['a tool call under its number', completion({ content: null, tool_calls: { '0': call('{"a":1}') } }), answer('{"a":1}')],
    [
      'a tool call with parameters',
      completion({ content: '', tool_calls: [{ function: { name: 'json', parameters: { a: 1 } } }] }),
      answer('{"a":1}'),
    ],
    ['a tool call with input', completion({ content: '', tool_calls: [{ name: 'json', input: { a: 1 } }] }), answer('{"a":1}')],
    [
      'a tool call in the content',
      completion({ content: [{ type: 'tool_use', id: 't', name: 'json', input: { a: 1 } }] }, { finish_reason: 'tool_use' }),
      answer('{"a":1}'),
    ],
    [
      'a tool call in the content and beside it',
      completion({ content: [{ type: 'tool_use', id: 't', name: 'json', input: { a: 1 } }], tool_calls: [call({ a: 1 })] }),
      answer('{"a":1}'),
    ],
    ['thoughts in reasoning_content alone', completion({ content: '', reasoning_content: 'hm' }), answer('', { thoughts: 'hm' })],
    ['thoughts in reasoning alone', completion({ content: null, reasoning: 'hm' }), answer('', { thoughts: 'hm' })],
    ['thoughts in a part alone', completion({ content: [{ type: 'thinking', thinking: 'hm' }] }), answer('', { thoughts: 'hm' })],
    ['a thought that never ends', completion({ content: '<think>hm' }), answer('', { thoughts: 'hm' })],
    ['a thought in tags', completion({ content: '<think>hm</think>Oslo' }), answer('Oslo', { thoughts: 'hm' })],
    ['a message by the name of a piece', { choices: [{ delta: { content: 'Oslo' }, finish_reason: 'stop' }], usage }, answer('Oslo')],
    [
      'several choices, the first of them last',
      {
        choices: [
          { index: 1, message: { content: 'Rome' } },
          { index: 0, message: { content: 'Oslo' } },
        ],
        usage,
      },
      answer('Oslo'),
    ],
    ['a choice after null', { choices: [null, { message: { content: 'Oslo' } }], usage }, answer('Oslo')],
    ['choices without index', { choices: [{ message: { content: 'Oslo' } }, { message: { content: 'Rome' } }], usage }, answer('Oslo')],
  ])('%s: is read', async (_name, body, expected) => {
    expect(await chat(body)).toEqual(expected)
  })

  it.each<readonly [Json, string]>([
    ['stop', 'stop'],
    ['', 'stop'],
    [null, 'stop'],
    [7, 'stop'],
    [{ type: 'stop' }, 'stop'],
    ['a word nobody knows', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['length', 'length'],
    ['SAFETY', 'filter'],
  ])('that ended by %j ended by %s', async (reason, finish) => {
    expect(await chat(completion({ content: 'Oslo' }, { finish_reason: reason }))).toMatchObject({ text: 'Oslo', finish })
  })

  const estimated = { inputTokens: 5, outputTokens: 1, estimated: true }
  it.each<readonly [string, Json | undefined, object]>([
    ['missing', undefined, estimated],
    ['null', null, estimated],
    ['an empty object', {}, estimated],
    ['a list', [3, 2], estimated],
    ['texts', { prompt_tokens: '3', completion_tokens: '2' }, spent],
    ['words', { prompt_tokens: 'three', completion_tokens: 'two' }, estimated],
    ['below zero', { prompt_tokens: -3, completion_tokens: -2 }, estimated],
    ['huge', { prompt_tokens: 1e300, completion_tokens: 9e15 }, estimated],
    ['half there', { prompt_tokens: 3 }, { inputTokens: 3, outputTokens: 1 }],
    ['by other names', { input_tokens: 3, output_tokens: 2 }, spent],
  ])('whose usage is %s is counted', async (_name, given, expected) => {
    expect(await chat(completion({ content: 'Oslo' }, {}, given === undefined ? {} : { usage: given }))).toMatchObject({ usage: expected })
  })

  const stream = (...events: readonly Json[]) => events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')
  const piece = (delta: Json, choice: { readonly [name: string]: Json } = {}): Json => ({ choices: [{ index: 0, delta, ...choice }] })
  it.each<readonly [string, RawReply, object]>([
    [
      'pieces with an end mark and no reason',
      {
        body: inPieces(
          `${stream(piece({ role: 'assistant', content: '' }), piece({ content: 'Zür' }), piece({ content: 'ich 😀' }), { choices: [], usage })}data: [DONE]\n\n`,
        ),
      },
      answer('Zürich 😀'),
    ],
    [
      'pieces with a reason and no end mark',
      { body: stream(piece({ content: 'Oslo' }), piece({}, { finish_reason: 'length' }), { usage }) },
      answer('Oslo', { finish: 'length' }),
    ],
    [
      'pieces of a thought',
      {
        body: stream(piece({ reasoning: 'h' }), piece({ reasoning: 'm' }), piece({ content: 'Oslo' }, { finish_reason: 'stop' }), {
          usage,
        }),
      },
      answer('Oslo', { thoughts: 'hm' }),
    ],
    [
      'pieces of a function call',
      {
        body: stream(
          piece({ function_call: { name: 'json', arguments: '{"a"' } }),
          piece({ function_call: { arguments: ':1}' } }, { finish_reason: 'function_call' }),
          { usage },
        ),
      },
      answer('{"a":1}'),
    ],
    [
      'pieces in one list',
      { body: JSON.stringify([piece({ content: 'Os' }), piece({ content: 'lo' }), { choices: [], usage }]) },
      answer('Oslo'),
    ],
    [
      'pieces in one list with a reason',
      { body: JSON.stringify([piece({ content: 'Os' }), piece({ content: 'lo' }, { finish_reason: 'length' }), { choices: [], usage }]) },
      answer('Oslo', { finish: 'length' }),
    ],
    [
      'pieces in lists',
      { body: `${stream([piece({ content: 'Os' }), piece({ content: 'lo' })], [{ usage }])}data: [DONE]\n\n` },
      answer('Oslo'),
    ],
    ['a completion in a list', { body: JSON.stringify([completion({ content: 'Oslo' })]) }, answer('Oslo')],
    [
      'two completions in a list',
      { body: JSON.stringify([completion({ content: 'Oslo' }), completion({ content: 'Rome' })]) },
      answer('Oslo'),
    ],
    ['a piece, then the whole', { body: stream(piece({ content: 'Os' }), completion({ content: 'Oslo' })) }, answer('Oslo')],
    [
      'pieces of a thought, then the whole without it',
      { body: stream(piece({ reasoning: 'hm' }), piece({ content: 'Os' }), completion({ content: 'Oslo' })) },
      answer('Oslo', { thoughts: 'hm' }),
    ],
    [
      'pieces, then a whole that is empty',
      { body: stream(piece({ content: 'Os' }), piece({ content: 'lo' }), completion({ role: 'assistant', content: '' })) },
      answer('Oslo'),
    ],
    [
      'pieces by the name of a whole',
      { body: stream({ choices: [{ message: { content: 'Os' } }] }, completion({ content: 'lo' })) },
      answer('Oslo'),
    ],
    ['wholes that grow', { body: stream({ choices: [{ message: { content: 'Os' } }] }, completion({ content: 'Oslo' })) }, answer('Oslo')],
    [
      'an object after an empty piece',
      { body: stream(piece({ content: '' }), piece({ content: { type: 'city', answer: 'Oslo' } }, { finish_reason: 'stop' }), { usage }) },
      answer('{"type":"city","answer":"Oslo"}'),
    ],
    [
      'a tool call that is no list, by other names',
      {
        body: stream(
          piece({ tool_calls: { name: 'json', input: '{"a"' } }),
          piece({ tool_calls: { function: { parameters: ':1}' } } }, { finish_reason: 'tool_calls' }),
          { usage },
        ),
      },
      answer('{"a":1}'),
    ],
  ])('%s: is joined', async (_name, reply, expected) => {
    expect(await chat(reply)).toEqual(expected)
  })

  it.each<readonly [string, Json, string]>([
    [
      'no choice',
      { choices: [], usage },
      'lm-bad-response: HOST answered with JSON that is not a chat completion: its list of choices is empty',
    ],
    ['choices of null', { choices: null }, 'it has no list of choices'],
    ['data of null', { data: null }, 'it has no list of choices'],
    ['no message', { choices: [{ finish_reason: 'stop', message: null }] }, 'its choice holds no message'],
    [
      'nothing but a filter',
      { choices: [{ finish_reason: 'content_filter', message: null }] },
      'lm-content-filter: The content filter of HOST withheld the answer.',
    ],
    ['nothing but an error', { choices: [{ finish_reason: 'error' }] }, 'lm-bad-response: HOST broke off its answer with an error.'],
    [
      'an error in the choice',
      { choices: [{ error: { message: 'Upstream died', code: 502 }, message: { content: '' } }] },
      'lm-server: HOST has a problem on its side (status 502). Try again later. It said: Upstream died',
    ],
    ['a stream that breaks off', stream(piece({ content: 'Os' })), 'lm-bad-response: HOST broke off its answer with an error.'],
    [
      'a stream that breaks off with words',
      `${stream(piece({ content: 'Os' }))}event: error\n${stream({ message: 'Upstream died' })}`,
      'It said: Upstream died',
    ],
    [
      'an error after the pieces of a list',
      JSON.stringify([piece({ content: 'Os' }), { error: { message: 'Upstream died', code: 502 } }]),
      'lm-server: HOST has a problem on its side (status 502). Try again later. It said: Upstream died',
    ],
    ['a text in place of a message', { choices: [{ index: 0, text: 'Oslo', finish_reason: 'stop' }] }, 'its choice holds no message'],
    [
      'pieces of texts in place of a message',
      `${stream({ choices: [{ index: 0, text: 'Os' }] }, { choices: [{ index: 0, text: 'lo', finish_reason: 'stop' }] })}data: [DONE]\n\n`,
      'lm-bad-response: HOST answered with JSON that is not a chat completion: its choice holds no message',
    ],
    ['a stream without a choice', `${stream({ choices: [], usage })}data: [DONE]\n\n`, 'its list of choices is empty'],
    [
      'nothing but an image',
      completion({ content: [{ type: 'image_url', image_url: { url: 'x' } }] }),
      'lm-bad-response: HOST answered without words, in a form that is not read: image_url. Choose a model that answers in text.',
    ],
    ['tool calls that call nothing', completion({ content: null, tool_calls: [{ run: 'it' }] }), 'a form that is not read: tool_calls.'],
    [
      'a refusal as a part',
      completion({ content: [{ type: 'refusal', refusal: 'I will not' }] }),
      'lm-content-filter: The content filter of HOST withheld the answer. It said: I will not',
    ],
    ['a list of embeddings', bodies.embeddings, 'it has no list of choices'],
  ])('with %s: the error names the cause', async (_name, body, said) => {
    expect(await saidBy(server, 'chat', body)).toContain(said)
  })
})

describe('JSON of another API', () => {
  it.each<readonly [string, Json]>([
    ['Ollama', { model: 'm', message: { role: 'assistant', content: 'Paris' }, done: true }],
    ['Ollama without a role', { message: { content: 'Paris' }, done: true }],
    ['Ollama, generated', { model: 'm', response: 'Paris', done: true }],
    [
      'Ollama, streamed',
      '{"message":{"role":"assistant","content":"Par"},"done":false}\n{"message":{"role":"assistant","content":"is"},"done":true}\n',
    ],
    ['Cohere', { id: 'x', message: { role: 'assistant', content: [{ type: 'text', text: 'Paris' }] }, finish_reason: 'COMPLETE' }],
    ['Anthropic', { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Paris' }], stop_reason: 'end_turn' }],
    ['Gemini', { candidates: [{ content: { parts: [{ text: 'Paris' }] }, finishReason: 'STOP' }] }],
    ['Gemini, streamed', [{ candidates: [{ content: { parts: [{ text: 'Paris' }] } }] }]],
  ])('of %s: names the address, and is not asked for again', async (_name, body) => {
    const said =
      'lm-bad-response: HOST answered with JSON that is not a chat completion: it has no list of choices. Check the base URL; it often ends in /v1. It begins: '
    expect(await saidBy(server, 'chat', body)).toContain(said)
    expect(await failureOf(server, body)).toMatchObject({ isRetryable: false, isOtherApi: true })
  })

  it('may be asked for again where the list is empty, or all is', async () => {
    for (const body of ['{"choices": null}', '{}']) expect(await failureOf(server, body)).toMatchObject({ isRetryable: true })
  })
})

describe('embeddings', () => {
  const base64 = (...numbers: readonly number[]) => toBase64(new Uint8Array(Float32Array.from(numbers).buffer))
  const entry = (embedding: Json, index?: Json): Json => ({ embedding, ...(index !== undefined && { index }) })
  it.each<readonly [string, Json]>([
    ['base64', { data: [entry(base64(1, 0.5), 0), entry(base64(2, 0.5), 1)] }],
    ['out of order', { data: [entry([2, 0.5], 1), entry([1, 0.5], 0)] }],
    ['out of order, counted from one', { data: [entry([2, 0.5], 2), entry([1, 0.5], 1)] }],
    ['numbered in texts', { data: [entry([2, 0.5], '1'), entry([1, 0.5], '0')] }],
    ['without numbers', { data: [entry([1, 0.5]), entry([2, 0.5])] }],
    ['with one number for all', { data: [entry([1, 0.5], 0), entry([2, 0.5], 0)] }],
    ['in nested lists', { data: [entry([[1, 0.5]], 0), entry([[2, 0.5]], 1)] }],
    ['in a bare list', [entry([[1, 0.5]], 0), entry([[2, 0.5]], 1)]],
    [
      'as bare vectors',
      [
        [1, 0.5],
        [2, 0.5],
      ],
    ],
    [
      'by another name',
      {
        embeddings: [
          [1, 0.5],
          [2, 0.5],
        ],
      },
    ],
    [
      'one an event',
      `data: ${JSON.stringify({ data: [entry([1, 0.5], 0)] })}\n\ndata: ${JSON.stringify({ data: [entry([2, 0.5], 1)] })}\n\ndata: [DONE]\n\n`,
    ],
  ])('%s: are read', async (_name, body) => {
    expect(await outcome(server, 'embeddings', body)).toEqual(values.embeddings)
  })

  it.each<readonly [string, Json, string]>([
    ['too few', { data: [entry([1], 0)] }, 'returned 1 vector for 2 texts'],
    ['none', { data: [] }, 'returned 0 vectors for 2 texts'],
    ['no list', { data: null }, 'it has no list of them'],
    ['of two lengths', { data: [entry([1], 0), entry([1, 2], 1)] }, 'not lists of numbers of one length'],
    ['numbered with gaps', { data: [entry([1], 0), entry([2], 5)] }, 'do not say which text each is of'],
    ['null', { data: [entry([1], 0), entry(null, 1)] }, 'that of text 2 is missing'],
    ['null themselves', { data: [null, null] }, 'that of text 1 is missing'],
    ['empty', { data: [entry([], 0), entry([], 1)] }, 'that of text 1 is empty'],
    ['of words', { data: [entry('no base64!', 0), entry('x', 1)] }, 'that of text 1 is no list'],
    ['with NaN', '{"data": [{"embedding": [1, 2]}, {"embedding": [1, NaN]}]}', 'that of text 2 has no number at place 2'],
    ['with null', { data: [entry([null, 1], 0), entry([1, 1], 1)] }, 'that of text 1 has no number at place 1'],
    ['beyond any float', '{"data": [{"embedding": [1e39]}, {"embedding": [1]}]}', 'a number a vector can hold'],
    [
      'one for each token',
      { data: [entry([[1], [2]], 0), entry([[1], [2]], 1)] },
      'a vector for each token (turn pooling on in the server)',
    ],
    ['a completion', bodies.chat, 'it has no list of them'],
  ])('%s: the error names the cause', async (_name, body, said) => {
    const got = await outcome(server, 'embeddings', body)
    expect(got).toMatch(/^lm-bad-response: .*lexical|^lm-bad-response: .*can hold/)
    expect(got).toContain(said)
  })
})

describe('a list of models', () => {
  it.each<readonly [string, Json, readonly string[]]>([
    ['bare', [{ id: 'b' }, { id: 'a' }], ['a', 'b']],
    ['of names', ['b', 'a'], ['a', 'b']],
    ['of Ollama', { models: [{ name: 'b', model: 'b' }, { model: 'a' }] }, ['a', 'b']],
    ['of null', { data: null }, []],
    ['of null, by another name', { models: null }, []],
    ['that is missing', { object: 'list' }, []],
    ['that is empty', { data: [] }, []],
    ['with entries that are none', { data: [null, 7, {}, { id: null }, { id: 'a' }] }, ['a']],
    ['one an event', 'data: {"data":[{"id":"b"}]}\n\ndata: {"data":[{"id":"a"}]}\n\n', ['a', 'b']],
    ['bare in an event', 'data: [{"id":"a"}]\n\ndata: [DONE]\n\n', ['a']],
  ])('%s: is read', async (_name, body, names) => {
    expect(await outcome(server, 'models', body)).toEqual(names)
  })
})

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { startRawServer, type RawReply, type RawServer } from '@/testing/raw-server'
import { bodies, inPieces, outcome, saidBy, values, wanted } from '@/testing/asked-over-http'

let server: RawServer
beforeAll(async () => {
  server = await startRawServer()
})
afterAll(() => server.close())

describe.each(wanted)('%s', kind => {
  const body = bodies[kind]
  const text = JSON.stringify(body)
  const pretty = JSON.stringify(body, undefined, 2)
  const framings: Readonly<Record<string, RawReply>> = {
    'as it should be': { body: text },
    'split inside of characters': { body: inPieces(text) },
    'with a byte order mark': { body: `\uFEFF${text}` },
    packed: { body: gzipSync(text), headers: { 'content-encoding': 'gzip' } },
    'as text/plain': { body: text, headers: { 'content-type': 'text/plain' } },
    'as text/html': { body: text, headers: { 'content-type': 'text/html' } },
    'without a content type': { body: text, headers: { 'content-type': '' } },
    'between blank lines': { body: `\n\n  ${pretty}\r\n\n` },
    'with an end mark': { body: `${text}\n\ndata: [DONE]\n\n` },
    'with a bare end mark': { body: `${pretty}\n[DONE]` },
    'after keep-alives': { body: [': PROCESSING\n\n', ': PROCESSING\n\n', pretty] },
    'as one event': { body: `data: ${text}\n\n` },
    'as one event over several lines': {
      body: `${pretty
        .split('\n')
        .map(line => `data: ${line}`)
        .join('\n')}\n\n`,
    },
    'as one event with an end mark': { body: `data: ${text}\n\ndata: [DONE]\n\n`, headers: { 'content-type': 'text/event-stream' } },
    'as a stream with CRLF, remarks and an event of no use': {
      body: inPieces(
        `: hello\r\n\r\nevent: ping\r\ndata: {"type":"ping"}\r\n\r\nid: 1\r\nevent: message\r\ndata: ${text}\r\n\r\ndata: [DONE]\r\n\r\n`,
      ),
    },
    'with an error of null': { body: JSON.stringify({ error: null, ...Object(body) }) },
    'with an empty error': { body: JSON.stringify({ error: '', errors: [], detail: null, ...Object(body) }) },
    'with an error that is an empty object': { body: JSON.stringify({ error: {}, ...Object(body) }) },
    'with NaN beside it': { body: text.replace('{', '{"score": NaN, "other": [-Infinity, "NaN"], ') },
  }
  it.each(Object.entries(framings))('%s: is read', async (_name, reply) => {
    expect(await outcome(server, kind, reply)).toEqual(values[kind])
  })

  const what = { chat: 'a chat completion', embeddings: 'a list of embeddings', models: 'a list of models' }[kind]
  const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome</h1>Please sign in.</body></html>'
  const failures: Readonly<Record<string, readonly [RawReply | Json, string]>> = {
    'an empty body': ['', `lm-bad-response: HOST answered with an empty body, which is not ${what}.`],
    blanks: [' \n\n', `lm-bad-response: HOST answered with an empty body, which is not ${what}.`],
    'a stream of nothing': ['data: [DONE]\n\n', `lm-bad-response: HOST answered with something that is not ${what}: data: [DONE].`],
    'a word': ['Ollama is running', `lm-bad-response: HOST answered with something that is not ${what}: Ollama is running.`],
    'half of it': [text.slice(0, 20), `lm-bad-response: HOST answered with something that is not ${what}: ${text.slice(0, 20)}.`],
    'packed bytes that do not say so': [{ body: gzipSync(text.repeat(20)) }, 'lm-bad-response: HOST answered with bytes that are no text'],
    'a cut connection': [
      { body: [text.slice(0, 20)], headers: { 'content-length': '1000' }, isCut: true },
      'lm-network: The answer of HOST could not be read to its end',
    ],
    'a page': [
      { body: page, headers: { 'content-type': 'text/html' } },
      `lm-bad-response: HOST answered with a web page instead of ${what}. Check the base URL, and whether this network asks you to sign in. It shows: Welcome Please sign in.`,
    ],
    ...Object.fromEntries(
      [
        '<!-- x -->',
        '<!--x-->\n',
        '\uFEFF',
        '\uFEFF\uFEFF  \r\n',
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '\uFEFF<?xml version="1.0"?> <!-- x -->',
      ].map(lead => [
        `a page after ${JSON.stringify(lead)}`,
        [
          `${lead}<html><body>Please sign in.</body></html>`,
          `lm-bad-response: HOST answered with a web page instead of ${what}. Check the base URL, and whether this network asks you to sign in. It shows: Please sign in.`,
        ],
      ]),
    ),
    'a page without its frame': ['<script>go()</script><center>Please sign in.</center>', `a web page instead of ${what}.`],
    'a page of a gateway': [
      { status: 502, body: page, headers: { 'content-type': 'text/html' } },
      'lm-server: HOST has a problem on its side (status 502). Try again later. It said: a web page: Welcome Please sign in.',
    ],
    'JSON of another kind': [{ hello: 'world' }, `lm-bad-response: HOST answered with JSON that is not ${what}: it has no list`],
    null: ['null', `lm-bad-response: HOST answered with JSON that is not ${what}: it is no object`],
    'a text': [
      { error: 'upstream exploded' },
      'lm-bad-response: HOST answered with an error in place of an answer. It said: upstream exploded',
    ],
    'a message': [{ error: { message: 'upstream exploded' } }, 'It said: upstream exploded'],
    'a list of errors': [{ errors: [{ message: 'upstream exploded' }] }, 'It said: upstream exploded'],
    'a detail': [{ detail: 'upstream exploded' }, 'It said: upstream exploded'],
    'a bare message': [{ message: 'upstream exploded' }, 'It said: upstream exploded'],
    'a message beside a mark': [{ error: true, msg: 'upstream exploded' }, 'It said: upstream exploded'],
    'problem details': [
      { type: 'about:blank', title: 'upstream exploded', status: 503 },
      'lm-server: HOST has a problem on its side (status 503)',
    ],
    'a list of details': [
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream'], msg: 'Extra inputs are not permitted', input: false }] },
      'It said: body.stream: Extra inputs are not permitted',
    ],
    'an error as an event': ['data: {"error":{"message":"upstream exploded"}}\n\n', 'It said: upstream exploded'],
    'an error with an end mark': ['{"error":{"message":"upstream exploded"}}\ndata: [DONE]', 'It said: upstream exploded'],
    'JSON in the words of another provider': [
      {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { raw: '{"error":{"message":"Input of 9000 tokens exceeds the context length"}}' },
        },
      },
      'lm-context-length: The request is too long for "m". Use fewer demos or shorter inputs. It said: Provider returned error: Input of 9000 tokens',
    ],
    'plain words of another provider': [
      { error: { message: 'Provider returned error', code: 429, metadata: { raw: 'm is temporarily rate-limited upstream.' } } },
      'lm-rate-limit: HOST asks for fewer requests (status 429). It said: Provider returned error: m is temporarily rate-limited upstream.',
    ],
    'a wrong key in a success': [{ error: { message: 'Invalid API key' } }, 'lm-auth: HOST refused the key'],
    'a missing key in a success': [{ detail: 'Not authenticated' }, 'lm-auth: HOST refused the key'],
    'a rate limit in a success': [
      { error: { message: 'Rate limit reached', type: 'rate_limit_error' } },
      'lm-rate-limit: HOST asks for fewer requests',
    ],
    'no money in a success': [{ error: { message: 'Insufficient credits' } }, 'lm-quota: The account at HOST has no credit'],
    'an unknown model in a success': [
      { error: "model 'm' not found, try pulling it first" },
      'lm-model-not-found: HOST does not know the model "m".',
    ],
    'a busy server in a success': [{ message: 'The server is overloaded, try again later' }, 'lm-server: HOST has a problem on its side'],
  }
  it.each(Object.entries(failures))('%s: the error names the cause', async (_name, [reply, said]) => {
    const got = await saidBy(server, kind, reply)
    expect(got).toContain(said)
  })
})

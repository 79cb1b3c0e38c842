import { createServer, type IncomingMessage } from 'node:http'
import type { ChatBody } from './task'
import { respond } from './respond'

/**
 * The simulated LM behind an OpenAI-compatible address, in a process of its own: prints its base URL and answers until it is killed.
 * `GET /counts` tells what was asked since the last `POST /reset`.
 */
let counts = { requests: 0, completions: 0, inputTokens: 0, outputTokens: 0, cpuMs: 0 }
let samples = new Map<string, number>()

const server = createServer((incoming, response) => {
  const send = (status: number, value: unknown) => {
    const text = JSON.stringify(value)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
  }
  const path = (incoming.url ?? '').replace(/\?.*/, '')
  if (path === '/counts') return send(200, counts)
  if (path === '/reset') {
    counts = { requests: 0, completions: 0, inputTokens: 0, outputTokens: 0, cpuMs: 0 }
    samples = new Map()
    return send(200, counts)
  }
  if (path === '/v1/models') return send(200, { object: 'list', data: [{ id: 'simulated-0', object: 'model' }] })
  if (path !== '/v1/chat/completions')
    return send(404, { error: { message: `There is nothing at ${path}.`, type: 'invalid_request_error' } })
  read(incoming).then(
    text => send(200, complete(text)),
    (error: unknown) => send(400, { error: { message: String(error), type: 'invalid_request_error' } }),
  )
})

function complete(text: string): object {
  const before = process.cpuUsage()
  // The clients are the two under test; a body that is no request ends in a 400.
  const body = JSON.parse(text) as ChatBody
  const first = samples.get(text) ?? 0
  const wanted = body.n ?? 1
  samples.set(text, first + wanted)
  const answers = Array.from({ length: wanted }, (_, at) => respond(body, first + at))
  const input = Math.ceil(body.messages.reduce((sum, { content }) => sum + content.length, 0) / 4)
  const output = answers.reduce((sum, answer) => sum + Math.ceil(answer.length / 4), 0)
  const { user, system } = process.cpuUsage(before)
  counts = {
    requests: counts.requests + 1,
    completions: counts.completions + wanted,
    inputTokens: counts.inputTokens + input,
    outputTokens: counts.outputTokens + output,
    cpuMs: counts.cpuMs + (user + system) / 1000,
  }
  return {
    id: `chatcmpl-${counts.requests}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    choices: answers.map((content, index) => ({ index, finish_reason: 'stop', message: { role: 'assistant', content } })),
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  }
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(`http://127.0.0.1:${address.port}/v1`)
})

import { z } from 'zod'
import { parseJson } from '@/lib/json'
import { onUse } from '../base/on-use'
import { isLoopbackHost, isPrivateHost } from '../providers/openai/hosts'
import { toolBase } from './tool-base'
import type { ToolKind, ToolKindFault } from './tool-kind'
import { placesIn, textsIn } from './template'

export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export const httpToolSchema = z.object({
  ...toolBase,
  kind: z.literal('http'),
  method: z.enum(httpMethods).default('GET'),
  /** With `{argument}` behind the host. */
  url: z.string(),
  /** Values with `{argument}` and `{secret:NAME}`. */
  headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  /** JSON with `{argument}` in its texts; empty for none. */
  body: z.string().default(''),
  /** Which part of the JSON that comes back is the answer; empty for all of it. */
  answer: z.string().default(''),
  timeoutMs: z.number().int().min(100).max(300_000).default(20_000),
  mostBytes: z.number().int().min(100).max(1_000_000).default(50_000),
  /** Whether a call that was cut off may be made once more. */
  repeatable: z.boolean().default(false),
})
export type HttpTool = z.output<typeof httpToolSchema>

const run = onUse(async () => (await import('./call-http')).callHttp)

/** A request to an API on the web. */
export const httpTool: ToolKind<HttpTool> = {
  id: 'http',
  title: 'HTTP',
  help: 'A request to an API. Its address, headers and body take the arguments.',
  starter: name => ({
    kind: 'http',
    name,
    desc: '',
    args: [{ name: 'query', type: { kind: 'str' }, desc: '' }],
    method: 'GET',
    url: 'https://api.example.com/search?q={query}',
    headers: [],
    body: '',
    answer: '',
    timeoutMs: 20_000,
    mostBytes: 50_000,
    repeatable: true,
  }),
  faults: httpFaults,
  reaches(tool) {
    const origin = originOf(tool.url)
    return origin === undefined ? [] : [{ origin, secrets: secretsOf(tool) }]
  },
  isRepeatable: ({ repeatable }) => repeatable,
  call: async (tool, args, context) => (await run())(tool, args, context),
}

/** Where it goes, whatever its arguments are; undefined where the address does not say that. */
export function originOf(url: string): string | undefined {
  const head = /^https?:\/\/[^/?#{}\\\s@]+(?=[/?#]|$)/i.exec(url.trim())?.[0]
  const parsed = head === undefined ? null : URL.parse(head)
  return parsed?.origin
}

/** Whether what is sent there can be read on its way: anything but https, except on this machine and the network around it. */
export function isInTheClear(url: string): boolean {
  const parsed = URL.parse(originOf(url) ?? '')
  return parsed !== null && parsed.protocol === 'http:' && !isLoopbackHost(parsed.hostname) && !isPrivateHost(parsed.hostname)
}

function secretsOf({ headers }: HttpTool): readonly string[] {
  const names = headers.flatMap(({ value }) => placesIn(value).flatMap(({ name, isSecret }) => (isSecret ? [name] : [])))
  return [...new Set(names)]
}

function httpFaults(tool: HttpTool): readonly ToolKindFault[] {
  const { url, headers, body, args, method } = tool
  const faults: ToolKindFault[] = []
  const fault = (part: string, words: string): void => void faults.push({ part, words })
  const unknown = (template: string): string | undefined =>
    placesIn(template).find(({ name, isSecret }) => !isSecret && !args.some(argument => argument.name === name))?.name
  const missing = (name: string): string => `names {${name}}, which is none of its arguments. Add the argument, or correct the name.`
  if (originOf(url) === undefined)
    fault('url', 'needs an address that begins with https:// and the name of a host. Arguments may stand behind the host only.')
  if (placesIn(url).some(({ isSecret }) => isSecret))
    fault('url', 'has a secret in its address. Put it into a header: addresses are shown.')
  if (secretsOf(tool).length > 0 && isInTheClear(url))
    fault('url', 'sends a secret over http://, which anybody on the way can read. Use https://.')
  const inUrl = unknown(url)
  if (inUrl !== undefined) fault('url', missing(inUrl))
  for (const { name, value } of headers) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) fault('headers', `has a header "${name}", which is no name of a header.`)
    const inHeader = unknown(value)
    if (inHeader !== undefined) fault('headers', missing(inHeader))
  }
  if (body.trim() !== '') {
    if (method === 'GET') fault('body', 'sends a body with GET, which has none. Choose POST, or empty the body.')
    const parsed = parseJson(body)
    if (!parsed.ok) fault('body', 'has a body that is no JSON. Write arguments as texts: "{query}".')
    else {
      const texts = textsIn(parsed.value)
      if (texts.some(text => placesIn(text).some(({ isSecret }) => isSecret)))
        fault('body', 'has a secret in its body. Put it into a header.')
      const inBody = texts.map(unknown).find(name => name !== undefined)
      if (inBody !== undefined) fault('body', missing(inBody))
    }
  }
  return faults
}

import { cutText } from '@/lib/cut-text'
import { parseJson, type Json, type JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import { headersOf, reach } from './reach'
import { filled, filledJson, inText } from './template'
import type { ToolCallContext } from './tool-kind'
import { originOf, type HttpTool } from './http-tool'
import { partAt } from './json-path'

/**
 * Sends the request of a tool with its arguments in their places: percent-encoded in the address, as values in the JSON of the body. Answers
 * with the part of the JSON that the tool names, or with the text that came. Throws `tool-refused`, and `tool-failed` for a status of 400 and
 * more, a part that is not there, and what `reach` throws.
 */
export async function callHttp(tool: HttpTool, args: JsonObject, { host, signal }: ToolCallContext): Promise<Json> {
  const { name, method, timeoutMs, mostBytes } = tool
  const origin = originOf(tool.url)
  const url = filled(tool.url.trim(), place => encodeURIComponent(inText(args[place.name]).toWellFormed()))
  // An argument cannot change where a request goes: the host stands before the first of them.
  if (origin === undefined || URL.parse(url)?.origin !== origin)
    throw failed(tool, 'its address is none. Correct it in the settings of the tool.')
  // `..` is an argument like any other, and would lead out of the folder that the address names.
  if (/[/\\]\.\.?(?=[/\\]|$)/.test(url.split(/[?#]/, 1)[0] ?? ''))
    throw failed(tool, 'an argument made "." or ".." a part of its address, which would lead somewhere else.')
  const template = tool.body.trim() === '' ? undefined : parseJson(tool.body)
  if (template && !template.ok) throw failed(tool, 'its body is no JSON.')
  const { headers, secrets } = await headersOf(host, { tool: name, origin, templates: tool.headers, args })
  if (template) headers['content-type'] ??= 'application/json'
  const { status, text } = await reach(host, {
    tool: name,
    url,
    method,
    headers,
    secrets,
    timeoutMs,
    mostBytes,
    signal,
    ...(template && { body: JSON.stringify(filledJson(template.value, args)) }),
  })
  if (status >= 400)
    throw failed(tool, `the server answered with status ${status}${text.trim() === '' ? '.' : `: ${cutText(text.trim(), 300)}`}`)
  const parsed = parseJson(text)
  if (tool.answer.trim() === '') return parsed.ok ? parsed.value : text
  if (!parsed.ok) throw failed(tool, `the answer is no JSON, and so has no part ${tool.answer}.`)
  const part = partAt(parsed.value, tool.answer)
  if (part === undefined) throw failed(tool, `the answer has no part ${tool.answer}.`)
  return part
}

function failed({ name }: HttpTool, why: string): EngineError {
  return new EngineError('tool-failed', `The tool ${name} failed: ${why}`, { tool: name })
}

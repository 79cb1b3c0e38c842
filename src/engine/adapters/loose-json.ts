import { parseExactJson } from '@/lib/exact-json'
import { deepestValue, isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { readPythonLiteral } from './python-literal'
import { repairJson } from './repair-json'

/**
 * The JSON value that a model meant to write: strict JSON, a Python literal, or broken JSON that can be repaired,
 * perhaps inside a Markdown fence. `anywhere` also looks behind leading prose for the first `[` or `{`.
 * Gives undefined where there is none (plain words are not JSON); never throws. Takes time in proportion to the text.
 */
export function readLooseJson(text: string, options: { readonly anywhere: boolean }): Json | undefined {
  const trimmed = text.trim()
  const exact = readExact(trimmed)
  if (exact !== undefined) return exact
  const unfenced = insideFence(trimmed) ?? trimmed
  const inner = unfenced === trimmed ? undefined : readExact(unfenced)
  if (inner !== undefined) return inner
  const start = unfenced.search(/[[{]/)
  if (start < 0 || (start > 0 && !options.anywhere)) return undefined
  return readFrom(unfenced, start)
}

/**
 * The first JSON object in a text that has one of the wanted keys; without one, the first object at all. Models put
 * thoughts with braces in front of the answer, so the first braces are not always the answer. Looks at a thousand
 * braces and at three times the text's length, no more: braces that are never closed are no reason to read the rest again and again.
 */
export function readLooseObject(text: string, isWanted: (object: JsonObject) => boolean): JsonObject | undefined {
  const trimmed = text.trim()
  const exact = readExact(trimmed)
  if (isJsonObject(exact)) return exact
  let first: JsonObject | undefined
  let from = 0
  for (let [read, tries] = [0, 0]; read <= 3 * trimmed.length && tries < mostObjects; tries += 1) {
    const start = trimmed.indexOf('{', from)
    if (start < 0) break
    const end = balancedEnd(trimmed, start)
    read += (end ?? trimmed.length) - start
    const value = end === undefined ? repairJson(withoutFenceEnd(trimmed.slice(start))) : readPart(trimmed.slice(start, end))
    if (isJsonObject(value)) {
      if (isWanted(value)) return value
      first ??= value
    }
    from = end ?? start + 1
  }
  return first
}

const mostObjects = 1000

function readFrom(text: string, start: number): Json | undefined {
  const end = balancedEnd(text, start)
  const part = end === undefined ? undefined : readPart(text.slice(start, end))
  return part ?? repairJson(withoutFenceEnd(text.slice(start)))
}

function readPart(text: string): Json | undefined {
  return readExact(text) ?? repairJson(text)
}

function readExact(text: string): Json | undefined {
  const result = parseExactJson(text)
  const value = result.ok ? result.value : readPythonLiteral(text)
  return value !== undefined && isShallow(value, deepestValue) ? value : undefined
}

/** Prompts print values recursively; nesting that could exhaust the stack there is refused here. */
function isShallow(value: Json, left: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return left > 0 && Object.values(value).every(item => isShallow(item, left - 1))
}

/** What stands in a Markdown fence that opens before any bracket; the closing fence may be missing. */
function insideFence(text: string): string | undefined {
  const match = /^[^[{]*?```[^\S\n]*[\w+-]*[^\S\n]*\n?([\s\S]*?)(?:```|$)/.exec(text)
  return match?.[1]?.trim()
}

function withoutFenceEnd(text: string): string {
  const fence = text.lastIndexOf('```')
  return fence < 0 ? text : text.slice(0, fence).trimEnd()
}

/** Index behind the bracket that closes the one at `start`; brackets inside double-quoted texts do not count. */
export function balancedEnd(text: string, start: number): number | undefined {
  let depth = 0
  let isQuoted = false
  for (let i = start; i < text.length; i += 1) {
    const letter = text.charCodeAt(i)
    if (isQuoted) {
      if (letter === backslash) i += 1
      else if (letter === doubleQuote) isQuoted = false
    } else if (letter === doubleQuote) isQuoted = true
    else if (letter === openBrace || letter === openBracket) depth += 1
    else if (letter === closeBrace || letter === closeBracket) {
      depth -= 1
      if (depth === 0) return i + 1
    }
  }
  return undefined
}

const [backslash, doubleQuote, openBrace, closeBrace, openBracket, closeBracket] = [92, 34, 123, 125, 91, 93]

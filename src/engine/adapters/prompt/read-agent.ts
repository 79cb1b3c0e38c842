import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { typeOfSchema } from '../../signature/type-of-schema'
import { balancedEnd } from '../loose-json'
import { readXmlChildren } from '../read-xml'
import { finishTool, trajectoryNames } from '../../base/agent-words'
import type { PromptTool, PromptValues } from './prompt'
import { blocksOf } from './read-blocks'

/** One turn of an agent, as its trajectory shows it. */
export interface PromptTurn {
  readonly thought: string
  readonly tool: string
  readonly args: Json
  /** What the tool returned; a text that is no JSON as it is. */
  readonly observation: Json
}

/**
 * Parts the task of an agent's turn into the tuned instructions and the tools: numbered lines, each with a name in backticks and, at its
 * end, the arguments as JSON schemas. The paragraph around those lines is the step's own.
 */
export function splitTools(task: string): { readonly instructions: string; readonly tools: readonly PromptTool[] } {
  const lines = task.split('\n')
  const last = lines.findLastIndex(line => toolIn(line)?.name === finishTool)
  if (last < 0) return { instructions: task, tools: [] }
  let first = last
  while (first > 0 && toolIn(lines[first - 1] ?? '') !== undefined) first -= 1
  const tools = lines.slice(first, last + 1).flatMap(line => toolIn(line) ?? [])
  const gap = lines.slice(0, first).findLastIndex(line => line.trim() === '')
  const instructions = lines.slice(0, Math.max(0, gap)).join('\n').trim()
  return { instructions, tools }
}

/** The tool that a line of a prompt names; undefined for any other line. */
export function toolIn(line: string): PromptTool | undefined {
  const [, name, rest = ''] = /^\s*\(\d+\) `(\w+)`:?(.*)$/.exec(line) ?? []
  if (name === undefined) return undefined
  const at = objectAtEnd(rest)
  const schemas = at < 0 ? undefined : parseJson(rest.slice(at).trim())
  if (!schemas?.ok || !isJsonObject(schemas.value)) return undefined
  const args = Object.entries(schemas.value).map(([argument, schema]) => ({
    name: argument,
    type: typeOfSchema(schema),
    desc: isJsonObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : '',
  }))
  // The word that leads to the arguments is not part of what the tool does.
  const words = rest.slice(0, at).trimEnd()
  const lead = /\s*[^\s:]{1,40}:$/.exec(words.slice(-50))?.[0] ?? ''
  return { name, desc: words.slice(0, words.length - lead.length).trim(), args }
}

/** Where the object begins that ends with the line. Braces in the words before it are passed over, a few that are never closed, too. */
function objectAtEnd(line: string): number {
  const end = line.trimEnd().length
  let unclosed = 0
  for (let at = line.indexOf(' {'); at >= 0 && unclosed < mostUnclosed;) {
    const close = balancedEnd(line, at + 1)
    if (close === end) return at
    if (close === undefined) unclosed += 1
    at = line.indexOf(' {', close ?? at + 1)
  }
  return -1
}

const mostUnclosed = 20

/** The trajectory among the inputs of an agent's predictors: undefined where there is none, empty before the first turn. */
export function trajectoryIn(inputs: PromptValues): readonly PromptTurn[] | undefined {
  const entries = Object.entries(inputs)
  const own = entries.find(([name, text]) => name === 'trajectory' && text === '') ?? entries.find(([, text]) => firstTurn.test(text))
  if (own === undefined) return undefined
  const [, text] = own
  const values = text.startsWith('<') ? tagsOf(text) : blocksOf(text)
  const turns: PromptTurn[] = []
  // The oldest turns are left out where a trajectory grew too long.
  const start = Number(firstTurn.exec(text)?.[1] ?? 0)
  for (let index = start; ; index += 1) {
    const names = trajectoryNames(index)
    const tool = values[names.tool]
    if (tool === undefined) return turns
    turns.push({
      thought: values[names.thought] ?? '',
      tool,
      args: valueIn(values[names.args] ?? '{}'),
      observation: valueIn(values[names.observation] ?? ''),
    })
  }
}

const firstTurn = /^(?:\[\[ ## |<)thought_(\d+)(?: ## \]\]|>)/

function tagsOf(text: string): Record<string, string> {
  return Object.fromEntries(readXmlChildren(text).map(({ name, raw }) => [name, raw.trim()]))
}

/** A value that a prompt shows as JSON or as Python's `str`. */
function valueIn(text: string): Json {
  const constant = constants.get(text)
  if (constant !== undefined) return constant
  const json = parseJson(text)
  return json.ok ? json.value : text
}

const constants: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['True', true],
  ['False', false],
  ['None', null],
])

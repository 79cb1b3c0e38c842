import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { trajectoryNames } from '../../base/agent-words'
import { block } from '../frame'
import { readXmlChildren } from '../read-xml'
import type { PromptTool, PromptValues } from './prompt'
import { toolIn } from './read-agent'
import { blocksOf } from './read-blocks'

/** The outputs that a program is to submit, as the task of a prompt for one names them. */
export function submittedIn(task: string): readonly string[] {
  const start = task.lastIndexOf('SUBMIT({')
  const end = task.indexOf('})', start)
  if (start < 0 || end < 0) return []
  return task
    .slice(start + 'SUBMIT({'.length, end)
    .split(', ')
    .flatMap(part => /^"?(\w+)"?: …$/.exec(part)?.[1] ?? [])
}

/** Parts the task of a turn that writes code into the tuned instructions and the functions that code may call. */
export function splitFunctions(task: string): { readonly instructions: string; readonly tools: readonly PromptTool[] } {
  const lines = task.split('\n')
  const tools: PromptTool[] = []
  while (lines.length > 0) {
    const tool = toolIn(lines.at(-1) ?? '')
    if (tool === undefined) break
    tools.unshift(tool)
    lines.pop()
  }
  const gap = lines.findLastIndex(line => line.trim() === '')
  return { instructions: lines.slice(0, Math.max(0, gap)).join('\n').trim(), tools }
}

/** The code of one call whose result is printed, which is all that stand-ins of a model write; read back by `agentTrajectory`. */
export function printedCall(tool: string, args: Json): string {
  return `print(${tool}(${JSON.stringify(args)}))`
}

/**
 * The trajectory of an agent that writes code, where each block made one call as `printedCall` writes it, in the form of an agent that
 * calls tools: so that whoever reads the one reads the other. Undefined for any other text.
 */
export function agentTrajectory(text: string): string | undefined {
  const values = valuesIn(text)
  const turns: string[] = []
  for (let index = 0; ; index += 1) {
    const code = values[`generated_code_${index}`]
    const observation = values[`code_output_${index}`] ?? values[`observation_${index}`]
    if (observation === undefined) return turns.length === 0 ? undefined : turns.join('\n\n')
    const [, tool, args] = /^print\((\w{1,100})\((\{.*\})\)\)$/s.exec(code ?? '') ?? []
    if (tool === undefined || args === undefined) continue
    const names = trajectoryNames(index)
    const plain = parseJson(observation)
    const seen = plain.ok && typeof plain.value === 'string' ? plain.value : observation
    turns.push([block(names.thought, ''), block(names.tool, tool), block(names.args, args), block(names.observation, seen)].join('\n\n'))
  }
}

function valuesIn(text: string): PromptValues {
  const json = parseJson(text)
  if (json.ok && isJsonObject(json.value))
    return Object.fromEntries(
      Object.entries(json.value).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    )
  if (!text.startsWith('<')) return blocksOf(text)
  return Object.fromEntries(readXmlChildren(text).map(({ name, raw }) => [name, raw.trim()]))
}

import { finishTool } from '@/engine/base/agent-words'
import type { Prompt } from '@/engine/adapters/prompt/prompt'
import type { PromptMessage } from '@/engine/adapters/prompt/read-prompt'
import { conversationTurn, toolOffered, trajectoryOf } from '@/engine/adapters/prompt/read-turns'
import type { ChatRequest } from '@/engine/lm/lm'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Noise } from '../text/noise'
import { converse } from './conversation'
import { nextTurn } from './next-turn'

interface Calling {
  /** What it writes beside its call, or in place of one. */
  readonly values: Readonly<Record<string, Json>>
  readonly call?: { readonly name: string; readonly args: Json }
}

/**
 * What is done with tools on offer: an agent that hands its outputs in goes on with its work, or hands them in where it has to. Of other
 * tools one is called where it may help, and the fields are answered where none does.
 */
export function callingTools(
  { tools = [], toolChoice }: Pick<ChatRequest, 'tools' | 'toolChoice'>,
  { prompt, messages, noise }: { readonly prompt: Prompt; readonly messages: readonly PromptMessage[]; readonly noise: Noise },
  answer: (prompt: Prompt) => Readonly<Record<string, Json>>,
): Calling {
  const offered = tools.map(toolOffered)
  const turn = conversationTurn(prompt, messages, offered)
  if (turn !== undefined) {
    const isLast = toolChoice !== undefined && !turn.tools.some(({ name }) => name === toolChoice)
    const { tool_calls: calls, ...values } = converse(isLast ? { ...turn, tools: [] } : turn, noise, answer)
    return { values, ...callIn(calls) }
  }
  const choice = offered.filter(({ name }) => toolChoice === undefined || name === toolChoice)
  const finish = { name: finishTool, desc: '', args: [] }
  const request = { ...prompt.request, trajectory: trajectoryOf(messages) }
  const next = nextTurn({ ...prompt, request, tools: toolChoice === undefined ? [...choice, finish] : choice, demos: [] }, noise)
  const name = String(next['next_tool_name'])
  if (name === finishTool || !choice.some(tool => tool.name === name)) return { values: answer({ ...prompt, request }) }
  return { values: answer(prompt), call: { name, args: next['next_tool_args'] ?? {} } }
}

function callIn(value: Json | undefined): Pick<Calling, 'call'> {
  const calls = value !== undefined && isJsonObject(value) ? value['tool_calls'] : undefined
  const first = Array.isArray(calls) ? calls.find((one: Json): one is JsonObject => isJsonObject(one)) : undefined
  return first ? { call: { name: String(first['name']), args: first['args'] ?? {} } } : {}
}

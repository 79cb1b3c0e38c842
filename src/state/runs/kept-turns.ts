import { turnsOf } from '@/engine/base/agent-words'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

/** One thing that an agent did, as a value keeps it: a call of a tool, or a piece of code that was run. Null for what there is none of. */
export interface KeptTurn {
  readonly thought: Json
  /** Empty where it ran code. */
  readonly tool: string
  readonly args: Json
  readonly code?: string
  readonly observation: Json
}

/** What an agent did, out of its trajectory, its history, or the calls of one turn. Undefined for any other value. */
export function keptTurns(value: Json | undefined): readonly KeptTurn[] | undefined {
  if (Array.isArray(value)) return blockTurns(value)
  if (!isJsonObject(value)) return undefined
  return turnsOf(value) ?? codeTurns(value) ?? historyTurns(value) ?? calledTurns(value, null)
}

/** Of CodeAct: what it ran, and what was printed or went wrong. */
function codeTurns(value: JsonObject): readonly KeptTurn[] | undefined {
  const turns = new Map<string, { code?: string; observation: Json }>()
  for (const [key, part] of Object.entries(value)) {
    const [, name = '', number = ''] = /^(generated_code|code_output|observation)_(\d{1,6})$/.exec(key) ?? []
    if (name === '') return undefined
    const turn = turns.get(number) ?? { observation: null }
    turns.set(number, name === 'generated_code' ? { ...turn, code: String(part) } : { ...turn, observation: part })
  }
  if (turns.size === 0) return undefined
  return [...turns.values()].map(turn => ({ thought: null, tool: '', args: null, ...turn }))
}

/** Of RLM: blocks of code with what they printed. */
function blockTurns(entries: readonly Json[]): readonly KeptTurn[] | undefined {
  const turns = entries.flatMap((entry): KeptTurn[] => {
    if (!isJsonObject(entry) || Object.keys(entry).join() !== 'reasoning,code,output') return []
    const { reasoning, code, output } = entry
    if (typeof reasoning !== 'string' || typeof code !== 'string' || typeof output !== 'string') return []
    return [{ thought: reasoning, tool: '', args: null, code, observation: output }]
  })
  return turns.length === 0 || turns.length < entries.length ? undefined : turns
}

/** Of ReActV2: each message is a turn, which may call several tools. */
function historyTurns(value: JsonObject): readonly KeptTurn[] | undefined {
  const { messages, ...others } = value
  if (!Array.isArray(messages) || messages.length === 0 || Object.keys(others).length > 0) return undefined
  const turns = messages.map((message: Json) => {
    const called = isJsonObject(message) ? message['tool_calls'] : undefined
    if (!isJsonObject(message) || called === undefined || !isJsonObject(called)) return undefined
    return calledTurns(called, message['next_thought'] ?? null)
  })
  return turns.every(turn => turn !== undefined) ? turns.flat() : undefined
}

/** The calls of one turn, each with its result where there is one. */
function calledTurns(
  { tool_calls: calls, tool_call_results: results = null, ...others }: JsonObject,
  thought: Json,
): readonly KeptTurn[] | undefined {
  if (!Array.isArray(calls) || calls.length === 0 || Object.keys(others).length > 0) return undefined
  const listed = isJsonObject(results) ? results['tool_call_results'] : results
  const list: readonly Json[] = Array.isArray(listed) ? listed : []
  if (!calls.every(call => isJsonObject(call))) return undefined
  return calls.map((call: JsonObject, at): KeptTurn => {
    const result = list[at]
    return {
      thought: at === 0 ? thought : null,
      tool: String(call['name'] ?? ''),
      args: call['args'] ?? {},
      observation: result !== undefined && isJsonObject(result) ? (result['value'] ?? null) : null,
    }
  })
}

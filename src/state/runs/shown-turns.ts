import { turnsOf } from '@/engine/base/agent-words'
import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json } from '@/lib/json'
import { valueText } from '@/engine/blobs/blob-ref'
import { lineOf } from './value-text'

/** A turn of an agent in words. */
export interface ShownTurn {
  readonly thought: string
  readonly tool: string
  readonly args: readonly (readonly [name: string, value: string])[]
  readonly observation: string
  /** What it was given and what came back, in one line. */
  readonly line: string
}

/** The turns of a value that is an agent's trajectory, or that of RLM; undefined for any other. */
export function shownTurns(value: Json | undefined): readonly ShownTurn[] | undefined {
  if (Array.isArray(value)) return blocksOf(value)
  return turnsOf(value)?.map(({ thought, tool, args, observation }) => {
    const given = isJsonObject(args) ? args : { arguments: args }
    return {
      thought: valueText(thought),
      tool,
      args: Object.entries(given).map(([name, each]): [string, string] => [name, valueText(each)]),
      observation: valueText(observation),
      line: cutText(`${lineOf(given)} → ${lineOf({ observation })}`, 200),
    }
  })
}

/** Blocks of code with what they printed. */
function blocksOf(entries: readonly Json[]): readonly ShownTurn[] | undefined {
  const turns = entries.flatMap(entry => {
    if (!isJsonObject(entry) || Object.keys(entry).join() !== 'reasoning,code,output') return []
    const { reasoning, code, output } = entry
    if (typeof reasoning !== 'string' || typeof code !== 'string' || typeof output !== 'string') return []
    const line = cutText(`${lineOf({ code })} → ${lineOf({ output })}`, 200)
    return [{ thought: reasoning, tool: 'code', args: [['code', code] as const], observation: output, line }]
  })
  return turns.length === 0 || turns.length < entries.length ? undefined : turns
}

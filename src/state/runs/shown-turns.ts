import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json } from '@/lib/json'
import { valueText } from '@/engine/blobs/blob-ref'
import { keptTurns } from './kept-turns'
import { lineOf } from './value-text'

/** A turn of an agent in words; what it lacks is empty. */
export interface ShownTurn {
  readonly thought: string
  readonly tool: string
  readonly args: readonly (readonly [name: string, value: string])[]
  readonly code: string
  readonly observation: string
  /** What it was given and what came back, in one line. */
  readonly line: string
}

/** The turns of a value that holds what an agent did; undefined for any other. */
export function shownTurns(value: Json | undefined): readonly ShownTurn[] | undefined {
  return keptTurns(value)?.map(({ thought, tool, args, code = '', observation }) => {
    const given = args === null ? {} : isJsonObject(args) ? args : { arguments: args }
    const start = code === '' ? lineOf(given) : (code.trim().split('\n')[0] ?? '')
    const end = observation === null ? '' : ` → ${lineOf(isJsonObject(observation) ? observation : { observation })}`
    return {
      thought: wordsOf(thought),
      tool,
      args: Object.entries(given).map(([name, each]): [string, string] => [name, valueText(each)]),
      code,
      observation: wordsOf(observation),
      line: cutText(`${start}${end}`, 200),
    }
  })
}

function wordsOf(value: Json): string {
  return value === null ? '' : valueText(value)
}

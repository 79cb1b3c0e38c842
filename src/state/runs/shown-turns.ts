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

/** The turns of a value that is an agent's trajectory; undefined for any other. */
export function shownTurns(value: Json | undefined): readonly ShownTurn[] | undefined {
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

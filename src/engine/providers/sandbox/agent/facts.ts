import { isJsonObject, type Json } from '@/lib/json'
import { finishTool, isToolFailure } from '@/engine/base/agent-words'
import type { Prompt, PromptValues } from '@/engine/adapters/prompt/prompt'
import { trajectoryIn, type PromptTurn } from '@/engine/adapters/prompt/read-agent'
import { readProblem } from '../text/quantities'

/** One value that a tool returned. */
export interface Fact {
  /** What it is called: its keys, or the tool where it returned one bare value. */
  readonly name: string
  readonly value: string | number | boolean
  readonly turn: number
  /** Which entry of a list it belongs to. */
  readonly item?: number
}

/** All that the tools have told so far, in order. */
export function factsOf(turns: readonly PromptTurn[]): readonly Fact[] {
  return turns.flatMap((turn, at) =>
    isFruitless(turn) || turn.tool === finishTool ? [] : factsIn(turn.observation, { name: '', turn: at, fallback: turn.tool }),
  )
}

/** The prompt with what tools returned in place of the whole trajectory: for whatever reads texts alone. */
export function withObservations(prompt: Prompt): Prompt {
  const told = (values: PromptValues): PromptValues => {
    const turns = trajectoryIn(values)
    if (turns === undefined) return values
    const observations = turns.filter(turn => !isFruitless(turn)).map(({ observation }) => textOf(observation))
    return { ...values, trajectory: observations.join('\n') }
  }
  return { ...prompt, request: told(prompt.request), demos: prompt.demos.map(demo => ({ ...demo, inputs: told(demo.inputs) })) }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** True for a call that failed or found nothing. */
export function isFruitless({ observation }: PromptTurn): boolean {
  if (typeof observation === 'string')
    return observation.trim() === '' || isToolFailure(observation) || /\b(not found|no such|unknown|nothing found)\b/i.test(observation)
  if (observation === null || (Array.isArray(observation) && observation.length === 0)) return true
  return isJsonObject(observation) && Object.keys(observation).every(key => /^error$/i.test(key))
}

interface Place {
  readonly name: string
  readonly turn: number
  readonly item?: number
  readonly fallback: string
}

function factsIn(value: Json, place: Place): readonly Fact[] {
  const { name, turn, item, fallback } = place
  if (value === null) return []
  if (typeof value !== 'object') {
    const own: Fact = { name: name || fallback, value, turn, ...(item !== undefined && { item }) }
    return typeof value === 'string' && name === '' ? [own, ...numbersIn(value, place)] : [own]
  }
  if (Array.isArray(value)) return value.flatMap((entry: Json, at) => factsIn(entry, { ...place, item: item ?? at }))
  return Object.entries(value).flatMap(([key, inner]) => factsIn(inner, { ...place, name: `${name} ${key}`.trim() }))
}

/** Numbers in a sentence, called by the words around them. */
function numbersIn(text: string, { turn }: Place): readonly Fact[] {
  if (/^[-$€£]?[\d.,]+$/.test(text.trim())) return []
  return readProblem(text).quantities.map(({ value, unit, cues }) => ({
    name: [unit, ...[...cues].filter(cue => !/^[<>]|^t:/.test(cue))].join(' ').trim(),
    value,
    turn,
  }))
}

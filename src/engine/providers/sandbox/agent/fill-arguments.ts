import { canonicalJson } from '@/lib/canonical-json'
import type { Json } from '@/lib/json'
import type { PromptField, PromptTool } from '@/engine/adapters/prompt/prompt'
import type { PromptTurn } from '@/engine/adapters/prompt/read-agent'
import { coerceValue } from '@/engine/signature/check-value'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { Noise } from '../text/noise'
import { candidatesFor, type Candidate } from './argument-candidates'
import type { Fact } from './facts'
import { matchOf } from './match'

/** A call as a demo shows it, with what was known before it. */
export interface ShownCall {
  readonly question: string
  readonly facts: readonly Fact[]
  readonly args: Readonly<Record<string, Json>>
}

export interface ArgumentTask {
  readonly question: string
  readonly facts: readonly Fact[]
  readonly turns: readonly PromptTurn[]
  /** Calls of the same tool in the demos. */
  readonly shown: readonly ShownCall[]
  readonly noise: Noise
}

/** Arguments for a call, and how well they fit, 0 to about 1; undefined where a needed one cannot be found, or all were tried without success. */
export interface FilledCall {
  readonly args: Readonly<Record<string, Json>>
  readonly fit: number
}

/** Below this a value would be a guess without any sign that it is meant. */
const leastFit = 0.25

export function fillArguments(tool: PromptTool, task: ArgumentTask): FilledCall | undefined {
  const tried = new Set(task.turns.filter(turn => turn.tool === tool.name).map(({ args }) => canonicalJson(args)))
  const choices = tool.args.map(field => ({ field, options: optionsFor(field, tool, task) }))
  if (choices.some(({ field, options }) => options.length === 0 && field.type.kind !== 'optional')) return undefined
  // The best of each first; where that call was made already, the next best value of one argument.
  const places = firstPlaces(choices)
  for (;;) {
    const call = pickedFrom(choices, places)
    if (!tried.has(canonicalJson(call.args))) return call
    const next = cheapestStep(choices, places)
    if (next === undefined) return undefined
    places[next] = (places[next] ?? 0) + 1
  }
}

type Choices = readonly { readonly field: PromptField; readonly options: readonly Candidate[] }[]

/** The best value of each argument that no earlier one takes from the same place. */
function firstPlaces(choices: Choices): number[] {
  const used = new Set<string>()
  return choices.map(({ options }) => {
    const free = options.findIndex(({ source }) => !used.has(source))
    const place = Math.max(0, free)
    used.add(options[place]?.source ?? '')
    return place
  })
}

function pickedFrom(choices: Choices, places: readonly number[]): FilledCall {
  const picked = choices.flatMap(({ field, options }, at) => {
    const option = options[places[at] ?? 0]
    return option === undefined ? [] : [{ name: field.name, option }]
  })
  const fit =
    picked.reduce((sum, { option }) => sum + (option.isGeneric ? genericFit : Math.min(1, option.score)), 0) / Math.max(1, picked.length)
  return { args: Object.fromEntries(picked.map(({ name, option }) => [name, option.value])), fit: picked.length === 0 ? 0.5 : fit }
}

const genericFit = 0.3

function cheapestStep(choices: Choices, places: readonly number[]): number | undefined {
  let best: { readonly at: number; readonly loss: number } | undefined
  for (const [at, { options }] of choices.entries()) {
    const now = options[places[at] ?? 0]
    const next = options[(places[at] ?? 0) + 1]
    if (now === undefined || next === undefined) continue
    const loss = now.score - next.score
    if (best === undefined || loss < best.loss) best = { at, loss }
  }
  return best?.at
}

/** Values for one argument, best first. */
function optionsFor(field: PromptField, tool: PromptTool, task: ArgumentTask): readonly Candidate[] {
  const type = plainType(field.type)
  const isOptional = field.type.kind === 'optional'
  const known = { question: task.question, facts: task.facts, argument: { ...field, type }, tool }
  const votes = votesFor(field, tool, task)
  const found = candidatesFor(
    known,
    task.shown.flatMap(({ question, args }) => textPair(question, args[field.name])),
  )
    .map(candidate => ({
      ...candidate,
      score: candidate.score + (votes.get(candidate.source) ?? 0) + task.noise.jitter(`${tool.name} ${field.name} ${candidate.source}`),
    }))
    .filter(({ score, value }) => score >= (isOptional ? optionalFit : leastFit) && coerceValue(type, value).ok)
    .sort((a, b) => b.score - a.score)
  const seen = new Set<string>()
  const distinct = found.filter(({ value }) => {
    const key = canonicalJson(value)
    return !seen.has(key) && seen.add(key) !== undefined
  })
  if (!isOptional) return distinct
  // What may be left out is left out unless something clearly asks for it, or demos give it.
  return distinct.slice(0, 3)
}

const optionalFit = 0.8

function textPair(text: string, value: Json | undefined): readonly { text: string; output: string }[] {
  return typeof value === 'string' && text.includes(value) ? [{ text, output: value }] : []
}

/** Where the demos took this argument from: a share of the calls each source explains, calls for like questions counting more. */
function votesFor(field: PromptField, tool: PromptTool, { question, shown }: ArgumentTask): ReadonlyMap<string, number> {
  const votes = new Map<string, number>()
  const isLeftOut = (call: ShownCall): boolean => call.args[field.name] === undefined || call.args[field.name] === null
  const weights = shown.map(call => 0.3 + matchOf(question, call.question))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  shown.forEach((call, at) => {
    if (isLeftOut(call)) return
    const argument = { ...field, type: plainType(field.type) }
    const wanted = canonicalJson(call.args[field.name] ?? null)
    const sources = new Set(
      candidatesFor({ question: call.question, facts: call.facts, argument, tool }, []).flatMap(({ source, value }) =>
        canonicalJson(value) === wanted ? [source] : [],
      ),
    )
    for (const source of sources) votes.set(source, (votes.get(source) ?? 0) + (1.2 * (weights[at] ?? 0)) / total)
  })
  return votes
}

function plainType(type: FieldType): FieldType {
  return type.kind === 'optional' ? type.of : type
}

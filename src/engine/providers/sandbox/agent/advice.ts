import { boundedCache } from '@/lib/bounded-cache'
import { finishTool } from '@/engine/base/agent-words'
import type { PromptTool } from '@/engine/adapters/prompt/prompt'
import { matchAmong } from './match'

/** A statement of the instructions that names tools: when they are of use, and in which order. */
export interface Advice {
  /** Its words without the tools: what it speaks of. */
  readonly about: string
  readonly tools: readonly string[]
  /** Names of one statement that stand under "not", "never" or "instead of". */
  readonly against: readonly string[]
}

/** Reads advice such as "For postage call `details`, then `delivery_cost`" and "- `search`: cheapest, smallest". */
export function adviceOn(tools: readonly PromptTool[], instructions: string): readonly Advice[] {
  const names = tools.map(({ name }) => name).filter(name => name !== finishTool)
  return cache.of(`${names.join(' ')}\u0000${instructions}`, () => statementsOf(instructions).flatMap(one => read(one, names)))
}

const cache = boundedCache<readonly Advice[]>(64)

export function statementsOf(instructions: string): readonly string[] {
  return instructions.split(/\n+|(?<=[.;!?])\s+/).filter(statement => statement.trim() !== '')
}

function read(statement: string, names: readonly string[]): readonly Advice[] {
  const found = [...statement.matchAll(/[\p{L}\p{N}_]+/gu)].filter(match => names.includes(match[0]))
  if (found.length === 0) return []
  const isAgainst = (at: number): boolean => /\b(?:not|never|instead of|rather than|without)\b[^,;:]*$/i.test(statement.slice(0, at))
  const pick = (wanted: boolean): string[] => [...new Set(found.filter(({ index }) => isAgainst(index) === wanted).map(([name]) => name))]
  const about = names.reduce((text, name) => text.replaceAll(name, ' '), statement).replace(framing, ' ')
  return [{ about, tools: pick(false), against: pick(true) }]
}

/** Words in which advice is given, not those of the questions it is about. */
const framing =
  /\b(?:use|used|call|called|calls|first|then|next|after|before|with|ask|asks|asked|question|questions|tool|tools|result|results|answer|answers|should|must|always|for|when|about|finish|turn)\b/gi

/** How much of each piece of advice is about the question; words that all advice has tell nothing. */
function fitsOf(advice: readonly Advice[], question: string): readonly number[] {
  return matchAmong(
    question,
    advice.map(({ about }) => about),
  )
}

/** How strongly advice speaks for each tool as the next one: those named first come first, then what follows them. */
export function adviceScores(advice: readonly Advice[], question: string, called: readonly string[]): ReadonlyMap<string, number> {
  const scores = new Map<string, number>()
  const raise = (name: string, by: number): void => void scores.set(name, Math.max(scores.get(name) ?? -9, by))
  const matches = fitsOf(advice, question)
  for (const [at, { tools, against }] of advice.entries()) {
    const match = matches[at] ?? 0
    if (match === 0) continue
    const next = tools.find(name => !called.includes(name))
    if (next !== undefined) raise(next, match)
    for (const name of against) scores.set(name, (scores.get(name) ?? 0) - match)
  }
  return scores
}

/** True where advice that fits the question has nothing more to call. */
export function isFollowed(advice: readonly Advice[], question: string, called: readonly string[]): boolean {
  const matches = fitsOf(advice, question)
  const most = Math.max(0, ...matches)
  const fitting = advice.filter(({ tools }, at) => tools.length > 0 && (matches[at] ?? 0) > Math.max(0.3, 0.7 * most))
  return fitting.length > 0 && fitting.every(({ tools }) => tools.every(name => called.includes(name)))
}

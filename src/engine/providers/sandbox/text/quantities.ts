import { boundedCache } from '@/lib/bounded-cache'
import { topicsOf } from './lexicon'
import { isStopWord, sentences, stem } from './words'

export interface Quantity {
  readonly value: number
  /** `percent` is already divided by 100; `factor` is a word such as `half` or `twice`. */
  readonly kind: 'plain' | 'percent' | 'factor'
  /** Stem of the noun counted: `appl` for "5 green apples"; `$` for money. */
  readonly unit: string
  /** Stems near the number, with the side they stand on, and topics: what tells its role. */
  readonly cues: ReadonlySet<string>
  readonly sentence: number
}

export interface WordProblem {
  readonly quantities: readonly Quantity[]
  /** Stems of the sentence that asks. */
  readonly question: ReadonlySet<string>
  /** What the answer counts, where the question says so; `$` for money, empty when unsaid. */
  readonly askedUnit: string
  /** True when something is asked with numbers in it, as opposed to a text that only mentions some. */
  readonly asks: boolean
}

/** Finds the numbers of a text, written in digits or words, each with its surroundings. */
export function readProblem(text: string): WordProblem {
  return cache.of(text, makeProblem)
}

const cache = boundedCache<WordProblem>(4096)

function makeProblem(text: string): WordProblem {
  const parts = sentences(text)
  const asking = lastIndex(parts, part => part.endsWith('?') || asks.test(part))
  const quantities = parts.flatMap((part, at) => quantitiesOf(part, at))
  const question = new Set<string>()
  const asked = parts[asking < 0 ? parts.length - 1 : asking] ?? ''
  // Of "If she eats 3, how many are left?" only the part from the question word on asks.
  const from = asked.search(/\b(how|what|find|calculate|work out)\b/i)
  for (const token of tokens(from < 0 ? asked : asked.slice(from))) {
    question.add(stem(token))
    for (const topic of topicsOf(stem(token))) question.add(`t:${topic}`)
  }
  return {
    quantities,
    question,
    askedUnit: askedUnitOf(from < 0 ? asked : asked.slice(from), quantities),
    asks: asking >= 0 && quantities.length > 0,
  }
}

function askedUnitOf(asked: string, quantities: readonly Quantity[]): string {
  const counted = /\bhow many (?:more |fewer |of the |kilo)?(\p{L}+)/iu.exec(asked)?.[1]
  if (counted !== undefined) return stem(counted.toLowerCase())
  const isMoney =
    /\b(money|cost|pay|paid|price|earn|spend|spent|worth|change|save|saved)\b/i.test(asked) || quantities.every(one => one.unit === '$')
  return isMoney && quantities.some(one => one.unit === '$') ? '$' : ''
}

const asks = /\b(how many|how much|how long|how far|what is|what was|what are|calculate|find the|convert|work out)\b/i

function lastIndex<T>(items: readonly T[], test: (item: T) => boolean): number {
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at]
    if (item !== undefined && test(item)) return at
  }
  return -1
}

function tokens(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’]/g, '')
      .replace(/(\d),(?=\d{3}\b)/g, '$1')
      .match(/[$€£]|\d+\/\d+|\d*\.?\d+|%|\p{L}+|[,;:.?!]/gu) ?? []
  )
}

function quantitiesOf(sentence: string, index: number): Quantity[] {
  const list = tokens(sentence)
  const found: Quantity[] = []
  for (let at = 0; at < list.length; at += 1) {
    const read = numberAt(list, at)
    if (read === undefined) continue
    const end = at + read.length
    const isPercent = list[end] === '%' || list[end] === 'percent'
    const isMoney = currency.has(list[at - 1] ?? '') || moneyWords.has(list[end] ?? '')
    found.push({
      value: isPercent ? read.value / 100 : moneyWords.get(list[end] ?? '') === 'small' ? read.value / 100 : read.value,
      kind: isPercent ? 'percent' : read.kind,
      unit: isMoney ? '$' : unitAfter(list, isPercent ? end + 1 : end),
      cues: cuesAround(list, at, end),
      sentence: index,
    })
    at = end - 1
  }
  return found
}

function numberAt(list: readonly string[], at: number): { value: number; length: number; kind: 'plain' | 'factor' } | undefined {
  const token = list[at] ?? ''
  if (/^\d+\/\d+$/.test(token)) {
    const [top, bottom] = token.split('/').map(Number)
    return bottom === 0 ? undefined : { value: (top ?? 0) / (bottom ?? 1), length: 1, kind: 'factor' }
  }
  if (/^[\d.]+$/.test(token) && Number.isFinite(Number(token))) {
    const scale = scales[list[at + 1] ?? '']
    return { value: Number(token) * (scale ?? 1), length: scale === undefined ? 1 : 2, kind: list[at + 1] === 'times' ? 'factor' : 'plain' }
  }
  const factor = factors[token]
  if (factor !== undefined) {
    // "three times as many" is read at "three"; a bare "double" or "half" stands for itself.
    return { value: factor, length: 1, kind: 'factor' }
  }
  if (token === 'third' || token === 'thirds' || token === 'fifth' || token === 'fourth') return undefined
  const fraction = fractionWords[list[at + 1] ?? '']
  if (fraction !== undefined && (token === 'a' || token === 'one' || ones[token] !== undefined)) {
    return { value: (ones[token] ?? 1) / fraction, length: 2, kind: 'factor' }
  }
  const one = ones[token]
  if (one === undefined) return undefined
  const next = list[at + 1] ?? ''
  const small = ones[next]
  if (one >= 20 && small !== undefined && small < 10) return { value: one + small, length: 2, kind: 'plain' }
  const scale = scales[next]
  return { value: one * (scale ?? 1), length: scale === undefined ? 1 : 2, kind: next === 'times' ? 'factor' : 'plain' }
}

function unitAfter(list: readonly string[], from: number): string {
  let unit = ''
  for (let at = from; at < Math.min(list.length, from + 4); at += 1) {
    const token = list[at] ?? ''
    if (!/^\p{L}/u.test(token)) break
    if (unit === '' && at === from && /^[mglkhs]$/.test(token)) return token
    if (isStopWord(token)) {
      if (unit !== '' || token !== 'more') break
      continue
    }
    if (unit !== '' && !token.endsWith('s')) break
    unit = stem(token)
    if (token.endsWith('s')) break
  }
  return unit
}

function cuesAround(list: readonly string[], start: number, end: number): Set<string> {
  const cues = new Set<string>()
  const take = (token: string | undefined, side: string): boolean => {
    if (token === undefined || /^([,;:.?!]|[\d.]+|\d+\/\d+)$/.test(token) || ones[token] !== undefined || factors[token] !== undefined)
      return false
    if (!/^\p{L}/u.test(token)) return true
    const stemmed = stem(token)
    cues.add(stemmed)
    cues.add(`${side}${stemmed}`)
    for (const topic of topicsOf(stemmed)) cues.add(`t:${topic}`)
    return true
  }
  for (let at = start - 1; at >= start - 7; at -= 1) if (!take(list[at], '<')) break
  for (let at = end; at < end + 7; at += 1) if (!take(list[at], '>')) break
  return cues
}

const currency = new Set(['$', '€', '£'])
const moneyWords = new Map([
  ...['dollar', 'dollars', 'euro', 'euros', 'pounds'].map(word => [word, 'large'] as const),
  ...['cents', 'pence'].map(word => [word, 'small'] as const),
])
const factors: Readonly<Record<string, number>> = {
  half: 0.5,
  twice: 2,
  double: 2,
  doubled: 2,
  triple: 3,
  tripled: 3,
  quarter: 0.25,
  dozen: 12,
}
const fractionWords: Readonly<Record<string, number>> = {
  third: 3,
  thirds: 3,
  quarter: 4,
  quarters: 4,
  fourth: 4,
  fifth: 5,
  fifths: 5,
  sixth: 6,
  eighth: 8,
  tenth: 10,
  tenths: 10,
  half: 2,
  dozen: 1 / 12,
}
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1e6, dozen: 12 }
const ones: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
}

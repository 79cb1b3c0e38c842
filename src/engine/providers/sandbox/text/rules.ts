import { boundedCache } from '@/lib/bounded-cache'
import { topicsOf } from './lexicon'
import { isStopWord, nameWords, stem, words } from './words'

/** Features (`w:` stems, `t:` topics) that speak for (positive) or against (negative) each label, as the prompt's own rules say. */
export type Rules = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * Reads rules such as "Use billing for refunds and charges", "- bug: crash, error", "crashes go to bug", "if it mentions a
 * prize, answer spam". A statement that only lists labels gives none.
 */
export function readRules(text: string, labels: readonly string[]): Rules {
  return cache.of(`${labels.join('\u0001')}\u0000${text}`, () => makeRules(text, labels))
}

const cache = boundedCache<Rules>(64)

interface Mention {
  readonly label: string
  readonly start: number
  readonly end: number
  /** The label stands where a rule names its answer: "use X", "- X:", "X when". */
  readonly isHead: boolean
}

function makeRules(text: string, labels: readonly string[]): Rules {
  const rules = new Map<string, Map<string, number>>()
  const matchers = labels.map(label => ({ label, pattern: labelPattern(label) }))
  for (const statement of statements(text)) {
    const mentions = mentionsIn(statement, matchers)
    for (const { label, segment } of segmentsOf(statement, mentions)) {
      const [plain = '', ...against] = segment.split(/\b(?:not|never|except|unless|rather than|instead of)\b/i)
      addTerms(rules, label, plain, 1)
      for (const part of against) addTerms(rules, label, part, -0.5)
    }
  }
  return sharpened(rules)
}

function statements(text: string): string[] {
  return text.split(/\n+|(?<=[.;!?])\s+/).filter(statement => statement.trim() !== '')
}

function labelPattern(label: string): RegExp {
  const body = nameWords(label)
    .map(word => word.replace(/[^\p{L}\p{N}]/gu, ''))
    .join('[\\s_-]*')
  return new RegExp(`(?<![\\p{L}\\p{N}])["'\`“]?${body === '' ? '(?!)' : body}["'\`”]?(?![\\p{L}\\p{N}])`, 'giu')
}

function mentionsIn(statement: string, matchers: readonly { label: string; pattern: RegExp }[]): Mention[] {
  const found: Mention[] = []
  for (const { label, pattern } of matchers) {
    for (const match of statement.matchAll(pattern)) {
      const start = match.index
      const end = start + match[0].length
      const before = statement.slice(0, start)
      const after = statement.slice(end)
      const isHead =
        headVerb.test(before) ||
        (/^[\s\-*•\d.)("'`]*$/.test(before) && /^\**\s*(?:[:–—=]|-\s|\()/.test(after)) ||
        /^\**\s*(?:[:=→—–]|->|\b(?:when|if|for|means|covers|includes|is for|is when|is about)\b)/i.test(after) ||
        /(?:→|->|=>|go(?:es)? to|belongs? to|are|is an?)\s*$/i.test(before)
      found.push({ label, start, end, isHead })
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  // Of overlapping names ("card", "card_lost") the longer one is meant.
  return found.filter(
    (mention, at) =>
      !found.some(
        (other, index) =>
          index !== at && other.start <= mention.start && other.end >= mention.end && other.end - other.start > mention.end - mention.start,
      ),
  )
}

const headVerb =
  /\b(?:use|choose|pick|select|answer|label|labelled|assign|say|return|reply|output|give|mark|classify|tag|write|put|set)\b(?:\s+(?:it|this|them|that|with|as|the|label|category|by|to|in|under))*\s*["'`“]?$/i

function segmentsOf(statement: string, mentions: readonly Mention[]): { label: string; segment: string }[] {
  const heads = mentions.filter(mention => mention.isHead)
  const marks = heads.length > 0 ? heads : mentions
  const first = marks[0]
  const last = marks.at(-1)
  if (first === undefined || last === undefined) return []
  const before = statement.slice(0, first.start)
  const after = statement.slice(last.end)
  // Other labels that a rule mentions are no words of the texts it speaks of.
  let plain = statement
  for (const { start, end } of mentions) plain = plain.slice(0, start) + ' '.repeat(end - start) + plain.slice(end)
  const precede = contentCount(after) === 0 && contentCount(before) > 0
  if (marks.length > 1 && heads.length === 0 && !precede && contentCount(after) === 0) return []
  return marks.map((mark, at) => ({
    label: mark.label,
    segment: precede ? plain.slice(marks[at - 1]?.end ?? 0, mark.start) : plain.slice(mark.end, marks[at + 1]?.start),
  }))
}

function contentCount(text: string): number {
  return words(text).filter(word => !isStopWord(word) && !metaWords.has(stem(word))).length
}

function addTerms(rules: Map<string, Map<string, number>>, label: string, text: string, sign: number): void {
  const own = new Set(nameWords(label).map(stem))
  const found = rules.get(label) ?? new Map<string, number>()
  rules.set(label, found)
  for (const word of words(text)) {
    const stemmed = stem(word)
    if (isStopWord(word) || metaWords.has(stemmed) || own.has(stemmed)) continue
    found.set(`w:${stemmed}`, sign)
    for (const topic of topicsOf(stemmed)) if (!found.has(`t:${topic}`)) found.set(`t:${topic}`, sign * 0.4)
  }
}

/** A word that several labels' rules use tells less. */
function sharpened(rules: ReadonlyMap<string, ReadonlyMap<string, number>>): Rules {
  const users = new Map<string, number>()
  for (const features of rules.values()) for (const feature of features.keys()) users.set(feature, (users.get(feature) ?? 0) + 1)
  return new Map(
    [...rules].map(([label, features]) => [
      label,
      new Map([...features].map(([feature, weight]) => [feature, weight / (users.get(feature) ?? 1) ** 1.5])),
    ]),
  )
}

/** Words of the language in which rules are written, not of the texts they speak of. */
const metaWords = new Set(
  words(
    `use choose pick select answer label assign say return reply output mark classify tag write put set category class type kind option following
     when whenever if else otherwise mention mentions mentioned contain contains talk about regarding related concern concerns include includes
     including text ticket message review report sentence input customer user writer person words word phrase such example case cases e g something
     anything everything given given based read carefully exactly either whether means mean covers cover thing things`,
  ).map(stem),
)

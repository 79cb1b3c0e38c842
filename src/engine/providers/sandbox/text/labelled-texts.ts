import { topicsOf, topicWeight, wordsOf } from './lexicon'
import { isStopWord, stem, words } from './words'

/** A text with the answer that is known or said to be right for it. */
export interface LabelledText {
  readonly text: string
  readonly label: string
}

/**
 * Finds (text, label) pairs in prose that shows examples: `Key: value` lines, `# heading` sections, `[[ ## key ## ]]` blocks,
 * JSON and Python objects. A key with few short values that come back is the label; the longest other value is the text.
 * Where feedback names the right answer, that counts, not what was generated.
 */
export function pairsIn(evidence: string): readonly LabelledText[] {
  const entries = entriesOf(evidence)
  const byKey = new Map<string, string[]>()
  for (const { key, value } of entries) byKey.set(key, [...(byKey.get(key) ?? []), value])
  const labelKeys = [...byKey].filter(([key, values]) => !isThinkingKey(key) && isLabelKey(values)).map(([key]) => key)
  const labelKey = labelKeys.sort((a, b) => (byKey.get(b)?.length ?? 0) - (byKey.get(a)?.length ?? 0))[0]
  const textKey = [...byKey]
    .filter(([key, values]) => !isThinkingKey(key) && key !== labelKey && meanWords(values) >= 3)
    .sort((a, b) => b[1].length - a[1].length || meanWords(b[1]) - meanWords(a[1]))[0]?.[0]
  if (textKey === undefined) return []
  const pairs: LabelledText[] = []
  let text: string | undefined
  let generated: string | undefined
  let corrected: string | undefined
  const close = (): void => {
    const label = corrected ?? generated
    if (text !== undefined && label !== undefined) pairs.push({ text, label })
    generated = undefined
    corrected = undefined
  }
  for (const { key, value } of entries) {
    if (key === textKey) {
      close()
      text = value
    } else if (key === labelKey) generated = value
    else corrected = correction.exec(value)?.[1] ?? corrected
  }
  close()
  return agreed(pairs)
}

/** A text that was answered in several ways keeps the label given most often, the last of equals: what was corrected comes later. */
function agreed(pairs: readonly LabelledText[]): readonly LabelledText[] {
  const byText = new Map<string, string[]>()
  for (const { text, label } of pairs) byText.set(text, [...(byText.get(text) ?? []), label])
  const count = (labels: readonly string[], label: string): number => labels.filter(one => one === label).length
  return [...byText].map(([text, labels]) => ({
    text,
    label: labels.reduce((top, label) => (count(labels, label) >= count(labels, top) ? label : top)),
  }))
}

const correction =
  /(?:expected|correct (?:answer|label|category|output|value|class)?(?: is| was|:)?|should (?:be|have been)|right answer(?: is| was|:)?)\s*:?\s*["'`]?([\p{L}\p{N}][\p{L}\p{N}_-]*)/iu

/** Words that come much more often with one label than with the others, strongest first; with one label alone, those of its topic. */
export function characteristicWords(pairs: readonly LabelledText[], count: number): ReadonlyMap<string, readonly string[]> {
  const byLabel = new Map<string, LabelledText[]>()
  for (const pair of pairs) byLabel.set(pair.label, [...(byLabel.get(pair.label) ?? []), pair])
  const result = new Map<string, readonly string[]>()
  const [only] = byLabel
  if (only === undefined) return result
  if (byLabel.size === 1) return result.set(only[0], topicWords(only[1]))
  const overall = new Map<string, number>()
  for (const { text } of pairs) for (const one of stemsOf(text).keys()) overall.set(one, (overall.get(one) ?? 0) + 1)
  for (const [label, own] of byLabel) {
    const counts = new Map<string, { count: number; shown: string }>()
    for (const { text } of own)
      for (const [stemmed, shown] of stemsOf(text)) counts.set(stemmed, { count: (counts.get(stemmed)?.count ?? 0) + 1, shown })
    const scored = [...counts].map(([stemmed, { count: inside, shown }]) => {
      const outside = (overall.get(stemmed) ?? 0) - inside
      return {
        shown,
        // A word with a known meaning carries further than one that only these texts use.
        score:
          (topicsOf(stemmed).some(topic => topicWeight(topic) === 1) ? 1.5 : 1) *
          Math.sqrt(inside) *
          Math.log((inside + 0.3) / (own.length + 0.6) / ((outside + 0.3) / (pairs.length - own.length + 0.6))),
      }
    })
    result.set(
      label,
      scored
        .filter(one => one.score > 0.4)
        .sort((a, b) => b.score - a.score)
        .slice(0, count)
        .map(one => one.shown),
    )
  }
  return result
}

/**
 * With nothing to compare with, a text stands for the topic that most of its words belong to, the narrower of equals: its own words of
 * that topic come first, then others, so that the rule holds for more than this text.
 */
function topicWords(pairs: readonly LabelledText[]): readonly string[] {
  const byTopic = new Map<string, Set<string>>()
  for (const { text } of pairs) {
    for (const [stemmed, shown] of stemsOf(text)) {
      for (const topic of topicsOf(stemmed)) {
        if (topicWeight(topic) === 1) byTopic.set(topic, (byTopic.get(topic) ?? new Set<string>()).add(shown))
      }
    }
  }
  const [main] = [...byTopic].sort((a, b) => b[1].size - a[1].size || wordsOf(a[0]).length - wordsOf(b[0]).length)
  return main === undefined ? [] : [...new Set([...main[1], ...wordsOf(main[0]).slice(0, 10)])]
}

function stemsOf(text: string): Map<string, string> {
  const stems = new Map<string, string>()
  for (const word of words(text)) if (!isStopWord(word) && word.length > 2 && !/^\d/.test(word)) stems.set(stem(word), word)
  return stems
}

interface Entry {
  readonly key: string
  readonly value: string
}

function entriesOf(text: string): Entry[] {
  const entries: Entry[] = []
  const objects = [...text.matchAll(/['"](\w+)['"]\s*[:=]\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/g)]
  if (objects.length >= 4)
    return objects.map(match => ({ key: (match[1] ?? '').toLowerCase(), value: unescaped(match[2] ?? match[3] ?? '') }))
  let key = ''
  let lines: string[] = []
  const close = (): void => {
    const value = lines.join('\n').trim()
    if (key !== '' && value !== '') entries.push({ key, value })
    lines = []
  }
  for (const line of text.split('\n')) {
    const header =
      /^\s*\[\[ ## (\w+) ## \]\]\s*(.*)$/.exec(line) ??
      /^\s*#{1,6}\s*([\w ]{2,40}?)\s*:?\s*()$/.exec(line) ??
      /^\s*(?:[-*]\s*|\[\d+\]\s*«?\s*)?\**([A-Za-z_][\w ]{0,30}?)\**\s*[:=]\**\s*(.*)$/.exec(line)
    if (header === null || words(header[1] ?? '').length > 4) {
      lines.push(line)
      continue
    }
    close()
    key = (header[1] ?? '').trim().toLowerCase()
    lines = [header[2] ?? '']
  }
  close()
  return entries
}

function unescaped(text: string): string {
  return text.replace(/\\n/g, '\n').replace(/\\(['"\\])/g, '$1')
}

function isLabelKey(values: readonly string[]): boolean {
  const distinct = new Set(values)
  return (
    values.length >= 3 &&
    distinct.size >= 2 &&
    values.every(value => words(value).length <= 4 && value.length <= 40 && !/^[-$]?\d/.test(value)) &&
    distinct.size <= Math.max(2, values.length * 0.7)
  )
}

function isThinkingKey(key: string): boolean {
  return /reason|rationale|thought|feedback|score|instruction|tip|prefix/i.test(key)
}

function meanWords(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + words(value).length, 0) / Math.max(1, values.length)
}

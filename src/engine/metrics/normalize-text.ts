import { isJsonObject, type Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'

/**
 * DSPy's `normalize_text`: NFD, lower case, ASCII punctuation and the words a, an, the deleted, white space collapsed.
 * Accents stay, as combining marks.
 */
export function normalizeText(text: string): string {
  const bare = text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
  return bare.replace(articles, ' ').replace(/\s+/g, ' ').trim()
}

/** Word borders as Python's `\b` sees them: letters of every script count, which JavaScript's `\b` does not know. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu

export function tokensOf(text: string): readonly string[] {
  const normal = normalizeText(text)
  return normal === '' ? [] : normal.split(' ')
}

/** A value as the text that a metric compares. */
export function comparableText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  return Array.isArray(value) || isJsonObject(value) ? pythonJson(value) : pythonStr(value)
}

/** The right answers of a label: one, or each of a list. */
export function answersOf(label: Json | undefined): readonly Json[] {
  return Array.isArray(label) ? label : [label ?? null]
}

import { allWords, distinctWords, isArticle } from './distinct-text'

/** Whether a text has these words, one after the other, under the careful rule. A wanted article is looked for in its own letters. */
export function containsWords(text: string, wanted: string, wholeWords: boolean): boolean {
  const words = distinctWords(wanted)
  if (words.length === 0) return false
  const isOnlyArticles = words.every(word => isArticle(word, 'word'))
  if (isOnlyArticles) return hasName(text, wanted.trim(), words)
  if (!wholeWords) return distinctWords(text).join(' ').includes(words.join(' ')) || allWords(text).join(' ').includes(words.join(' '))
  return hasRun(distinctWords(text), words) || hasRun(allWords(text), words)
}

/** "A" is found in "It is A because" and in "(A)", but not in "A cat" or "It is a cat". */
function hasName(text: string, wanted: string, words: readonly string[]): boolean {
  if (distinctWords(text).join(' ') === words.join(' ') || hasRun(distinctWords(text), words)) return true
  const pieces = text.split(/\s+/).filter(piece => piece !== '')
  return pieces.some(
    (piece, index) =>
      index > 0 && !/[.!?]$/.test(pieces[index - 1] ?? '') && piece.replace(/[^\p{L}]/gu, '') === wanted && wanted !== wanted.toLowerCase(),
  )
}

/** One run of words in another; a currency in front of a number or a percent sign behind it may be left out of what is wanted. */
function hasRun(words: readonly string[], wanted: readonly string[]): boolean {
  return hasRunOf(words, wanted) || hasRunOf(words.map(withoutUnit), wanted)
}

function hasRunOf(words: readonly string[], wanted: readonly string[]): boolean {
  return ` ${words.join(' ')} `.includes(` ${wanted.join(' ')} `)
}

function withoutUnit(word: string): string {
  return word.replace(/^\p{Sc}(?=\d)/u, '').replace(/(?<=\d)%$/, '')
}

/**
 * The first `most` UTF-16 units of a text, or a few less: it is cut between characters, so that no half of an emoji, no letter without its
 * accent and no half of a flag is left.
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  let end = Math.max(0, most)
  for (let steps = 0; steps < longestCharacter && end > 0 && isInside(text, end); steps += 1) end -= 1
  // Longer than any character: at least no surrogate pair is parted.
  if (isInside(text, end)) end = isPair(text, most) ? most - 1 : most
  return text.slice(0, Math.max(0, end))
}

/** A text whose characters are all whole: what is left of a broken one becomes U+FFFD, as a strict server would refuse it. */
export function wellFormed<T>(value: T): T
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => wellFormed<unknown>(item))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed<unknown>(item)]))
}

/** Of a family of emojis with skin tones. */
const longestCharacter = 40
const joiner = 0x200d

/** Whether the place before this unit is in the middle of a character. */
function isInside(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false
  if (isPair(text, at)) return true
  const next = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (/^(?:\p{M}|\p{Emoji_Modifier}|\p{Join_Control}|[\u{e0020}-\u{e007f}])$/u.test(next)) return true
  if (text.charCodeAt(at - 1) === joiner || (text[at - 1] === '\r' && text[at] === '\n')) return true
  return isFlag(text, at) && flagsBefore(text, at) % 2 === 1
}

function isPair(text: string, at: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000
}

/** Two regional indicators are one flag. */
function isFlag(text: string, at: number): boolean {
  const code = text.codePointAt(at) ?? 0
  return code >= 0x1f1e6 && code <= 0x1f1ff
}

function flagsBefore(text: string, at: number): number {
  let count = 0
  while (count < longestCharacter && isFlag(text, at - 2 * (count + 1))) count += 1
  return count
}

/**
 * What may not stand in a name: what breaks a line (also where JavaScript and Python see a break and an eye does not), what no eye sees, what
 * turns the direction of the text around it, and halves of characters.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/u

/** Whether a text is one line of characters that can be seen. */
export function isOneLine(text: string): boolean {
  return !unseen.test(text)
}

/** The text as one line: breaks become spaces, and what cannot be seen goes. */
export function asLine(text: string): string {
  if (isOneLine(text)) return text
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(new RegExp(unseen, 'gu'), '')
    .replace(/ {2,}/g, ' ')
    .trim()
}

import { cutText } from '@/lib/cut-text'

/**
 * What the user's code threw, as text and without words of ours: an agent reads it in its next prompt, and must read the same whether
 * the code ran in QuickJS (`prelude.ts` writes the same text there) or plainly, in an exported folder. A value that is no error is itself
 * when it is text, else its JSON. Anything can be thrown, also what throws when it is looked at.
 */
export function thrownText(thrown: unknown): string {
  if (typeof thrown === 'string') return cutThrown(thrown)
  const message = textIn(thrown, 'message')
  const name = textIn(thrown, 'name') ?? 'Error'
  if (message !== undefined) return cutThrown(`${name}: ${message}`)
  return cutThrown(attempt(() => (thrown instanceof Error ? name : undefined)) ?? plainText(thrown))
}

/** Of a longer text this much is kept: the rest tells nobody more, and an agent would be asked with it. */
export const longestThrown = 4000

function cutThrown(text: string): string {
  return text.length <= longestThrown ? text : `${cutText(text, longestThrown)}…`
}

function textIn(value: unknown, key: 'name' | 'message'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = attempt(() => Reflect.get(value, key))
  return typeof found === 'string' ? found : undefined
}

function plainText(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return attempt(() => JSON.stringify(value)) ?? attempt(() => String(value)) ?? 'a value that cannot be read'
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

import type { Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import { withFileWords } from '../blobs/blob-ref'

/** A value as text, by the rules of the chat adapter: lists and objects as JSON, files by what they are. Null stays null. */
export function valueText(value: Json): string | null {
  const shown = withFileWords(value)
  if (typeof shown === 'string' || shown === null) return shown
  return typeof shown === 'object' ? pythonJson(shown) : pythonStr(shown)
}

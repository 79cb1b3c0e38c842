import { parseJson, type Json } from '@/lib/json'

/** What a command printed as one JSON value a line. */
export function jsonLines(text: string): readonly Json[] {
  return text
    .trim()
    .split('\n')
    .map(line => {
      const parsed = parseJson(line)
      if (!parsed.ok) throw new Error(`${line}: ${parsed.reason}`)
      return parsed.value
    })
}

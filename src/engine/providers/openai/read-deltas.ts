import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import type { LmDelta } from '../../lm/lm'
import { cleanPieces } from '../../lm/keys/mask-pieces'
import type { Masker } from '../../lm/keys/mask'
import { thoughtFields } from './event-stream'
import { contentOf, thoughtsApart } from './read-content'

/**
 * Reads a stream of events while it comes and tells of the words in it, without keys. It is for showing only: the answer is read from the whole
 * body, and what this does not understand comes with it. Takes time in proportion to the body.
 */
export function deltaReader(tell: (delta: LmDelta) => void, masker: () => Masker): { push(text: string): void; end(): void } {
  const clean = { text: cleanPieces(masker), reasoning: cleanPieces(masker) }
  let line: string[] = []
  tell({ type: 'begin' })

  function say(type: 'text' | 'reasoning', text: string): void {
    if (text !== '') tell({ type, text })
  }

  function readLine(text: string): void {
    const data = text.startsWith('data:') ? text.slice(5).trim() : text
    const event = data.startsWith('{') ? parseJson(data) : undefined
    const delta = event?.ok ? deltaIn(event.value) : undefined
    if (delta === undefined) return
    const { thoughts, text: words } = contentOf(delta['content'])
    say('reasoning', clean.reasoning.push(thoughtIn(delta) + thoughts.join('')))
    if (words === '') return
    // The thoughts before it are over.
    say('reasoning', clean.reasoning.end())
    say('text', clean.text.push(words))
  }

  return {
    push(text) {
      const lines = text.split('\n')
      const last = lines.pop() ?? ''
      for (const end of lines) {
        readLine([...line, end].join(''))
        line = []
      }
      if (last !== '') line.push(last)
    },
    end() {
      readLine(line.join(''))
      say('reasoning', clean.reasoning.end())
      say('text', clean.text.end())
    },
  }
}

/** What the first choice gained. */
function deltaIn(event: Json): JsonObject | undefined {
  const choices = isJsonObject(event) ? event['choices'] : undefined
  const choice = Array.isArray(choices) ? choices.find(one => isJsonObject(one) && (one['index'] ?? 0) === 0) : undefined
  return isJsonObject(choice) && isJsonObject(choice['delta']) ? choice['delta'] : undefined
}

/** Also white space, which stands between the words of thoughts. */
function thoughtIn(delta: JsonObject): string {
  for (const field of thoughtFields) {
    const value = delta[field]
    if (typeof value === 'string' && value !== '') return value
  }
  return thoughtsApart(delta).join('')
}

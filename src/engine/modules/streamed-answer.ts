import { fieldReader } from '../adapters/stream/registry'
import type { FieldText } from '../adapters/stream/field-reader'
import type { Values } from '../base/example'
import type { LmDelta } from '../lm/lm'
import { thoughtReader } from '../lm/thoughts-in-pieces'
import type { AdapterId } from '../program/adapter-id'
import type { Signature } from '../signature/signature'
import type { StreamEvent } from './stream-event'

/** Somebody watches outputs come. */
export interface Watcher {
  /** Which outputs of the predictor are told. */
  readonly fields: ReadonlySet<string>
  tell(event: StreamEvent): void
}

export interface StreamedAnswer {
  onDelta(delta: LmDelta): void
  /** The values as they were read from the whole answer: outputs that were told otherwise are told again. */
  finish(values: Values): void
  /** The request was given up. */
  cut(): void
  /** Letters that came, of any kind. */
  readonly letters: number
}

/** Reads one answer for whoever watches. An answer that comes whole, as from the cache, is told in no events. */
export function streamedAnswer(adapter: AdapterId, signature: Signature, { fields, tell }: Watcher): StreamedAnswer {
  let reader = fieldReader(adapter, signature)
  let thoughts = thoughtReader()
  let told = new Map<string, string>()
  let letters = 0

  function tellFields(texts: readonly FieldText[]): void {
    for (const { field, text, isLast } of texts) {
      if (!fields.has(field)) continue
      told.set(field, (told.get(field) ?? '') + text)
      tell({ type: 'field', field, text, isLast })
    }
  }

  function hear(parts: readonly { readonly type: 'text' | 'reasoning'; readonly text: string }[]): void {
    for (const { type, text } of parts) {
      if (type === 'reasoning') tell({ type, text })
      else tellFields(reader?.push(text) ?? [])
    }
  }

  return {
    get letters() {
      return letters
    },
    onDelta(delta) {
      if (delta.type === 'begin') {
        reader = fieldReader(adapter, signature)
        thoughts = thoughtReader()
        told = new Map()
        letters = 0
        return tell(delta)
      }
      letters += delta.text.length
      hear(delta.type === 'reasoning' ? [delta] : thoughts.push(delta.text))
    },
    finish(values) {
      if (letters === 0) return
      hear(thoughts.end())
      tellFields(reader?.end() ?? [])
      for (const field of fields) {
        const value = values[field]
        if (typeof value === 'string' && (told.get(field) ?? '') !== value) tell({ type: 'replace', field, text: value })
      }
    },
    cut() {
      if (letters > 0) tell({ type: 'cut' })
    },
  }
}

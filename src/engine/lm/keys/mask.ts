import { parseJson } from '@/lib/json'
import { EngineError, isEngineError } from '../../base/errors'
import { layersOf } from './decodings'
import { endOfShape, headsOf, shapesOf } from './key-shapes'

/** Takes keys out of whatever is shown, stored or sent on. What holds none comes back as it is. */
export interface Masker {
  text(text: string): string
  /** Every text in a plain value, names of properties too. */
  value<T>(value: T): T
  /** A body as it came over the wire: JSON stays JSON, also where the digits of a key are those of some number. */
  body(text: string): string
  error(error: unknown): unknown
}

export const keyMark = '[key removed]'
/** Of errors behind errors; one that goes further is written anew. */
const deepestCause = 10

/**
 * A masker for some keys, in all their shapes (see `shapesOf`) and however these are escaped (see `layersOf`). Takes time in proportion to the
 * text. Where keys overlap, all of them are taken out.
 */
export function createMasker(keys: readonly string[]): Masker {
  const shapes = keys.flatMap(shapesOf)
  const inTurn = keys.some(key => /[%&]/.test(key))
  const heads = shapes.length === 0 ? undefined : headsOf(shapes)

  function text(from: string): string {
    if (!heads) return from
    const spans: Span[] = []
    for (const layer of layersOf(from, { inTurn })) {
      heads.lastIndex = 0
      for (let hit = heads.exec(layer.text); hit; hit = heads.exec(layer.text)) {
        const at = hit.index
        const end = Math.max(...shapes.map(shape => endOfShape(shape, layer.text, at)))
        if (end > at) spans.push(layer.source(at, end))
        // Another key may begin within this one.
        heads.lastIndex = at + 1
      }
    }
    return spans.length === 0 ? from : withoutSpans(from, spans)
  }

  function masked(value: unknown): unknown {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      let changed: unknown[] | undefined
      value.forEach((item, at) => {
        const clean = masked(item)
        if (clean !== item) (changed ??= [...value])[at] = clean
      })
      return changed ?? value
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return value
    let isChanged = false
    const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
      const clean: [string, unknown] = [text(name), masked(item)]
      isChanged ||= clean[0] !== name || clean[1] !== item
      return clean
    })
    return isChanged ? Object.fromEntries(entries) : value
  }

  function isClean(error: unknown, depth = 0): boolean {
    if (!(error instanceof Error)) return value(error) === error
    const { message, stack = '', cause } = error
    if (text(message) !== message || text(stack) !== stack) return false
    if (isEngineError(error) && value(error.facts) !== error.facts) return false
    return cause === undefined || (depth < deepestCause && isClean(cause, depth + 1))
  }

  /** The type stays: only the characters of texts change. */
  const value = <T>(from: T): T => (heads ? (masked(from) as T) : from)

  return {
    text,
    value,
    body(from) {
      const clean = text(from)
      if (clean === from) return from
      const parsed = parseJson(from)
      return parsed.ok ? JSON.stringify(value(parsed.value)) : clean
    },
    error(error) {
      if (!heads) return error
      if (!(error instanceof Error)) return value(error)
      if (isClean(error)) return error
      // Neither its stack nor its cause goes along: both may quote what was taken out.
      return isEngineError(error) ? new EngineError(error.code, text(error.message), value(error.facts)) : new Error(text(error.message))
    },
  }
}

type Span = readonly [start: number, end: number]

function withoutSpans(text: string, spans: readonly Span[]): string {
  let clean = ''
  let done = 0
  let open: Span | undefined
  const close = (): void => {
    if (!open) return
    clean += text.slice(done, open[0]) + keyMark
    done = open[1]
  }
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (open && start < open[1]) open = [open[0], Math.max(open[1], end)]
    else {
      close()
      open = [start, end]
    }
  }
  close()
  return clean + text.slice(done)
}

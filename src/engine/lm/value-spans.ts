/** From where to where: the end is not part of it. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

/**
 * Where a text, from `from` on, says by its punctuation that a value stands there: JSON objects, fenced text, and XML elements it starts with.
 * In order of their starts; they may overlap. One pass over the text for each of the three.
 */
export function valueSpans(text: string, from: number): readonly TextSpan[] {
  return [...jsonSpans(text, from), ...fenceSpans(text, from), ...elementSpans(text, from)].toSorted((a, b) => a.start - b.start)
}

/** Objects that begin with a quoted name. One that is never closed counts only where the text starts with it, as a cut answer does. */
function jsonSpans(text: string, from: number): readonly TextSpan[] {
  const spans: TextSpan[] = []
  const opening = /\{\s*"/g
  opening.lastIndex = from
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const start = match.index
    const end = endOfObject(text, start)
    if (end === undefined) {
      if (isStart(text, from, start)) spans.push({ start, end: text.length })
      break
    }
    spans.push({ start, end })
    opening.lastIndex = end
  }
  return spans
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0
  let isInString = false
  for (let index = start; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (isInString && unit === backslash) index++
    else if (unit === quote) isInString = !isInString
    else if (!isInString && unit === openBrace) depth++
    else if (!isInString && unit === closeBrace && --depth === 0) return index + 1
  }
  return undefined
}

const [backslash, quote, openBrace, closeBrace] = [92, 34, 123, 125]

function fenceSpans(text: string, from: number): readonly TextSpan[] {
  const spans: TextSpan[] = []
  const fence = /^[ \t]*```/gm
  fence.lastIndex = from
  let start: number | undefined
  for (let match = fence.exec(text); match; match = fence.exec(text)) {
    if (start === undefined) start = match.index
    else {
      spans.push({ start, end: fence.lastIndex })
      start = undefined
    }
  }
  if (start !== undefined && isStart(text, from, start)) spans.push({ start, end: text.length })
  return spans
}

function elementSpans(text: string, from: number): readonly TextSpan[] {
  const spans: TextSpan[] = []
  const opening = /\s*<([\p{L}_][\p{L}\p{N}_]*)>/uy
  opening.lastIndex = from
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const close = `</${match[1]}>`
    const found = text.indexOf(close, opening.lastIndex)
    if (found < 0) break
    spans.push({ start: match.index, end: found + close.length })
    opening.lastIndex = found + close.length
  }
  return spans
}

function isStart(text: string, from: number, at: number): boolean {
  return /^\s*(?:```\w*\s*)?$/.test(text.slice(from, at))
}

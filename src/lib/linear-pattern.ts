/**
 * Regular expressions for patterns that somebody else wrote, tried on texts that somebody else wrote: the time grows with the length of the
 * text and no faster, whatever the pattern, since all ways through it are followed at once instead of one after the other.
 *
 * Read as pydantic's engine reads them: a match anywhere in the text, `$` only at its very end, `\d` and `\w` of all scripts, no lookaround
 * and no back references. Differs: of inline flags only `(?i)` in front is read, and a class may hold no other.
 */
export type LinearPattern = { readonly ok: true; readonly pattern: Matcher } | { readonly ok: false; readonly reason: string }

export interface Matcher {
  /** Whether a part of the text matches. `too-long` where the answer would take too much work. */
  isIn(text: string): boolean | 'too-long'
}

export function linearPattern(source: string): LinearPattern {
  if (source.length > longestPattern) return { ok: false, reason: `it is longer than ${longestPattern} characters.` }
  try {
    const { steps, end } = compiled(source)
    return { ok: true, pattern: { isIn: text => isIn(steps, end, text) } }
  } catch (error) {
    if (error instanceof PatternFault) return { ok: false, reason: error.message }
    throw error
  }
}

const longestPattern = 2000
/** Room for any pattern of a person; `{1000}` of something takes as many. */
const mostSteps = 3000
/** Steps times characters: some tenths of a second. */
const mostWork = 20_000_000
const deepest = 50

class PatternFault extends Error {}

/** One step of a pattern: a character of a set, a condition on the place, or a way to further steps without a character. */
type Step =
  | { readonly kind: 'take'; readonly takes: (character: string) => boolean; next: number }
  | { readonly kind: 'at'; readonly holds: (before: string, after: string) => boolean; next: number }
  | { readonly kind: 'ways'; readonly next: number[] }

/** Part of a pattern, put among the steps so that it goes on at `next`; returns where it begins. Built from the back. */
type Part = (next: number) => number

function compiled(source: string): { readonly steps: readonly Step[]; readonly end: number } {
  const steps: Step[] = []
  const add = (step: Step): number => {
    if (steps.length >= mostSteps) throw new PatternFault('it repeats too much.')
    return steps.push(step) - 1
  }
  const flags = source.startsWith('(?i)') ? 'iu' : 'u'
  let at = flags === 'iu' ? 4 : 0
  let depth = 0
  // Empty groups add no steps, however often they are repeated.
  let repetitions = 0
  const once = (part: Part, next: number): number => {
    if (++repetitions > mostSteps) throw new PatternFault('it repeats too much.')
    return part(next)
  }

  const take = (set: string): Part => {
    let single: RegExp
    try {
      single = new RegExp(`^(?:${set})$`, `s${flags}`)
    } catch {
      throw new PatternFault(`\`${set}\` cannot be read.`)
    }
    return next => add({ kind: 'take', takes: character => single.test(character), next })
  }
  const place = (holds: (before: string, after: string) => boolean): Part => {
    return next => add({ kind: 'at', holds, next })
  }
  const either = (parts: readonly Part[]): Part =>
    parts.length === 1 && parts[0] ? parts[0] : next => add({ kind: 'ways', next: parts.map(part => part(next)) })
  const sequence =
    (parts: readonly Part[]): Part =>
    next =>
      parts.reduceRight((following, part) => part(following), next)
  const repeated = (part: Part, least: number, most: number): Part => {
    const tail: Part =
      most === Infinity
        ? next => {
            const ways: number[] = [next]
            const loop = add({ kind: 'ways', next: ways })
            ways.push(once(part, loop))
            return loop
          }
        : next => {
            let begin = next
            for (let count = least; count < most; count += 1) begin = add({ kind: 'ways', next: [next, once(part, begin)] })
            return begin
          }
    return next => {
      let begin = tail(next)
      for (let count = 0; count < least; count += 1) begin = once(part, begin)
      return begin
    }
  }

  function alternatives(): Part {
    if (++depth > deepest) throw new PatternFault('its groups are nested too deep.')
    const all: Part[] = []
    for (;;) {
      all.push(sequence(pieces()))
      if (source[at] !== '|') break
      at += 1
    }
    depth -= 1
    return either(all)
  }

  function pieces(): Part[] {
    const parts: Part[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(quantified(piece()))
    return parts
  }

  function quantified(part: Part): Part {
    let whole = part
    for (;;) {
      const [least, most] = quantifier()
      if (least === undefined || most === undefined) return whole
      // A lazy one finds another match, but finds one all the same.
      if (source[at] === '?') at += 1
      whole = repeated(whole, least, most)
    }
  }

  function quantifier(): readonly [number, number] | readonly [undefined, undefined] {
    const sign = source[at]
    if (sign === '*' || sign === '+' || sign === '?') {
      at += 1
      return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity]
    }
    if (sign !== '{') return [undefined, undefined]
    const close = source.indexOf('}', at)
    const counts = close < 0 ? null : /^(\d{1,4})(,(\d{0,4}))?$/.exec(source.slice(at + 1, close))
    if (!counts) throw new PatternFault('a `{` stands for itself only as `\\{`.')
    at = close + 1
    const least = Number(counts[1])
    const most = counts[2] === undefined ? least : counts[3] === '' ? Infinity : Number(counts[3])
    if (most < least) throw new PatternFault(`\`{${counts[0]}}\` counts down.`)
    return [least, most]
  }

  function piece(): Part {
    const sign = source.slice(at, at + 1)
    if (sign === '(') return group()
    if (sign === '[') return take(characterClass())
    if ('*+?{'.includes(sign)) throw new PatternFault(`nothing stands before \`${sign}\` that it could repeat.`)
    if (sign === '\\') return escape()
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
    at += character.length
    if (sign === '.') return take('[^\\n]')
    if (sign === '^') return place(before => before === '')
    if (sign === '$') return place((_, after) => after === '')
    return take(character === '}' || character === ']' || character === '/' ? `\\${character}` : character)
  }

  function group(): Part {
    const opening = /^\((?:\?:|\?P?<[A-Za-z_]\w*>|(?!\?))/.exec(source.slice(at, at + 100))
    if (!opening)
      throw new PatternFault('only `(…)` and `(?:…)` are read of what begins with `(`: no lookaround, and `(?i)` only in front.')
    at += opening[0].length
    const inner = alternatives()
    if (source[at] !== ')') throw new PatternFault('a `)` is missing.')
    at += 1
    return inner
  }

  function escape(): Part {
    const letter = source.slice(at + 1, at + 2)
    if (letter === 'b' || letter === 'B') {
      at += 2
      return place((before, after) => (isWord(before) !== isWord(after)) === (letter === 'b'))
    }
    if (letter === 'A' || letter === 'z') {
      at += 2
      return letter === 'A' ? place(before => before === '') : place((_, after) => after === '')
    }
    return take(escapedSet(false))
  }

  /** What a backslash stands for, as JavaScript writes it. */
  function escapedSet(isInClass: boolean): string {
    const escaped = /^\\(?:([dDwWsS])|([pP]\{[\w=]{1,60}\}|x[0-9A-Fa-f]{2}|[nrtfv])|([^\p{L}\p{N}]))/u.exec(source.slice(at, at + 70))
    if (!escaped)
      throw new PatternFault(`\`${source.slice(at, at + 2)}\` cannot be read: no back references, and no escapes but the usual ones.`)
    at += escaped[0].length
    const [whole, set, plain, sign = ''] = escaped
    if (set !== undefined) return setOf(set, isInClass)
    if (plain !== undefined) return whole
    return '^$\\.*+?()[]{}|/-'.includes(sign) && (isInClass || sign !== '-') ? `\\${sign}` : sign
  }

  function characterClass(): string {
    let text = '['
    at += 1
    if (source[at] === '^') {
      text += '^'
      at += 1
    }
    for (let isFirst = true; isFirst || source[at] !== ']'; isFirst = false) {
      if (at >= source.length) throw new PatternFault('a `]` is missing.')
      if (source[at] === '\\') {
        text += escapedSet(true)
        continue
      }
      if (source[at] === '[' || source.startsWith('&&', at)) throw new PatternFault('a class holds no other: write `\\[` for the bracket.')
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
      const isEdge = isFirst || source[at + 1] === ']'
      text += character === ']' || (character === '-' && isEdge) ? `\\${character}` : character
      at += character.length
    }
    at += 1
    return `${text}]`
  }

  const end = add({ kind: 'ways', next: [] })
  const whole = alternatives()
  if (at < source.length) throw new PatternFault('a `(` is missing.')
  const begin = whole(end)
  // A match may begin anywhere: the first step is the last one put in.
  add({ kind: 'ways', next: [begin] })
  return { steps, end }
}

/** Digits and letters of all scripts, as Rust has them. */
function setOf(letter: string, isInClass: boolean): string {
  if (letter === 's' || letter === 'S') return `\\${letter}`
  if (letter === 'd' || letter === 'D') return letter === 'd' ? '\\p{Nd}' : '\\P{Nd}'
  if (letter === 'w') return isInClass ? word : `[${word}]`
  if (isInClass) throw new PatternFault('`\\W` within a class cannot be read.')
  return `[^${word}]`
}

const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}'
const wordCharacter = new RegExp(`^[${word}]$`, 'u')

function isWord(character: string): boolean {
  return character !== '' && wordCharacter.test(character)
}

function isIn(steps: readonly Step[], end: number, text: string): boolean | 'too-long' {
  if (steps.length * text.length > mostWork) return 'too-long'
  const begin = steps.length - 1
  let open: number[] = []
  /** At which place a step was last opened, so that it is opened once for each. */
  const openedAt = new Int32Array(steps.length).fill(-1)
  let before = ''
  for (let at = 0; ;) {
    const after = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''
    const taking: number[] = []
    const waiting = [...open, begin]
    while (waiting.length > 0) {
      const index = waiting.pop() ?? 0
      if (openedAt[index] === at) continue
      openedAt[index] = at
      if (index === end) return true
      const step = steps[index]
      if (step?.kind === 'ways') waiting.push(...step.next)
      else if (step?.kind === 'take') taking.push(index)
      else if (step?.holds(before, after)) waiting.push(step.next)
    }
    if (after === '') return false
    open = []
    for (const index of taking) {
      const step = steps[index]
      if (step?.kind === 'take' && step.takes(after)) open.push(step.next)
    }
    before = after
    at += after.length
  }
}

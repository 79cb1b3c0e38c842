/** A text as it stands or read in one or several ways, and from where to where something in it stood before. */
export interface Layer {
  readonly text: string
  /** The place in the text that was given of what stands from `start` to `end` here. */
  source(start: number, end: number): readonly [start: number, end: number]
}

/** One way in which characters may be escaped, or several at once: to be read once from left to right. */
interface Decoding {
  /** Whether reading a text this way could bring out a key: what keys do not hold (a line break, a quotation mark) is escaped everywhere. */
  readonly isWorth: RegExp
  /** What the characters begin with that are not as they look. */
  readonly signs: RegExp
}

/**
 * A text, and what it says once its escapes are read as JSON, as an address, as HTML or as wrapped base64, up to five deep: each of them alone, and all
 * of them at once. A key that may itself be taken for an escape needs them `inTurn`, in any order. The time is that of the text.
 */
export function* layersOf(text: string, { inTurn }: { readonly inTurn: boolean }): Generator<Layer> {
  const first: Layer = { text, source: (start, end) => [start, end] }
  yield first
  if (!mayBeEscaped.test(text)) return
  const known = new Map([[text, first]])
  let layers: readonly (readonly [Layer, readonly Decoding[]])[] = [[first, inTurn ? each : [...each, all]]]
  for (let depth = 0; depth < deepest && layers.length > 0; depth += 1) {
    const next: (readonly [Layer, readonly Decoding[]])[] = []
    for (const [layer, wanted] of layers) {
      for (const decoding of wanted) {
        if (known.size >= mostLayers || !decoding.isWorth.test(layer.text)) continue
        const decoded = decode(layer.text, decoding)
        const before = known.get(decoded)
        const below = before ?? layerBelow(layer, decoding, decoded)
        if (!before) {
          known.set(decoded, below)
          yield below
        }
        // Where each is tried in turn, what was reached before in another order leads nowhere else.
        if (decoded !== layer.text && !(before && inTurn)) next.push([below, inTurn ? each : [decoding]])
      }
    }
    layers = next
  }
}

const deepest = 5
/** What is written by hand to be read in more ways than these gives no key away that somebody would find. */
const mostLayers = 64
const base64 = '[A-Za-z0-9+/_-]'
const mayBeEscaped = new RegExp(String.raw`[\\%&]|[\r\n](?<=${base64}{60}[\r\n])`)

const named =
  'amp & lt < gt > plus + sol / equals = excl ! num # dollar $ percnt % lpar ( rpar ) ast * comma , period . colon : semi ; quest ? ' +
  'commat @ lsqb [ lbrack [ rsqb ] rbrack ] hat ^ lowbar _ lcub { lbrace { rcub } rbrace } vert | verbar |'
const words = named.split(' ')
const names: ReadonlyMap<string, string> = new Map(words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? '']] : [])))
const spaces: ReadonlyMap<string, string> = new Map(Object.entries({ n: '\n', r: '\r', t: '\t' }))

const ways: readonly (readonly [signs: string, isWorth: string])[] = [
  ['\\\\', String.raw`(?<!\\)\\+(?:u00[2-7]|u\{|x[2-7]|[^nrtbfv0"'\x60\\ux\s])|\\n(?<=${base64}{60}(?:\\{1,8}r)?\\{1,8}n)`],
  ['%', '%(?:25)*[2-7][0-9a-f]'],
  ['&', `&(?:#x?[0-9a-f]|(?:${[...names.keys()].join('|')});)`],
  ['\\r\\n', String.raw`[\r\n](?<=${base64}{60}[\r\n])`],
]
const decodingOf = (...some: typeof ways): Decoding => ({
  signs: new RegExp(`[${some.map(([signs]) => signs).join('')}]`, 'g'),
  isWorth: new RegExp(some.map(([, isWorth]) => isWorth).join('|'), 'i'),
})
const each = ways.map(way => decodingOf(way))
const all = decodingOf(...ways)

/** From where to where an escape stands, and what it says. */
interface Escape {
  readonly from: number
  readonly to: number
  readonly says: string
}

function decode(text: string, decoding: Decoding): string {
  let decoded = ''
  let done = 0
  for (const { from, to, says } of escapesIn(text, decoding)) {
    decoded += text.slice(done, from) + says
    done = to
  }
  return decoded + text.slice(done)
}

function* escapesIn(text: string, { signs }: Decoding): Generator<Escape> {
  signs.lastIndex = 0
  for (let sign = signs.exec(text); sign; sign = signs.exec(text)) {
    const at = sign.index
    const escape = escapeAt(text, at)
    // Another reader may begin meanwhile, with the same expression.
    signs.lastIndex = escape?.to ?? at + 1
    if (!escape) continue
    yield escape
    signs.lastIndex = escape.to
  }
}

function escapeAt(text: string, from: number): Escape | undefined {
  const sign = text[from]
  if (sign === '%') return coded(text, from, from + 1, from + 3)
  if (sign === '&') return entityAt(text, from)
  if (sign !== '\\') return lineEndAt(text, from)
  const letter = text[from + 1]
  if (letter === undefined) return undefined
  const hex =
    letter === 'x' || letter === 'X'
      ? coded(text, from, from + 2, from + 4)
      : letter === 'u' || letter === 'U'
        ? text[from + 2] === '{'
          ? coded(text, from, from + 3, text.slice(from + 3, from + longestBraced).indexOf('}') + from + 3, 1)
          : coded(text, from, from + 2, from + 6)
        : undefined
  return hex ?? { from, to: from + 2, says: spaces.get(letter) ?? letter }
}

/** The digits of a number, with as many signs behind it as belong to it; undefined where there is another sign among them. */
function coded(text: string, from: number, start: number, end: number, behind = 0): Escape | undefined {
  if (end <= start || end - start > 6 || end > text.length) return undefined
  let code = 0
  for (let at = start; at < end; at += 1) {
    const digit = digitOf(text.charCodeAt(at))
    if (digit < 0) return undefined
    code = 16 * code + digit
  }
  return { from, to: end + behind, says: characterOf(code) }
}

function digitOf(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  const small = unit | 0x20
  return small >= 97 && small <= 102 ? small - 87 : -1
}

function entityAt(text: string, from: number): Escape | undefined {
  const end = text.slice(from, from + longestEntity).indexOf(';') + from
  if (end < from) return undefined
  if (text[from + 1] !== '#') {
    const says = names.get(text.slice(from + 1, end).toLowerCase())
    return says === undefined ? undefined : { from, to: end + 1, says }
  }
  if (text[from + 2] === 'x' || text[from + 2] === 'X') return coded(text, from, from + 3, end, 1)
  const digits = text.slice(from + 2, end)
  return /^\d{1,7}$/.test(digits) ? { from, to: end + 1, says: characterOf(Number(digits)) } : undefined
}
const longestEntity = 10
/** `\\u{10ffff}`: nothing further on can close one, and each sign of a long text may open one. */
const longestBraced = 10

/** A line break in the middle of base64, with the spaces that the next line may begin with. */
function lineEndAt(text: string, from: number): Escape | undefined {
  if (!wrapped.test(text.slice(Math.max(0, from - 60), from))) return undefined
  const [end = ''] = lineEnd.exec(text.slice(from, from + 12)) ?? []
  return end === '' ? undefined : { from, to: from + end.length, says: '' }
}
const wrapped = new RegExp(`^${base64}{60}$`)
const lineEnd = /^(?:\r\n?|\n)[ \t]{0,8}(?=[A-Za-z0-9+/_=-])/

/** Keys are made of plain characters alone: what is none only has to stay none. */
function characterOf(code: number): string {
  return code < 0x80 ? String.fromCharCode(code) : '\ufffd'
}

function layerBelow(layer: Layer, decoding: Decoding, text: string): Layer {
  let pieces: readonly Piece[] | undefined
  const characterAt = (at: number): readonly [number, number] => {
    pieces ??= piecesOf(layer.text, decoding)
    let [low, high] = [0, pieces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pieces[middle]?.at ?? 0) <= at) low = middle + 1
      else high = middle
    }
    const piece = pieces[low - 1]
    if (!piece) return [at, at + 1]
    if (at < piece.end) return [piece.from, piece.to]
    const start = piece.to + at - piece.end
    return [start, start + 1]
  }
  return { text, source: (start, end) => layer.source(characterAt(start)[0], characterAt(end - 1)[1]) }
}

/** An escape: from where to where it stood, and where what it says stands now. */
interface Piece extends Pick<Escape, 'from' | 'to'> {
  readonly at: number
  readonly end: number
}

function piecesOf(text: string, decoding: Decoding): readonly Piece[] {
  const pieces: Piece[] = []
  let shift = 0
  for (const { from, to, says } of escapesIn(text, decoding)) {
    const at = from + shift
    const end = at + says.length
    pieces.push({ from, to, at, end })
    shift = end - to
  }
  return pieces
}

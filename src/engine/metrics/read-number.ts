import type { Json } from '@/lib/json'

/** A number in a text: how much it is, or that it can be read in no one way. */
type Found = { readonly value: number } | 'unclear'

/**
 * The number that a value is, or the last one in its text, as people of many countries write it: `1,250.50`, `1.250,50`, `1 250,50`,
 * `1'250.50`, `12,34,567`, other digits than 0–9, powers of ten, `3 million`, fractions. Undefined without one, and where the last one has no one
 * reading, such as a date, a time or a version: part of it would be another number.
 */
export function readNumber(value: Json): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const found = lastNumber(plainDigits(value))
  return found === undefined || found === 'unclear' || !Number.isFinite(found.value) ? undefined : found.value
}

/** Digits with what may stand inside of a number; a blank only in front of three more digits. */
const span =
  /(?<![\p{L}\p{M}\p{N}_.])(?:[.,]\d|\d)(?:[.,':/]?\d|[\u00a0\u202f\u2009 ](?=\d{3}(?!\d)|\d{1,3}\/\d)|[eE][+-]?\d(?=[\d.,]*(?![\p{L}_])))*/gu
const power = /^ ?[x×*·] ?10(?:\^|\*\*)([-+]?\d{1,4})(?![\d.,]*\d)/u
const named = /^[ -]?(?:thousand|million|billion|trillion)(?![\p{L}\p{N}])/iu
const sizes: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 }
const raised = /^(?:\^|\*\*)([-+]?\d{1,4})(?![\d.,]*\d)/

function lastNumber(text: string): Found | undefined {
  let last: { readonly found: Found; readonly end: number } | undefined
  for (const match of text.matchAll(span)) {
    const end = match.index + match[0].length
    // An exponent of the number before.
    if (last && match.index < last.end) continue
    const rest = text.slice(end, end + 24)
    if (/^[\p{L}_]/u.test(rest) && !power.test(rest)) continue
    const before = text.slice(Math.max(0, match.index - 3), match.index)
    // Of a date, a range or a telephone number each part would be another number.
    const isPart = /\d[-–]$/.test(before) || /^[-–]\d/.test(rest)
    const isNegative = /(?<![\p{L}\p{N}])[-−–]\p{Sc}?$|(?<![\p{L}\p{N}])\p{Sc}[-−–]$/u.test(before)
    const whole = isPart ? undefined : read(match[0])
    const times = power.exec(rest)
    const word = named.exec(rest)?.[0]
    const up = raised.exec(rest)
    const size =
      whole === undefined
        ? undefined
        : times
          ? whole * 10 ** Number(times[1])
          : up
            ? whole ** Number(up[1])
            : whole * (sizes[word?.trim().toLowerCase() ?? ''] ?? 1)
    last = { found: size === undefined ? 'unclear' : { value: isNegative ? -size : size }, end: end + (times ?? up ?? [''])[0].length }
  }
  return last?.found
}

/** What a span of digits and separators is. Undefined where it has no one reading. Digits behind a blank may be a number of their own. */
function read(written: string): number | undefined {
  return readWhole(written) ?? (written.includes(' ') ? readWhole(written.slice(written.lastIndexOf(' ') + 1)) : undefined)
}

function readWhole(written: string): number | undefined {
  const [mantissa = '', exponent] = written.split(/e/i)
  if (exponent !== undefined) {
    const size = readWhole(mantissa)
    return size === undefined ? undefined : size * 10 ** Number(exponent)
  }
  const mixed = /^(?:(\d+) )?(\d+)\/(\d+)$/.exec(written)
  if (mixed) return Number(mixed[3]) === 0 ? undefined : Number(mixed[1] ?? 0) + Number(mixed[2]) / Number(mixed[3])
  if (/^\d+$/.test(written)) return Number(written)
  if (/^(?:\d{1,2},){2,}\d{1,2}$/.test(written)) return Number(written.slice(written.lastIndexOf(',') + 1))
  const marks = [...new Set(written.replace(/\d/g, ''))]
  if (marks.includes(':') || marks.includes('/') || marks.length > 2) return undefined
  const [first = '', decimal] = marks
  if (decimal !== undefined) {
    const at = written.lastIndexOf(decimal)
    const isOnce = written.indexOf(decimal) === at && (decimal === '.' || decimal === ',')
    return isOnce && isGrouped(written.slice(0, at), first) ? fromParts(written.slice(0, at), written.slice(at + 1)) : undefined
  }
  const parts = written.split(first)
  if (first === ',' && isGrouped(written, ',')) return Number(parts.join(''))
  if (parts.length === 2 && (first === '.' || first === ',')) return fromParts(parts[0] ?? '', parts[1] ?? '')
  return isGrouped(written, first) ? Number(parts.join('')) : undefined
}

/** Groups of three, as most write; groups of two before the last three, as in India. No group stands behind a zero. */
function isGrouped(written: string, mark: string): boolean {
  const groups = written.split(mark)
  const [lead = '', ...others] = groups
  if (others.length === 0) return true
  if (!/^[1-9]\d{0,2}$/.test(lead)) return false
  const isByThree = others.every(group => group.length === 3)
  const isByTwo = lead.length <= 2 && others.at(-1)?.length === 3 && others.slice(0, -1).every(group => group.length === 2)
  return isByThree || (mark === ',' && isByTwo)
}

function fromParts(whole: string, fraction: string): number {
  return Number(`${whole.replace(/\D/g, '') || '0'}.${fraction}`)
}

/** Digits of every script, vulgar fractions and raised digits as ASCII writes them. */
function plainDigits(text: string): string {
  if (!/[^\u0020-\u007e]/.test(text)) return text
  return text
    .replace(/[⁰¹²³⁴-⁹]+/g, (digits, at: number) => (/\d/.test(text[at - 1] ?? '') ? `^${digits.normalize('NFKC')}` : digits))
    .replace(/[¼-¾⅐-⅞]/g, fraction => ` ${fraction.normalize('NFKC').replace('⁄', '/')}`)
    .replace(/\p{Nd}/gu, digit => (digit < ':' ? digit : String(digitValue(digit))))
    .replace(/⁄/g, '/')
    .replace(/٫/g, '.')
    .replace(/٬/g, ',')
    .replace(/’/g, "'")
    .replace(/−/g, '-')
}

/** Decimal digits of a script stand in runs of ten that begin with its zero. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  return code - zero
}

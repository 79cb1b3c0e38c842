import type { Rng } from '@/lib/rng'
import { hostileChunks } from './hostile-texts'

/** Beside the pieces that mean something to a reader: what no reader should stumble over. */
const oddUnits = [
  '\0',
  '\ud83d',
  '\udc00',
  '\ufeff',
  '\u200d',
  '👩\u200d👩\u200d👧',
  '🇩🇪🇫🇷',
  '🇩',
  'é',
  'e\u0301\u0301\u0301',
  '\u2028',
  '\u202e',
  '\u0085',
  'ﬁ',
  'İ',
  'ß',
  '١٢٣',
  '½',
  '9'.repeat(20),
  '1e+',
  '1e+308',
  '-0',
  'NaN',
  'Infinity',
  '0x',
  '0.1.2',
  '\\u',
  '\\ud800',
  '\\x',
  '\\N{',
  "b'",
  'r"',
  "f'{",
  'dict[',
  'Optional[',
  'tuple[',
  "Literal['",
  'Literal[1, ',
  'list[dict[',
  ']',
  ' | ',
  'None',
  'True',
  'null',
  '__proto__',
  '"__proto__": {',
  '"constructor": ',
  'toString',
  '{"$blob": "',
  'data:image/png;base64,',
  '=?',
  '%',
  '%00',
  '../',
  'https://a:b@c/',
  '/'.repeat(9),
  '\r\n',
  '\r',
  '\t',
  '\v',
  '"",""',
  '"\n"',
  ';;',
  '<entry key="',
  '<item>',
  '</item>',
  ']]>',
  '&lt;',
  '&#0;',
  '&#x110000;',
  '{"error": {"message": "',
  '{"detail": [{"msg": "',
  '"retryDelay": "',
  'maximum context length is 4096 tokens',
  'rate limit ',
  '{"choices": [',
  '{"delta": {"content": "',
  'data: [DONE]\n\n',
  'event: error\n',
]

/** A counter: each repetition of the unit is another text, as the items of a true list are. */
const counted = [
  'item # ',
  '"k#": #, ',
  "'k#': 'v#', ",
  '{"a b#": "c d#"}, ',
  '#,',
  'word# ',
  '<t#>',
  '</t#>',
  '[[ ## f# ## ]]\n',
  'c#,c#\n',
  '"phrase of #", ',
]

export const textUnits: readonly string[] = [...new Set([...hostileChunks, ...oddUnits, ...counted])]

/** A text of one to three units again and again, as it grows; something may stand in front of them and behind. */
export interface GeneratedText {
  readonly name: string
  make(length: number): string
}

export function generatedText(rng: Pick<Rng, 'random'>): GeneratedText {
  const pick = (): string => textUnits[Math.floor(rng.random() * textUnits.length)] ?? ''
  const units = Array.from({ length: 1 + Math.floor(rng.random() * 3) }, pick)
  const before = rng.random() < 0.4 ? pick() : ''
  const behind = rng.random() < 0.5 ? pick() : ''
  // Some are runs of the one and then of the other: `((((` and `))))`.
  const isInRuns = rng.random() < 0.25
  return {
    name: JSON.stringify({ before, units, behind, isInRuns }),
    make(length) {
      const share = length / units.length
      const body = isInRuns ? units.map(unit => repeat([unit], share)).join('') : repeat(units, length)
      return before + body + behind
    },
  }
}

function repeat(units: readonly string[], length: number): string {
  const unit = units.join('')
  const times = Math.max(1, Math.ceil(length / unit.length))
  if (!unit.includes('#') || !units.some(one => counted.includes(one))) return unit.repeat(times)
  let text = ''
  for (let number = 0; text.length < length; number += 1) text += unit.replaceAll(/(?<!#)#(?![#x])/g, String(number))
  return text
}

import fc from 'fast-check'
import { isTooPlain, takeKey } from '@/engine/lm/keys/take-key'

/** All that can be seen of ASCII but what no key may hold. */
const signs = Array.from({ length: 0x7e - 0x20 }, (_, at) => String.fromCharCode(0x21 + at)).filter(sign => !/["'`\\]/.test(sign))
const prefixes = ['', 'sk-', 'sk-proj-', 'sk-ant-api03-', 'sk-or-v1-', 'gsk_', 'hf_', 'AIza', 'xai-', 'eyJhbGciOiJIUzI1NiJ9.'] as const
/** What looks like an escape, or like a part of one. */
const escapes = ['%41', '%25', '%', '&', '&amp;', '&#65;', '&lt;', '%2525', '+', '/', '=='] as const

/** A key as providers give them out, and as people who run their own server make them up. */
export const arbitraryKey: fc.Arbitrary<string> = fc
  .oneof(
    fc.tuple(fc.constantFrom(...prefixes), fc.array(fc.constantFrom(...signs), { minLength: 10, maxLength: 180 })),
    fc.tuple(fc.constantFrom(''), fc.array(fc.constantFrom(...signs, ...escapes, ...escapes, ...escapes), { minLength: 8, maxLength: 30 })),
  )
  .map(([prefix, rest]) => prefix + rest.join(''))
  .filter(key => isKey(key) && key.length >= 8)

function isKey(text: string): boolean {
  try {
    return takeKey(text).key === text && !isTooPlain(text)
  } catch {
    return false
  }
}

/** Ways in which servers write a text again that they were sent. */
export const spellings: Readonly<Record<string, (text: string) => string>> = {
  plain: text => text,
  'upper case': text => text.toUpperCase(),
  'JSON text': text => JSON.stringify(text).slice(1, -1),
  'JSON in JSON': text => JSON.stringify(JSON.stringify({ authorization: text })),
  'JSON in JSON in JSON': text => JSON.stringify(JSON.stringify(JSON.stringify([text]))),
  'JSON with escaped slashes': text => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'JSON of ASCII letters only': text => unicode(text, /[^\w]/g),
  'JSON, all escaped': text => unicode(text, /[^]/g),
  'JSON, all escaped, twice': text => JSON.stringify(unicode(text, /[^]/g)),
  'URL-encoded': encodeURIComponent,
  'URL-encoded twice': text => encodeURIComponent(encodeURIComponent(text)),
  'URL-encoded, all of it': text => [...new TextEncoder().encode(text)].map(byte => `%${hexOf(byte)}`).join(''),
  'URL-encoded, in JSON': text => JSON.stringify({ url: `https://a.example/?key=${encodeURIComponent(text)}` }),
  HTML: html,
  'HTML, by number': text => text.replace(/[^]/g, sign => `&#${sign.charCodeAt(0)};`),
  'HTML, by hexadecimal number': text => text.replace(/[^]/g, sign => `&#x${hexOf(sign.charCodeAt(0))};`),
  base64: text => btoa(text),
  'base64, shifted by one': text => btoa(`a${text}bc`),
  'base64, shifted by two': text => btoa(`ab${text}c`),
  'base64 for addresses': text => btoa(`abc${text}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  'base64, in JSON with escaped slashes': text => JSON.stringify(btoa(`~${text}`)).replaceAll('/', '\\/'),
  'base64, URL-encoded': text => encodeURIComponent(btoa(`~~${text}`)),
  'base64 in lines': text => lines(btoa(`head${text}`), '\r\n'),
  'base64 in lines, in JSON': text => JSON.stringify(lines(btoa(`head${text}`), '\n')),
  'form-encoded': text => new URLSearchParams({ a: text }).toString(),
  'form-encoded, in small letters': text => new URLSearchParams({ a: text }).toString().replace(/%../g, code => code.toLowerCase()),
  'HTML in JSON of Go': text => unicode(JSON.stringify(html(text)), /[<>&]/g),
  'URL-encoded, in HTML, in JSON': text => JSON.stringify(html(`a=1&b=${encodeURIComponent(text)}`)),
  'HTML, URL-encoded': text => encodeURIComponent(html(text)),
  'HTML by name': text =>
    text.replace(/[!#$%&()*+,./:;<=>?@[\]^_{|}]/g, sign => {
      return `&${named[signsWithNames.indexOf(sign)]};`
    }),
  'JavaScript, by hexadecimal number': text => text.replace(/[^]/g, sign => `\\x${hexOf(sign.charCodeAt(0))}`),
  'JavaScript, by code point': text => text.replace(/[^]/g, sign => `\\u{${hexOf(sign.charCodeAt(0))}}`),
  'Markdown, escaped': text => text.replace(/[^\w]/g, sign => `\\${sign}`),
  hexadecimal: text => [...new TextEncoder().encode(text)].map(hexOf).join(''),
  'hexadecimal, upper case': text => [...new TextEncoder().encode(text)].map(hexOf).join('').toUpperCase(),
}

/** Whether a text gives a key away in any of these ways, as a reader with decoders would find it. */
export function givesAway(text: string, key: string): boolean {
  return decodings(text).some(decoded => decoded.toLowerCase().includes(key.toLowerCase()))
}

/** The text, and what it says once it is read as JSON, as an address or as HTML, up to four times; and what its pieces say that may be packed. */
function decodings(text: string): readonly string[] {
  const layers = new Set([text])
  // What is added meanwhile is visited, too.
  for (const layer of layers) {
    if (layers.size > 300) break
    for (const read of readers) layers.add(read(layer))
  }
  const packed = [...layers].flatMap(layer => (layer.match(/[\w+/-]{10,}={0,2}/g) ?? []).flatMap(unpacked))
  return [...layers, ...packed]
}

function html(text: string): string {
  return text.replace(/[&<>]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)
}

function lines(text: string, end: string): string {
  return text.replace(/.{64}(?=.)/g, line => line + end)
}

const signsWithNames = '!#$%&()*+,./:;<=>?@[]^_{|}'
const named =
  'excl num dollar percnt amp lpar rpar ast plus comma period sol colon semi lt equals gt quest commat lbrack rbrack Hat lowbar lbrace vert rbrace'.split(
    ' ',
  )

const readers: readonly ((text: string) => string)[] = [
  text =>
    text.replace(
      /\\(?:u([0-9a-f]{4})|u\{([0-9a-f]+)\}|x([0-9a-f]{2})|([^ux]))/gi,
      (_whole, four?: string, many?: string, two?: string, sign?: string) =>
        sign === undefined
          ? String.fromCodePoint(Math.min(Number.parseInt(four ?? many ?? two ?? '0', 16), 0xffff))
          : ({ n: '\n', r: '\r' }[sign] ?? sign),
    ),
  text => text.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  text => text.replace(/&#(\d+);/g, (_whole, digits: string) => String.fromCharCode(Number(digits))),
  text => text.replace(/&#x([0-9a-f]+);/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  text => text.replace(/&(\w+);/g, (whole, name: string) => signsWithNames[named.indexOf(name)] ?? whole),
  text => text.replace(/(?<=[\w+/])\r?\n/g, ''),
]

function unpacked(piece: string): readonly string[] {
  const letters = piece.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  const fromBase64 = [0, 1, 2, 3].map(start => {
    const whole = letters.slice(start)
    return atob(whole.slice(0, whole.length - (whole.length % 4 === 1 ? 1 : 0)))
  })
  const digits = /^[0-9a-f]+$/i.test(piece) ? (piece.match(/../g) ?? []) : []
  return [...fromBase64, digits.map(pair => String.fromCharCode(Number.parseInt(pair, 16))).join('')]
}

function unicode(text: string, which: RegExp): string {
  return text.replace(which, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function hexOf(code: number): string {
  return code.toString(16).padStart(2, '0')
}

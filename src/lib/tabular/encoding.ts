import { guessLegacy } from './legacy-encoding'

/** How the bytes of a file are read as text. */
export interface Encoding {
  /** A label of the Encoding Standard, such as `utf-8`. */
  readonly label: string
  /** What to tell of it; undefined for plain UTF-8, which needs no word. */
  readonly title?: string
  /** The bytes alone do not say it: somebody should look at the letters. */
  readonly isGuessed: boolean
  /** Another encoding would be about as likely. */
  readonly isDoubtful: boolean
  /** Places that are no UTF-8 in a file that otherwise is. */
  readonly damaged?: number
}

/** The encodings that can be chosen by hand, the common ones first. */
export const encodings: readonly { readonly label: string; readonly title: string }[] = [
  { label: 'utf-8', title: 'UTF-8' },
  { label: 'windows-1252', title: 'Western (Windows-1252, Latin-1)' },
  { label: 'windows-1250', title: 'Central European (Windows-1250)' },
  { label: 'iso-8859-2', title: 'Central European (ISO 8859-2)' },
  { label: 'macintosh', title: 'Western (Mac)' },
  { label: 'windows-1251', title: 'Cyrillic (Windows-1251)' },
  { label: 'koi8-r', title: 'Cyrillic (KOI8-R)' },
  { label: 'ibm866', title: 'Cyrillic (DOS)' },
  { label: 'windows-1253', title: 'Greek (Windows-1253)' },
  { label: 'windows-1254', title: 'Turkish (Windows-1254)' },
  { label: 'windows-1255', title: 'Hebrew (Windows-1255)' },
  { label: 'windows-1256', title: 'Arabic (Windows-1256)' },
  { label: 'windows-1257', title: 'Baltic (Windows-1257)' },
  { label: 'windows-874', title: 'Thai (Windows-874)' },
  { label: 'shift_jis', title: 'Japanese (Shift-JIS)' },
  { label: 'euc-jp', title: 'Japanese (EUC-JP)' },
  { label: 'iso-2022-jp', title: 'Japanese (ISO-2022-JP)' },
  { label: 'gb18030', title: 'Simplified Chinese (GBK, GB 18030)' },
  { label: 'big5', title: 'Traditional Chinese (Big5)' },
  { label: 'euc-kr', title: 'Korean (EUC-KR)' },
  { label: 'utf-16le', title: 'UTF-16 (little-endian)' },
  { label: 'utf-16be', title: 'UTF-16 (big-endian)' },
]

export function encodingTitle(label: string): string {
  return encodings.find(encoding => encoding.label === label)?.title ?? label
}

/** The label of a name as people write it (`latin1`, `CP1252`, `sjis`); undefined where there is no such encoding. */
export function encodingLabel(name: string): string | undefined {
  const known = {
    cp1252: 'windows-1252',
    cp1251: 'windows-1251',
    cp1250: 'windows-1250',
    sjis: 'shift_jis',
    cp932: 'shift_jis',
    'mac-roman': 'macintosh',
  }
  const plain = name.trim().toLowerCase()
  try {
    return new TextDecoder(Object.entries(known).find(([other]) => other === plain)?.[1] ?? plain).encoding
  } catch {
    return undefined
  }
}

/** Looks at every byte of a file, one piece after another, and says at the end what encoding it is in; undefined: it is no text. */
export function encodingJudge() {
  let isFirst = true
  let mark: Encoding | undefined
  const utf8 = utf8Watch()
  const wide = wideWatch()
  const slices: Uint8Array[] = []
  let [sliced, controls, total] = [0, 0, 0]
  let isIso2022 = false

  return {
    /** The encoding that a mark at the beginning gives, once a first piece was added. */
    mark: () => mark,
    add(bytes: Uint8Array): void {
      if (isFirst && bytes.length > 0) {
        isFirst = false
        mark = markOf(bytes)
      }
      if (mark && mark.label !== 'utf-8') return
      total += bytes.length
      const firstHigh = utf8.add(bytes)
      wide.add(bytes)
      if (sliced < mostSliced && firstHigh >= 0) {
        const start = firstHigh > 0 || total === bytes.length ? firstHigh : afterSign(bytes)
        const slice = bytes.slice(start, start + (1 << 14))
        slices.push(slice)
        sliced += slice.length
      }
      if (total <= 1 << 20) {
        for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 27) || byte === 28) controls += 1
        isIso2022 ||= hasIso2022(bytes)
      }
    },
    verdict(): Encoding | undefined {
      if (mark && mark.label !== 'utf-8') return mark
      const { invalid, sequences, isolated } = utf8.end()
      const order = wide.order()
      if (order === 'none' && (wide.hasNul() || controls > 16 + Math.min(total, 1 << 20) / 50)) return undefined
      if (order !== 'none' && !mark) {
        return {
          label: `utf-16${order}`,
          title: `UTF-16 without a mark (${order === 'le' ? 'little' : 'big'}-endian)`,
          isGuessed: true,
          isDoubtful: false,
        }
      }
      if (isIso2022 && invalid === 0 && sequences === 0) {
        return { label: 'iso-2022-jp', title: encodingTitle('iso-2022-jp'), isGuessed: true, isDoubtful: false }
      }
      if (invalid === 0) return mark ?? { label: 'utf-8', isGuessed: false, isDoubtful: false }
      // A text in another encoding is valid UTF-8 by chance only: many characters and few faults are a damaged file.
      if (mark || sequences > 10 * invalid) {
        const places = `${invalid.toLocaleString('en-US')} damaged ${invalid === 1 ? 'place' : 'places'}, shown as �`
        return { label: 'utf-8', title: `UTF-8 with ${places}`, isGuessed: true, isDoubtful: false, damaged: invalid }
      }
      const { label, isDoubtful } = guessLegacy(slices, isolated)
      return { label, title: `${encodingTitle(label)}, since it is not UTF-8`, isGuessed: true, isDoubtful }
    },
  }
}
const mostSliced = 1 << 17

/** Where a character surely begins: behind a sign that is not part of one in any encoding. A piece may begin in the middle of one. */
function afterSign(bytes: Uint8Array): number {
  const sign = bytes.findIndex(byte => byte === 10 || byte === 13 || byte === 32 || byte === 44)
  return sign < 0 ? bytes.length : sign + 1
}

function markOf([a, b, c]: Uint8Array): Encoding | undefined {
  if (a === 0xff && b === 0xfe) return { label: 'utf-16le', title: 'UTF-16', isGuessed: false, isDoubtful: false }
  if (a === 0xfe && b === 0xff) return { label: 'utf-16be', title: 'UTF-16', isGuessed: false, isDoubtful: false }
  return a === 0xef && b === 0xbb && c === 0xbf
    ? { label: 'utf-8', title: 'UTF-8 with BOM', isGuessed: false, isDoubtful: false }
    : undefined
}

/** Counts characters of several bytes that are UTF-8, faults, and how much of the bytes beyond ASCII stands alone between ASCII. */
function utf8Watch() {
  let [wanted, low, high] = [0, 0x80, 0xbf]
  let [sequences, invalid, run, highs, singles] = [0, 0, 0, 0, 0]
  const endRun = (): void => {
    highs += run
    singles += run === 1 ? 1 : run === 2 ? 1 : 0
    run = 0
  }
  return {
    /** Where the first byte beyond ASCII stands; -1 where there is none. */
    add(bytes: Uint8Array): number {
      let first = -1
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at] ?? 0
        if (byte < 0x80) {
          if (wanted > 0) {
            invalid += 1
            wanted = 0
          }
          if (run > 0) endRun()
          continue
        }
        if (first < 0) first = at
        run += 1
        if (wanted > 0 && byte >= low && byte <= high) {
          wanted -= 1
          ;[low, high] = [0x80, 0xbf]
          if (wanted === 0) sequences += 1
          continue
        }
        if (wanted > 0) {
          invalid += 1
          wanted = 0
        }
        if (byte >= 0xc2 && byte <= 0xdf) wanted = 1
        else if (byte >= 0xe0 && byte <= 0xef) wanted = 2
        else if (byte >= 0xf0 && byte <= 0xf4) wanted = 3
        else invalid += 1
        low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80
        high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf
      }
      return first
    },
    end() {
      if (wanted > 0) invalid += 1
      wanted = 0
      if (run > 0) endRun()
      return { sequences, invalid, isolated: highs === 0 ? 0 : singles / highs }
    },
  }
}

/** UTF-16 without a mark shows by its line ends, commas and quotes, which take two bytes there, one of them zero. */
function wideWatch() {
  let place = 0
  let before = 0
  let [little, big, nuls] = [0, 0, 0]
  /** The last piece ended in a zero at an even place: the byte it belongs to is the first of the next. */
  let isHalf = false
  return {
    add(bytes: Uint8Array): void {
      if (bytes.length === 0) return
      if (isHalf && isSign(bytes[0] ?? 0)) big += 1
      isHalf = bytes[bytes.length - 1] === 0 && (place + bytes.length) % 2 === 1
      let at = bytes.indexOf(0)
      // Only the neighbours of zero bytes count; a file without any is passed at the speed of a search.
      for (; at >= 0; at = bytes.indexOf(0, at + 1)) {
        nuls += 1
        const isOdd = (place + at) % 2 === 1
        if (isOdd && isSign(at > 0 ? (bytes[at - 1] ?? 0) : before)) little += 1
        else if (!isOdd && isSign(bytes[at + 1] ?? 0)) big += 1
      }
      before = bytes[bytes.length - 1] ?? 0
      place += bytes.length
    },
    hasNul: () => nuls > 0,
    order: (): 'le' | 'be' | 'none' => (little > 4 * big ? 'le' : big > 4 * little ? 'be' : 'none'),
  }
}

function isSign(byte: number): boolean {
  return byte === 10 || byte === 13 || byte === 9 || byte === 32 || byte === 34 || byte === 44 || byte === 58 || byte === 59
}

function hasIso2022(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(27); at >= 0; at = bytes.indexOf(27, at + 1)) {
    if (bytes[at + 1] === 0x24 && (bytes[at + 2] === 0x42 || bytes[at + 2] === 0x40)) return true
  }
  return false
}

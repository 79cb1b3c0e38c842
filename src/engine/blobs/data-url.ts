import { fromBase64 } from '@/lib/base64'
import { mimePattern } from './blob-ref'

export interface ReadFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mime: string
}

/** The file in a `data:` URL; undefined for another text, and for data that is broken. */
export function readDataUrl(text: string): ReadFile | undefined {
  const head = /^data:([\w.+/-]*)((?:;[\w-]+=[^;,]*)*)(;base64)?,/i.exec(text)
  if (!head) return undefined
  const [whole, type, , isBase64] = head
  const mime = type === '' || type === undefined ? 'text/plain' : type.toLowerCase()
  if (!mimePattern.test(mime)) return undefined
  const bytes = isBase64 ? fromBase64(text.slice(whole.length).trim()) : percentDecoded(text.slice(whole.length))
  return bytes && { bytes, mime }
}

function percentDecoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new TextEncoder().encode(decodeURIComponent(text))
  } catch {
    return undefined
  }
}

/** What a file is by its first bytes, for the kinds that models take; undefined for others. */
export function sniffedMime(bytes: Uint8Array): string | undefined {
  const starts = (...head: readonly number[]): boolean => head.every((byte, at) => bytes[at] === byte)
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png'
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (text(0, 4) === 'GIF8') return 'image/gif'
  if (text(0, 4) === 'RIFF') return { WEBP: 'image/webp', WAVE: 'audio/wav' }[text(8, 12)]
  if (text(0, 5) === '%PDF-') return 'application/pdf'
  if (text(4, 12) === 'ftypavif') return 'image/avif'
  if (text(4, 11) === 'ftypM4A') return 'audio/mp4'
  if (text(0, 3) === 'ID3' || starts(0xff, 0xfb) || starts(0xff, 0xf3) || starts(0xff, 0xf2)) return 'audio/mpeg'
  if (text(0, 4) === 'OggS') return 'audio/ogg'
  if (text(0, 4) === 'fLaC') return 'audio/flac'
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)?<svg[\s>]/.test(text(0, 500)) ? 'image/svg+xml' : undefined
}

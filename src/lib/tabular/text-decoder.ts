/** What of the platform's `TextDecoder` is used here. */
export interface PieceDecoder {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string
}

/**
 * A decoder of the Encoding Standard. Node takes Windows-1252 for Latin-1, and gives control characters for the curly quotes, dashes and
 * the euro sign of the standard: these are put right.
 */
export function textDecoder(label: string, options: { readonly fatal?: boolean } = {}): PieceDecoder {
  const decoder = new TextDecoder(label, options)
  if (decoder.encoding !== 'windows-1252') return decoder
  // eslint-disable-next-line no-control-regex -- these are what Node gives for letters
  const misread = /[\u0080-\u009f]/g
  return {
    decode: (bytes, how) => decoder.decode(bytes, how).replace(misread, letter => windows1252[letter.charCodeAt(0) - 0x80] ?? letter),
  }
}

/** 0x80 to 0x9F; the five that stand for nothing stay control characters. */
const windows1252 = Array.from('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ')

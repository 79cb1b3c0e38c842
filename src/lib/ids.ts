/** A new id such as `run_k3x9…`: the prefix and 16 random letters and digits (about 82 bits). */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  let id = ''
  for (const byte of bytes) {
    // 252 is the last multiple of 36 below 256: taking all bytes would favour the first letters.
    if (byte < 252 && id.length < 16) id += alphabet[byte % 36]
  }
  return id.length === 16 ? `${prefix}_${id}` : newId(prefix)
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from './canonical-json'

/** SHA-256 of the text's UTF-8 bytes as 64 hex digits. Not `crypto.subtle`, which is asynchronous and absent on plain http. */
export function sha256Hex(text: string): string {
  return sha256Stream().update(text).hex()
}

/** The first 16 hex digits of the SHA-256 of a value's canonical JSON: equal values, equal hash. */
export function shortHash(value: unknown): string {
  return sha256Hex(canonicalJson(value)).slice(0, 16)
}

/** SHA-256 of bytes as 64 hex digits. */
export function sha256OfBytes(bytes: Uint8Array): string {
  return native ? native.createHash('sha256').update(bytes).digest('hex') : bytesToHex(sha256(bytes))
}

/** SHA-256 of texts one after the other. A copy goes on from where this one is: what many texts begin with is hashed once. */
export interface TextHash {
  /** Takes the UTF-8 bytes of a text and returns this very hash. */
  update(text: string): TextHash
  copy(): TextHash
  /** 64 hex digits. The hash is used up then. */
  hex(): string
}

export function sha256Stream(): TextHash {
  return native ? nativeHash(native.createHash('sha256')) : ownHash(sha256.create())
}

function ownHash(state: ReturnType<typeof sha256.create>): TextHash {
  return {
    update(text) {
      state.update(utf8ToBytes(text))
      return this
    },
    copy: () => ownHash(state.clone()),
    hex: () => bytesToHex(state.digest()),
  }
}

interface NativeHash {
  update(text: string, encoding: 'utf8'): NativeHash
  update(bytes: Uint8Array): NativeHash
  copy(): NativeHash
  digest(encoding: 'hex'): string
}

function nativeHash(state: NativeHash): TextHash {
  return {
    update(text) {
      state.update(text, 'utf8')
      return this
    },
    copy: () => nativeHash(state.copy()),
    hex: () => state.digest('hex'),
  }
}

/** Node's own, ten times as fast on long prompts. Asked for by name, because this file runs in browsers too. */
const native = nodeCrypto()

function nodeCrypto(): { createHash(name: 'sha256'): NativeHash } | undefined {
  // What a browser lacks is undefined all the way, and Node documents both.
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.('node:crypto') as ReturnType<typeof nodeCrypto>
}

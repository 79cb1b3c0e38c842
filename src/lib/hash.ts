import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from './canonical-json'

/** SHA-256 of the text's UTF-8 bytes as 64 hex digits. Not `crypto.subtle`, which is asynchronous and absent on plain http. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** The first 16 hex digits of the SHA-256 of a value's canonical JSON: equal values, equal hash. */
export function shortHash(value: unknown): string {
  return sha256Hex(canonicalJson(value)).slice(0, 16)
}

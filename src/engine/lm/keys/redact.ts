import { keyMark } from './mask'

/**
 * Takes out of words that will be shown what looks like a key, whoever's it is, and the data of files. For refusals: providers echo
 * parts of a key there, and some the whole request. Keys in use are taken out by value before, see `live-keys.ts`.
 */
export function redact(text: string): string {
  return text.replace(looksLikeData, '[data removed]').replace(looksLikeKey, keyMark)
}

/** More base64 in one piece than any text holds. */
const looksLikeData = /(?:data:[\w.+-]{1,30}\/[\w.+-]{1,90};base64,)?[A-Za-z0-9+/]{400,}={0,2}/g

/** `sk-…`, `sk-proj-abc***xyz`, `gsk_…`, `hf_…`, `AIza…`, `xai-…`, and what follows `Bearer`. */
const looksLikeKey =
  /\bBearer\s+[\w.~+/*-]{5,}[\w*=]|\b(?:sk|pk|rk|xai)-[\w*.-]{7,}[\w*]|\b(?:gsk|hf|csk|fw|tgp)_[\w*.-]{7,}[\w*]|\bAIza[\w*.-]{9,}[\w*]|(?:(?<!\*)\*{4,}|(?<!\.)\.{4,})[A-Za-z0-9]{2,8}\b/g

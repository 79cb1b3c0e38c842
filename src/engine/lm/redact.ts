/**
 * Takes keys out of text that will be shown or stored: the ones given, and whatever looks like one. Providers echo parts of a
 * key in their refusals, and some the whole request with the data of its files, which is cut out as well.
 */
export function redact(text: string, secrets: readonly (string | undefined)[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, hidden)
  return clean.replace(looksLikeData, '[data removed]').replace(looksLikeKey, hidden)
}

const hidden = '[key removed]'

/** More base64 in one piece than any text holds. */
const looksLikeData = /(?:data:[\w.+-]{1,30}\/[\w.+-]{1,90};base64,)?[A-Za-z0-9+/]{400,}={0,2}/g

/** `sk-…`, `sk-proj-abc***xyz`, `gsk_…`, `hf_…`, `AIza…`, `xai-…`, and what follows `Bearer`. */
const looksLikeKey =
  /\bBearer\s+[\w.~+/*-]{5,}[\w*=]|\b(?:sk|pk|rk|xai)-[\w*.-]{7,}[\w*]|\b(?:gsk|hf|csk|fw|tgp)_[\w*.-]{7,}[\w*]|\bAIza[\w*.-]{9,}[\w*]|(?:\*{4,}|\.{4,})[A-Za-z0-9]{2,8}\b/g

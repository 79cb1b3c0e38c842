/**
 * Takes keys out of text that will be shown or stored: the ones given, and whatever looks like one. Providers echo parts of a
 * key in their refusals.
 */
export function redact(text: string, secrets: readonly (string | undefined)[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, hidden)
  return clean.replace(looksLikeKey, hidden)
}

const hidden = '[key removed]'

/** `sk-…`, `sk-proj-abc***xyz`, `gsk_…`, `hf_…`, `AIza…`, `xai-…`, and what follows `Bearer`. */
const looksLikeKey =
  /\bBearer\s+[\w.~+/*-]{6,}=*|\b(?:sk|pk|rk)-[\w*.-]{8,}|\b(?:gsk|hf|csk|fw|key|tgp)_[\w*.-]{8,}|\bAIza[\w*.-]{10,}|\bxai-[\w*.-]{8,}|(?:\*{4,}|\.{4,})[A-Za-z0-9]{2,8}\b/g

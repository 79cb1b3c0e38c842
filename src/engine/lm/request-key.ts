import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import type { CallKey, LmRequest } from './lm'

/**
 * The content address of a call: sha-256 of what decides the answer, and of which sample it is (`rollout`).
 * Key, base URL and headers are no part of it, so an answer survives a new key and a moved server.
 */
export function callKey(request: LmRequest, rollout: number): CallKey {
  const known = latest.get(request)
  if (known?.rollout === rollout) return known.key
  const { model, messages, settings, responseFormat } = request
  const key = sha256Hex(canonicalJson({ model, messages, settings, responseFormat, rollout }))
  latest.set(request, { rollout, key })
  return key
}

/** Several layers ask for the key of the same request object; requests are never changed. */
const latest = new WeakMap<LmRequest, { readonly rollout: number; readonly key: CallKey }>()

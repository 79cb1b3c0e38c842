import type { StoredCall } from './call-store'
import { callKey } from './request-key'
import { readStoredRequest } from './stored-request'

/** Whether an answer from a file lies under the key of its own request: under another one it would answer another prompt. */
export function isUnderOwnKey({ key, request, rollout }: Pick<StoredCall, 'key' | 'request' | 'rollout'>): boolean {
  return callKey(readStoredRequest(request), rollout) === key
}

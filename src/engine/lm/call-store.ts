import type { CallKey, LmRequest } from './lm'
import type { StoredAnswer } from './stored-answer'

export interface StoredCall {
  readonly key: CallKey
  readonly rollout: number
  readonly request: LmRequest
  readonly response: StoredAnswer
  readonly at: number
}

/** Answers by content address. The first write wins: `add` returns what is stored from then on. */
export interface CallStore {
  get(key: CallKey): Promise<Pick<StoredCall, 'response'> | undefined>
  add(call: StoredCall): Promise<StoredCall>
}

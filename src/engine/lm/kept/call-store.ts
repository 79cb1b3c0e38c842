import type { ModelId } from '../../program/program'
import type { CallKey } from '../lm'
import type { StoredAnswer } from './stored-answer'
import type { StoredRequest } from './stored-request'

export interface StoredCall {
  readonly key: CallKey
  readonly rollout: number
  readonly request: StoredRequest
  readonly response: StoredAnswer
  readonly at: number
}

/** Which of a run's models was paid for an answer, and what: no cost where its price was unknown. */
export interface Paid {
  readonly entry?: ModelId
  /** US dollars. */
  readonly cost?: number
}

/** Answers by content address. The first write wins: `add` returns what is stored from then on. */
export interface CallStore {
  /** `mayMiss`: the run goes on without an answer to this one, so it need not have been kept. */
  get(key: CallKey, how?: { readonly mayMiss: boolean }): Promise<Pick<StoredCall, 'response'> | undefined>
  /** `paid` says who paid for it: to be kept beside the answer, so that a resumed run prices it as it was. */
  add(call: StoredCall, paid?: Paid): Promise<StoredCall>
}

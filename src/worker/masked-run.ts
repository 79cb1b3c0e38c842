import type { Example } from '@/engine/base/example'
import { cleanAnswer } from '@/engine/lm/kept/clean-answer'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { callKey } from '@/engine/lm/kept/request-key'
import { readStoredRequest } from '@/engine/lm/kept/stored-request'
import type { Masker } from '@/engine/lm/keys/mask'
import type { CallKey } from '@/engine/lm/lm'
import { exampleSetRef } from '@/engine/record/example-set'
import { isJsonObject } from '@/lib/json'
import type { RunRecord } from '@/storage/records'

/** A run without keys that names its rows by their hash as they are written: whoever imports it compares the two. */
export function maskedRun(
  { spec, ...run }: RunRecord,
  rows: { readonly train: readonly Example[]; readonly val: readonly Example[] },
  masker: Masker,
) {
  const [train, val] = [masker.value(rows.train), masker.value(rows.val)]
  const data = {
    ...spec.data,
    train: train === rows.train ? spec.data.train : exampleSetRef(train),
    val: val === rows.val ? spec.data.val : exampleSetRef(val),
  }
  return { run: { ...masker.value(run), spec: { ...masker.value(spec), data } }, train, val }
}

/** Takes keys out of the answers of a run and of their requests. */
export interface AnswerMasker {
  /** An answer without keys, under the key of its request as it is written now; undefined where one with this request came before. */
  answer(call: StoredCall): StoredCall | undefined
  /** A record that names answers, after all of these have been masked: without keys, and by the names that the answers have now. */
  record<T>(record: T): T
}

export function createAnswerMasker(masker: Masker): AnswerMasker {
  const renamed = new Map<CallKey, CallKey>()
  const written = new Set<CallKey>()

  function withNames(value: unknown): unknown {
    if (typeof value === 'string') return renamed.get(value) ?? value
    if (Array.isArray(value)) return value.map(withNames)
    return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withNames(part)])) : value
  }

  return {
    answer(call) {
      const request = masker.value(call.request)
      const key = request === call.request ? call.key : callKey(readStoredRequest(request), call.rollout)
      if (key !== call.key) renamed.set(call.key, key)
      if (written.has(key)) return undefined
      written.add(key)
      return { ...call, key, request, response: cleanAnswer(call.response, masker) }
    },
    /** The type stays: only texts change. */
    record: <T>(record: T) => (renamed.size === 0 ? masker.value(record) : (withNames(masker.value(record)) as T)),
  }
}

import { transferHandlers, type TransferHandler } from 'comlink'
import { EngineError, errorToJson, type ErrorJson } from '@/engine/base/errors'

/** What Comlink wraps a thrown value in. */
interface Thrown {
  readonly value: unknown
}
type SentError = ErrorJson & { readonly stack?: string }

/**
 * Lets an `EngineError` cross between worker and page with its code and facts; Comlink alone would keep the message only. Call
 * it once on either side.
 */
export function carryErrors(): void {
  // Comlink keeps the symbol by which it knows a thrown value to itself, so its own handler is asked.
  const known = transferHandlers.get('throw') as TransferHandler<Thrown, unknown> | undefined
  if (!known) throw new Error('Comlink has no handler for thrown values')
  const handler: TransferHandler<Thrown, SentError> = {
    canHandle: known.canHandle,
    serialize: ({ value }) => [{ ...errorToJson(value), stack: value instanceof Error ? value.stack : undefined }, []],
    deserialize(sent) {
      throw errorFromJson(sent)
    },
  }
  transferHandlers.set('throw', handler)
}

export function errorFromJson({ code, message, facts, stack }: SentError): Error {
  const error = code === 'bug' ? new Error(message) : new EngineError(code, message, facts)
  if (stack !== undefined) error.stack = stack
  return error
}

import { onUse as loadOnUse, PartNotLoaded } from '@/lib/on-use'
import { EngineError, isEngineError } from './errors'

/**
 * A part of the engine that is loaded when it is first asked for, once for all who ask. Throws `storage-failed` (facts: `reason: 'chunk'`)
 * where its file does not come, as without a network or after an update; the next call tries again.
 */
export function onUse<T>(load: () => Promise<T>): () => Promise<T> {
  return loadOnUse(load, cause => {
    if (isEngineError(cause)) return cause
    const { message } = new PartNotLoaded(cause)
    return new EngineError('storage-failed', message, { reason: 'chunk' }, cause)
  })
}

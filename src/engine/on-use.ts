import { EngineError, isEngineError } from './errors'

/**
 * A part that is loaded when it is first asked for, once for all who ask: what few visits need does not hold up every one. Throws
 * `storage-failed` (facts: `reason: 'chunk'`) where its file does not come, as without a network or after an update; the next call
 * tries again.
 */
export function onUse<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined
      throw isEngineError(error) ? error : notLoaded(error)
    })
    return loaded
  }
}

function notLoaded(cause: unknown): EngineError {
  return new EngineError(
    'storage-failed',
    'A part of the studio could not be loaded: there is no network, or the studio was updated since this page was opened. Try again; if that does not help, reload the page.',
    { reason: 'chunk' },
    cause,
  )
}

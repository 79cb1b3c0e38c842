import { EngineError } from '@/engine/base/errors'

/**
 * A part of the engine that is loaded when it is first asked for: most visits need none of them. Throws `storage-failed` where the file
 * does not come, as after an update of the studio or without a network; the next call tries again.
 */
export function onUse<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined
      throw new EngineError(
        'storage-failed',
        'A part of the studio could not be loaded. Reload the page; if that does not help, look at the network.',
        { reason: 'chunk' },
        error,
      )
    })
    return loaded
  }
}

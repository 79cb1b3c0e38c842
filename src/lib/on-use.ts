/** The file of a part did not come. Its message is a sentence for the user. */
export class PartNotLoaded extends Error {
  override readonly name = 'PartNotLoaded'

  constructor(cause: unknown) {
    super(
      'A part of the studio could not be loaded: there is no network, or the studio was updated since this page was opened. Try again; if that does not help, reload the page.',
      { cause },
    )
  }
}

/**
 * A part that is loaded when it is first asked for, once for all who ask: what few visits need does not hold up every one. Rejects with
 * what `failed` makes of a failure, `PartNotLoaded` by default; the next call tries again.
 */
export function onUse<T>(
  load: () => Promise<T>,
  failed: (cause: unknown) => unknown = cause => new PartNotLoaded(cause),
): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load().catch((cause: unknown) => {
      loaded = undefined
      throw failed(cause)
    })
    return loaded
  }
}

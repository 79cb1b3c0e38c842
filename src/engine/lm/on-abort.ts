/**
 * Calls back once when the signal aborts; the returned function takes the callback away. All callbacks of a signal share one listener:
 * a run's signal has one for each call under way, and Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback()
    return () => {}
  }
  let callbacks = listening.get(signal)
  if (!callbacks) {
    const all = new Set<() => void>()
    callbacks = all
    listening.set(signal, all)
    signal.addEventListener(
      'abort',
      () => {
        const woken = [...all]
        all.clear()
        for (const wake of woken) wake()
      },
      { once: true },
    )
  }
  callbacks.add(callback)
  return () => callbacks.delete(callback)
}

const listening = new WeakMap<AbortSignal, Set<() => void>>()

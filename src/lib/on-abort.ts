/**
 * Calls back once when the signal aborts; the returned function takes the callback away. All callbacks of a signal share one listener:
 * a run's signal has one for each call under way, and Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback()
    return () => {}
  }
  // The platform's object with one property of ours.
  const carrier = signal as AbortSignal & { [listening]?: Set<() => void> }
  let callbacks = carrier[listening]
  if (!callbacks) {
    const all = new Set<() => void>()
    callbacks = all
    carrier[listening] = all
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

/** A property, not a `WeakMap`: three entries a call, each gone a moment later, cost the garbage collector more than the call. */
const listening = Symbol('what waits for this signal')

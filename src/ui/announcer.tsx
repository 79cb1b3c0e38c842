import { useSyncExternalStore } from 'react'

/** Says a sentence to assistive tools, without moving focus. */
export function announce(sentence: string): void {
  // A trailing no-break space makes the same sentence twice a change, and so spoken twice.
  message = sentence === message ? `${sentence}\u00a0` : sentence
  for (const listener of listeners) listener()
}

/** The live region that `announce` speaks through: once, in the app's shell. */
export function Announcer() {
  const text = useSyncExternalStore(subscribe, () => message)
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  )
}

let message = ''
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

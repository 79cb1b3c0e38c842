import { onAbort } from '@/lib/on-abort'

/** A door for new work. While it is closed, `wait` stays pending; it rejects with the signal's reason when that aborts. */
export interface PauseGate {
  readonly isOpen: boolean
  open(): void
  close(): void
  wait(signal: AbortSignal): Promise<void>
}

export function pauseGate(): PauseGate {
  let isOpen = true
  let waiting: (() => void)[] = []
  return {
    get isOpen() {
      return isOpen
    },
    open() {
      isOpen = true
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
    close() {
      isOpen = false
    },
    wait(signal) {
      if (isOpen) return Promise.resolve()
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const stay = onAbort(signal, () => reject(signal.reason))
        waiting.push(() => {
          stay()
          resolve()
        })
      })
    },
  }
}

export interface SaveState {
  readonly status: 'saved' | 'saving' | 'failed'
  /** Milliseconds since 1970 of the last save that worked. */
  readonly at?: number
  readonly error?: string
  /** Another tab saved this project while this one had changes of its own: nothing is written until the user chooses. */
  readonly isChangedElsewhere?: boolean
}

export interface Saver {
  /** The document changed: it is written once no further change came for a while. */
  changed(): void
  /** Writes now what is not written yet; resolves when it is written or has failed. */
  flush(): Promise<void>
  isDirty(): boolean
  /** Stops timers; what was not flushed stays unwritten. */
  dispose(): void
}

export interface SaverPorts {
  write(): Promise<void>
  now(): number
  /** `error` is what a failed write threw. */
  report(state: SaveState, error?: unknown): void
  /** False for failures that a second try cannot repair. */
  isRetryable(error: unknown): boolean
}

export const saveDelayMs = 350
const firstRetryMs = 2_000
const longestRetryMs = 30_000

/** Debounced saving of one document with retries: one write at a time, and the last change always gets written. */
export function createSaver(ports: SaverPorts): Saver {
  let version = 0
  let written = 0
  let savedAt: number | undefined
  let retryMs = firstRetryMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let isDisposed = false

  function schedule(delayMs: number) {
    clearTimeout(timer)
    if (!isDisposed) timer = setTimeout(() => void flush(), delayMs)
  }

  async function writeAll() {
    while (written < version) {
      const target = version
      try {
        await ports.write()
      } catch (error) {
        ports.report({ status: 'failed', at: savedAt, error: error instanceof Error ? error.message : String(error) }, error)
        if (ports.isRetryable(error)) schedule(retryMs)
        retryMs = Math.min(retryMs * 2, longestRetryMs)
        return
      }
      written = target
      savedAt = ports.now()
      retryMs = firstRetryMs
    }
    ports.report({ status: 'saved', at: savedAt })
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (written === version) return running
    running ??= writeAll().finally(() => (running = undefined))
    return running
  }

  return {
    changed() {
      version += 1
      ports.report({ status: 'saving', at: savedAt })
      schedule(saveDelayMs)
    },
    flush,
    isDirty: () => written < version,
    dispose() {
      isDisposed = true
      clearTimeout(timer)
    },
  }
}

/** Signals of single pieces of work that all abort with one parent, which carries one listener however many there are. */
export interface Signals {
  /** Runs `work` with a signal of its own. */
  with<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export function childSignals(parent: AbortSignal): Signals {
  const children = new Set<AbortController>()
  parent.addEventListener(
    'abort',
    () => {
      for (const child of children) child.abort(parent.reason)
    },
    { once: true },
  )
  return {
    async with(work) {
      parent.throwIfAborted()
      const child = new AbortController()
      children.add(child)
      try {
        return await work(child.signal)
      } finally {
        children.delete(child)
      }
    },
  }
}

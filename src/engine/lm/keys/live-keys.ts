import { createMasker, type Masker } from './mask'

/**
 * The keys in use in one worker, process or program, and the one masker of all of them. Whoever keeps or sends a key uses it through here; what
 * comes in from servers and what is written, shown or exported goes through `masker()`.
 */
export interface LiveKeys {
  /** From now on this key is taken out of texts, until the function that comes back is called and all work has ended that was open meanwhile. */
  use(key: string): () => void
  /** Work begins that may meet keys, its own or those of others: each that is known at some time before its end stays known until then. */
  open(): () => void
  masker(): Masker
}

export function createLiveKeys(): LiveKeys {
  const uses = new Map<string, number>()
  /** The keys that each open work holds. */
  const works = new Set<Set<string>>()
  let masker: Masker | undefined

  function hold(key: string): void {
    const count = uses.get(key)
    if (count === undefined) masker = undefined
    uses.set(key, (count ?? 0) + 1)
  }
  function letGo(key: string): void {
    const count = uses.get(key) ?? 0
    if (count > 1) uses.set(key, count - 1)
    else if (uses.delete(key)) masker = undefined
  }

  return {
    use(key) {
      hold(key)
      for (const held of works) {
        if (held.has(key)) continue
        held.add(key)
        hold(key)
      }
      return once(() => letGo(key))
    },
    open() {
      const held = new Set(uses.keys())
      held.forEach(hold)
      works.add(held)
      return once(() => {
        works.delete(held)
        held.forEach(letGo)
      })
    },
    masker: () => (masker ??= createMasker([...uses.keys()])),
  }
}

function once(end: () => void): () => void {
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    end()
  }
}

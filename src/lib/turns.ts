/** One piece of work whose results come late. It is over when the next one begins, or when nobody waits for it any more. */
export interface Turn {
  /** The callback as long as the turn lasts; afterwards it does nothing. Every late result goes through it. */
  take<A extends readonly unknown[]>(use: (...results: A) => void): (...results: A) => void
  isOver(): boolean
}

export interface Turns {
  /** Ends the turn before and begins another. */
  next(): Turn
  end(): void
}

/** Hands out turns, one at a time, so that a late result can never take the place of a newer one. */
export function createTurns(): Turns {
  let current = 0
  return {
    next() {
      current += 1
      const mine = current
      return turnUntil(() => mine !== current)
    },
    end() {
      current += 1
    },
  }
}

/** A turn that ends by itself, such as when what it works for is closed. */
export function turnUntil(isOver: () => boolean): Turn {
  return {
    isOver,
    take:
      use =>
      (...results) => {
        if (!isOver()) use(...results)
      },
  }
}

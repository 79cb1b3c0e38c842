/** Places for work under way, shared by all batches of a run. */
export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>
}

/** At most `size` pieces of work at once; the others wait in the order they came. */
export function slotsOf(size: number): Slots {
  let free = Math.max(1, size)
  const waiting: (() => void)[] = []
  return {
    async run(work) {
      if (free > 0) free -= 1
      else await new Promise<void>(resolve => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}

/** Remembers the last results of a pure function of a string, oldest use out first, so that memory stays bounded. */
export function boundedCache<T>(size: number): { of(key: string, work: (key: string) => T): T } {
  const entries = new Map<string, { readonly made: T }>()
  return {
    of(key, work) {
      const found = entries.get(key)
      if (found !== undefined) {
        entries.delete(key)
        entries.set(key, found)
        return found.made
      }
      const made = work(key)
      entries.set(key, { made })
      if (entries.size > size) {
        const oldest = entries.keys().next()
        if (!oldest.done) entries.delete(oldest.value)
      }
      return made
    },
  }
}

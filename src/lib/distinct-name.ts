/** A name that none of `taken` has: the wanted one, or with a number behind it: `Triage (2)`. */
export function distinctName(wanted: string, taken: Iterable<string>): string {
  return distinctNames(taken)(wanted)
}

/** Gives names that neither `taken` nor any given before has. It goes on counting where it was: 10,000 names of one word are no more work than others. */
export function distinctNames(taken: Iterable<string>): (wanted: string) => string {
  const used = new Set(taken)
  const counts = new Map<string, number>()
  return wanted => {
    let name = wanted
    if (used.has(name)) {
      const stem = wanted.replace(/ \(\d{1,9}\)$/, '')
      let count = counts.get(stem) ?? 2
      for (name = `${stem} (${count})`; used.has(name); name = `${stem} (${count})`) count += 1
      counts.set(stem, count)
    }
    used.add(name)
    return name
  }
}

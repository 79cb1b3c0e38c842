import type { Rng } from '@/lib/rng'

/**
 * Positions of the rows of a method's minibatch number `turn`, from 0: slices of a shuffled order, which is dealt again once it is
 * through (dspy-spec §6.10, step 5). An order that does not divide is filled up with the rows used least, the one seen last
 * first. Numbers that are left out leave their slice out. Ask in ascending order: every new order draws from `rng`.
 */
export function epochMinibatches(rows: number, size: number, rng: Rng): (turn: number) => readonly number[] {
  const uses = new Map<number, number>()
  let order: readonly number[] = []
  let epoch = -1

  function deal(): readonly number[] {
    const shuffled = rng.shuffle([...Array(rows).keys()])
    const note = (row: number): void => void uses.set(row, (uses.get(row) ?? 0) + 1)
    shuffled.forEach(note)
    while (shuffled.length % size !== 0) {
      const [first = [0, 0], ...rest] = [...uses].reverse()
      const [row] = rest.reduce((least, one) => (one[1] < least[1] ? one : least), first)
      shuffled.push(row)
      note(row)
    }
    return shuffled
  }

  return turn => {
    const turnEpoch = order.length === 0 ? 0 : Math.floor((turn * size) / order.length)
    if (turnEpoch > epoch) {
      epoch = turnEpoch
      order = deal()
    }
    const start = (turn * size) % order.length
    return order.slice(start, start + size)
  }
}

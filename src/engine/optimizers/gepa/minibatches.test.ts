import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { epochMinibatches } from './minibatches'

describe('epoch minibatches', () => {
  it('deals a shuffled order in slices and shuffles again when it is through', () => {
    const batch = epochMinibatches(6, 3, pythonRandom(0))
    const rng = pythonRandom(0)
    const orders = [rng.shuffle([0, 1, 2, 3, 4, 5]), rng.shuffle([0, 1, 2, 3, 4, 5])]
    expect([0, 1, 2, 3].map(batch)).toEqual(orders.flatMap(order => [order.slice(0, 3), order.slice(3)]))
  })

  it('fills up with the least used row, the last seen first', () => {
    const batch = epochMinibatches(4, 3, pythonRandom(0))
    const rng = pythonRandom(0)
    const first = rng.shuffle([0, 1, 2, 3])
    expect([...batch(0), ...batch(1)]).toEqual([...first, first[3], first[2]])
    // Those two were used twice by then, so the next order is filled up with the others.
    const second = rng.shuffle([0, 1, 2, 3])
    expect([...batch(2), ...batch(3)]).toEqual([...second, first[1], first[0]])
  })

  it('leaves slices out and deals once for several epochs left out', () => {
    const batch = epochMinibatches(3, 3, pythonRandom(1))
    const rng = pythonRandom(1)
    const [first, second] = [rng.shuffle([0, 1, 2]), rng.shuffle([0, 1, 2])]
    expect([batch(0), batch(4)]).toEqual([first, second])
  })

  it('repeats the only row', () => {
    expect(epochMinibatches(1, 3, pythonRandom(0))(7)).toEqual([0, 0, 0])
  })
})

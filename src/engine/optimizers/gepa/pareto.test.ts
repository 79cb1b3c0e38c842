import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { mean } from '@/lib/stats'
import { drawFromFrontier, frontierOdds, joinFrontier, selectParent, type Frontier } from './pareto'

type Scores = readonly (number | null)[]

function frontierOf(all: readonly Scores[]): Frontier {
  return all.reduce<Frontier>((frontier, scores, candidate) => joinFrontier(frontier, candidate, scores).frontier, [])
}
const meanOf = (scores: Scores): number => mean(scores.filter(score => score !== null))

describe('a front', () => {
  it('is replaced by a better score and joined by an equal one', () => {
    const first = joinFrontier([], 0, [0.5, 0, null])
    expect(first.frontier).toEqual([{ score: 0.5, members: [0] }, { score: 0, members: [0] }, undefined])
    const second = joinFrontier(first.frontier, 1, [0.5, 1, 0])
    expect(second.frontier).toEqual([
      { score: 0.5, members: [0, 1] },
      { score: 1, members: [1] },
      { score: 0, members: [1] },
    ])
    expect(second.changed).toEqual([0, 1, 2])
    expect(joinFrontier(second.frontier, 2, [0.4, null, 0]).changed).toEqual([2])
  })
})

describe('the frontier', () => {
  it('drops a candidate whose rows others cover, and counts rows of the rest', () => {
    // 1 is best only where 2 is as good; 2 and 3 each have a row of their own.
    const all = [
      [0, 0, 0, 0],
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ]
    expect(frontierOdds(frontierOf(all), all.map(meanOf))).toEqual([
      { candidate: 2, rows: 2 },
      { candidate: 3, rows: 2 },
    ])
  })

  it('keeps the better of two that stand in for each other', () => {
    const all = [
      [1, 0.2],
      [1, 0.4],
      [0.9, 0.5],
    ]
    expect(frontierOdds(frontierOf(all), all.map(meanOf)).map(({ candidate }) => candidate)).toEqual([1, 2])
  })

  it('keeps somebody for every row, and nobody who is not needed', () => {
    const scores = fc.array(fc.array(fc.constantFrom(0, 0.5, 1, null), { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(scores, all => {
        const frontier = frontierOf(all)
        const odds = frontierOdds(frontier, all.map(meanOf))
        const kept = new Set(odds.map(({ candidate }) => candidate))
        expect(frontier.every(front => !front || front.members.some(member => kept.has(member)))).toBe(true)
        for (const one of kept) {
          const others = [...kept].filter(other => other !== one)
          expect(frontier.every(front => !front || others.some(other => front.members.includes(other)))).toBe(false)
        }
      }),
    )
  })
})

describe('choosing a parent', () => {
  const all = [
    [1, 1, 1, 0],
    [0, 0, 0, 1],
  ]
  const means = all.map(meanOf)

  it('draws by the number of rows a candidate leads', () => {
    const rng = pythonRandom(0)
    const drawn = Array.from({ length: 800 }, () => drawFromFrontier(frontierOdds(frontierOf(all), means), rng))
    expect(mean(drawn)).toBeCloseTo(0.25, 1)
  })

  it('draws as Python’s choice does from the list of candidates by row', () => {
    const [mine, python] = [pythonRandom(4), pythonRandom(4)]
    const list = [0, 0, 0, 1]
    for (let turn = 0; turn < 20; turn++) expect(selectParent('pareto', frontierOf(all), means, mine)).toBe(python.choice(list))
  })

  it('takes the best mean, or nearly always the best, or the frontier of the best five', () => {
    expect(selectParent('current_best', frontierOf(all), means, pythonRandom(0))).toBe(0)
    const rng = pythonRandom(1)
    const greedy = Array.from({ length: 600 }, () => selectParent('epsilon_greedy', frontierOf(all), means, rng))
    expect(mean(greedy)).toBeGreaterThan(0)
    expect(mean(greedy)).toBeLessThan(0.1)
    const many = Array.from({ length: 7 }, (_, candidate) =>
      Array.from({ length: 7 }, (_value, row) => (row === candidate ? 1 : candidate / 10)),
    )
    const top = new Set(Array.from({ length: 200 }, () => selectParent('top_k_pareto', frontierOf(many), many.map(meanOf), rng)))
    expect(top).toEqual(new Set([2, 3, 4, 5, 6]))
  })

  it('falls back to the best mean when no row has a score', () => {
    expect(selectParent('pareto', frontierOf([[null], [null]]), [0, 0], pythonRandom(0))).toBe(0)
  })
})

import type { Rng } from '@/lib/rng'
import { mean, pythonRound } from '@/lib/stats'
import type { ProgramState } from '../../program/program'
import type { CandidateId } from '../../program/program'

export interface SimbaProgram {
  readonly candidate: CandidateId
  readonly state: ProgramState
}

/** Every program that was scored, by number; the student has 0. */
export interface SimbaPool {
  /** With its scores on one batch; none for the student. */
  add(program: SimbaProgram, scores: readonly number[]): void
  at(number: number): SimbaProgram
  has(candidate: CandidateId): boolean
  /** Mean of its scores; 0 where it has none. */
  average(number: number): number
  /** The `count` best by average, the student always among them: it takes the last place where it has none of its own. */
  shortlist(count: number): readonly number[]
}

export function createSimbaPool(): SimbaPool {
  const programs: SimbaProgram[] = []
  const averages: number[] = []
  const average = (number: number): number => averages[number] ?? 0
  return {
    add(program, scores) {
      programs.push(program)
      averages.push(mean(scores))
    },
    at(number) {
      const program = programs[number]
      if (program === undefined) throw new Error(`there is no program ${number} in a pool of ${programs.length}`)
      return program
    },
    has: candidate => programs.some(program => program.candidate === candidate),
    average,
    shortlist(count) {
      const best = [...programs.keys()].sort((a, b) => average(b) - average(a)).slice(0, count)
      return best.includes(0) ? best : [...best.slice(0, -1), 0]
    },
  }
}

/** Draws a program of the shortlist, likelier the higher its average: softmax at a temperature above 0. */
export function softmaxDraw(pool: SimbaPool, shortlist: readonly number[], temperature: number, rng: Rng): number {
  const averages = shortlist.map(number => pool.average(number))
  const highest = averages.reduce((top, one) => Math.max(top, one), -Infinity)
  // Shifted by the highest: the same odds, and no overflow at low temperatures.
  const weights = averages.map(one => Math.exp((one - highest) / temperature))
  return rng.choices(shortlist, weights, 1)[0] ?? 0
}

/** Batches of positions: a shuffled order in slices, shuffled on when too few are left. One row may not come twice in a batch. */
export function shuffledBatches(rows: number, size: number, rng: Rng): () => readonly number[] {
  let order: readonly number[] = rng.shuffle([...Array(rows).keys()])
  let next = 0
  return () => {
    if (next + size > rows) {
      order = rng.shuffle(order)
      next = 0
    }
    next += size
    return order.slice(next - size, next)
  }
}

/** Places of at most `count` programs spread evenly over a list of `length`, first and last included, each once. */
export function evenlySpaced(length: number, count: number): readonly number[] {
  const places = Array.from({ length: count }, (_, index) => pythonRound((index * (length - 1)) / (count - 1)))
  return [...new Set(places)]
}

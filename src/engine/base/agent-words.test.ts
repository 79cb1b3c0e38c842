import { expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { pythonRandom } from '@/lib/rng'
import { trajectoryNames, turnsOf } from './agent-words'

const kept = (start: number, count: number, observation: (index: number) => Json) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => {
      const names = trajectoryNames(start + at)
      return [
        [names.thought, `think ${at}`],
        [names.tool, 'look_up'],
        [names.args, { word: `w${at}` }],
        [names.observation, observation(at)],
      ] as const
    }).flat(),
  )

it('reads back every trajectory an agent keeps, also one whose oldest turns are gone', () => {
  const rng = pythonRandom(7)
  for (let round = 0; round < 100; round++) {
    const [start, count] = [rng.randbelow(5), rng.randint(1, 9)]
    const turns = turnsOf(kept(start, count, at => rng.choice<Json>([null, at, 'text', { nested: ['<b>'] }, [1]])))
    expect(turns).toHaveLength(count)
    expect(turns?.[0]).toMatchObject({ thought: 'think 0', tool: 'look_up', args: { word: 'w0' } })
  }
})

it.each<[Json]>([
  [null],
  ['text'],
  [[]],
  [{}],
  [{ thought_0: 'alone' }],
  [{ ...kept(0, 2, () => 1), other: 1 }],
  [{ thought_0: 1, a: 2, b: 3, c: 4 }],
])('takes %j for what it is', value => expect(turnsOf(value)).toBeUndefined())

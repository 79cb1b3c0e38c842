import { expect, it } from 'vitest'
import { addSample, remainingMs, type PaceSample } from './pace'

const fold = (samples: readonly PaceSample[]) => samples.reduce<readonly PaceSample[]>(addSample, [])

it('tells the time left from the pace of answered calls', () => {
  const samples = fold([
    { at: 0, answered: 0 },
    { at: 1000, answered: 10 },
    { at: 2000, answered: 20 },
  ])
  expect(remainingMs(samples, 120, 2000)).toBe(10_000)
})

it('says nothing before the first answer, and nothing past the plan', () => {
  expect(remainingMs(fold([{ at: 0, answered: 0 }]), 100, 500)).toBeUndefined()
  expect(
    remainingMs(
      fold([
        { at: 0, answered: 90 },
        { at: 10, answered: 100 },
      ]),
      100,
      20,
    ),
  ).toBeUndefined()
})

it('forgets a pace of long ago, and slows down while nothing comes', () => {
  const samples = fold([
    { at: 0, answered: 0 },
    { at: 1000, answered: 1000 },
    { at: 60_000, answered: 1001 },
    { at: 70_000, answered: 1002 },
  ])
  expect(remainingMs(samples, 1003, 70_000)).toBeGreaterThan(5000)
  expect(remainingMs(samples, 1003, 90_000)).toBeGreaterThan(remainingMs(samples, 1003, 70_000) ?? Infinity)
})

import { expect, it } from 'vitest'
import { twoSteps } from '@/testing/toy-programs'
import { changeWords, isChanged, stateChanges } from './state-changes'

const { graph } = twoSteps()
const demo = (text: string) => ({ text })
const state = (instructions: string, ...texts: string[]) => ({ instructions, demos: texts.map(demo) })

it('tells every predictor in the order it runs, changed or not', () => {
  const before = { extract: state('A'), 'classify.predict': state('B') }
  const ids = stateChanges(graph, before, { ...before, extract: state('A2') }).map(change => [change.name, isChanged(change)])
  expect(ids).toEqual([
    ['Extract', true],
    [expect.stringContaining('Classify'), false],
  ])
})

it('finds demos added and removed by their content, not their place', () => {
  const [change] = stateChanges(graph, { extract: state('A', 'x', 'y') }, { extract: state('A', 'z', 'y') })
  expect(change).toMatchObject({ added: [demo('z')], kept: [demo('y')], removed: [demo('x')], hasNewInstructions: false })
})

it('counts a demo that stands twice as two', () => {
  const [change] = stateChanges(graph, { extract: state('A', 'x') }, { extract: state('B', 'x', 'x') })
  expect(change).toMatchObject({ added: [demo('x')], kept: [demo('x')], removed: [] })
  expect(change && changeWords(change)).toBe('instructions, +1 demo')
})

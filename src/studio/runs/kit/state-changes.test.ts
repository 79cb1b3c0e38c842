import { expect, it } from 'vitest'
import { voteProgram } from '@/engine/modules/vote-program'
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

it('sees another choice among the same demos, and says what is shown', () => {
  const all = state('A', 'x', 'y', 'z')
  const [picked] = stateChanges(graph, { extract: all }, { extract: { ...all, nearest: { k: 2 } } })
  expect(picked && [isChanged(picked), changeWords(picked)]).toEqual([true, '2 nearest shown'])
  const [more] = stateChanges(graph, { extract: { ...all, nearest: { k: 2 } } }, { extract: all })
  expect(more && changeWords(more)).toBe('all demos shown')
})

it('compares each program of a vote with the program that it was made of', () => {
  const before = { extract: state('A', 'x'), classify: state('B') }
  const vote = voteProgram(graph, [before, { ...before, extract: state('A2', 'x', 'y') }], 'majority')
  const changes = stateChanges(vote.graph, before, vote.state)
  expect(changes.map(change => [change.name, isChanged(change) ? changeWords(change) : ''])).toEqual([
    ['vote › Program 1 › Extract', ''],
    ['vote › Program 1 › Classify', ''],
    ['vote › Program 2 › Extract', 'instructions, +1 demo'],
    ['vote › Program 2 › Classify', ''],
  ])
})

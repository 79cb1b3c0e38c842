import { describe, expect, it } from 'vitest'
import { field, oneStep } from '@/testing/toy-programs'
import type { Demo } from '../program/program'
import { shownDemos } from './nearest-demos'
import { promptFor } from '../graph/prompt'

const signature = { instructions: '', fields: [field('text', 'input'), field('label', 'output')] }
const demos: readonly Demo[] = [
  { text: 'My invoice shows a charge twice', label: 'billing' },
  { text: 'I cannot log in with my password', label: 'identity' },
  { text: 'The refund for the double charge is missing', label: 'billing' },
  { text: 'The app crashes when I open a report', label: 'quality' },
]
const shown = (text: string, k: number): readonly unknown[] =>
  shownDemos({ instructions: '', demos, nearest: { k } }, signature, { text }).map(demo => demos.indexOf(demo))

describe('the demos a call shows', () => {
  it('are all of them where nothing else is said', () => {
    expect(shownDemos({ instructions: '', demos }, signature, { text: 'x' })).toBe(demos)
    expect(shownDemos(undefined, signature, { text: 'x' })).toEqual([])
  })

  it('are the nearest, the most similar first', () => {
    expect(shown('Password does not let me log in', 1)).toEqual([1])
    expect(shown('I was charged twice on one invoice', 2)).toEqual([0, 2])
  })

  it('see words in another form, and fall back on the order of the pool', () => {
    expect(shown('crashing reports', 1)).toEqual([3])
    expect(shown('日本語', 2)).toEqual([0, 1])
    expect(shown('', 9)).toEqual([0, 1, 2, 3])
  })

  it('are those in the prompt that a user is shown', () => {
    const program = oneStep('predict', { classify: { instructions: '', demos, nearest: { k: 1 } } })
    const texts = promptFor(program, 'classify', { text: 'log in' }).map(({ content }) => content)
    expect(texts).toHaveLength(4)
    expect(texts[1]).toContain('I cannot log in')
  })
})

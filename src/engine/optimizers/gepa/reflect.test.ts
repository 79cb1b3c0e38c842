import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { oneStep, toyRows, twoSteps } from '@/testing/toy-programs'
import type { Rollout } from '../../evaluate/rollout'
import { predictorsOf } from '../../graph/predictors'
import { feedbackSentence, instructionIn } from './text'
import { reflectionPrompt, reflectionRecord } from './reflect'

const options = { perfectScore: 1, showsUnreadable: false, rng: pythonRandom(0) }
const [row] = toyRows(1)
const two = twoSteps()
const [extract, classify] = predictorsOf(two.graph)
if (!row || !extract || !classify) throw new Error('the toy task has changed')

const rollout: Rollout = {
  exampleId: row.id,
  prediction: { label: 'blue' },
  trace: [
    { node: 'extract', predictor: 'extract', name: 'Extract', inputs: row.inputs, outputs: { keyword: 'zorp' }, calls: [], ms: 1 },
    {
      node: 'classify',
      predictor: 'classify',
      name: 'Classify',
      inputs: { keyword: 'zorp' },
      outputs: { reasoning: 'Why not.', label: 'blue' },
      calls: [],
      ms: 1,
    },
  ],
  score: 0,
  ms: 2,
}
const unreadable: Rollout = {
  exampleId: row.id,
  trace: [
    {
      node: 'extract',
      predictor: 'extract',
      name: 'Extract',
      inputs: row.inputs,
      calls: [],
      ms: 1,
      error: { code: 'adapter-parse', message: 'No keyword.', facts: { text: 'gibberish' } },
    },
  ],
  score: 0,
  error: { code: 'adapter-parse', message: 'No keyword.' },
  ms: 1,
}
const label = String(row.labels['label'])

describe('a record of what a predictor did', () => {
  it('holds its own inputs and outputs, the label of its output, and what was expected of the program', () => {
    expect(reflectionRecord(classify, two.graph, row, rollout, options)).toEqual({
      inputs: { keyword: 'zorp' },
      outputs: { reasoning: 'Why not.', label: 'blue' },
      expected: { label },
      feedback: `Score 0 of 1. Expected ${label} as label, got blue.`,
    })
    expect(reflectionRecord(extract, two.graph, row, rollout, options)).toMatchObject({ outputs: { keyword: 'zorp' }, expected: {} })
  })

  it('takes the feedback of the metric where there is some', () => {
    const record = reflectionRecord(classify, two.graph, row, { ...rollout, feedback: 'Too blue.', score: 0.25 }, options)
    expect(record?.feedback).toBe('Score 0.25 of 1. Too blue.')
  })

  it('shows an answer that could not be read only when told to', () => {
    expect(reflectionRecord(extract, two.graph, row, unreadable, options)).toBeUndefined()
    const shown = reflectionRecord(extract, two.graph, row, unreadable, { ...options, showsUnreadable: true })
    expect(shown).toMatchObject({ outputs: 'gibberish', feedback: expect.stringContaining('No keyword.') })
    expect(reflectionRecord(classify, two.graph, row, unreadable, { ...options, showsUnreadable: true })).toBeUndefined()
  })

  it('is none where the row has no score', () => {
    expect(reflectionRecord(classify, two.graph, row, { ...rollout, score: null }, options)).toBeUndefined()
  })

  it('draws one of several steps', () => {
    const step = rollout.trace[1]
    if (!step) throw new Error('no step')
    const many = { ...rollout, trace: [1, 2, 3].map(n => ({ ...step, inputs: { keyword: `k${n}` } })) }
    const rng = pythonRandom(0)
    const drawn = Array.from({ length: 20 }, () => reflectionRecord(classify, two.graph, row, many, { ...options, rng })?.inputs['keyword'])
    expect(new Set(drawn).size).toBe(3)
  })
})

describe('the message to the reflection model', () => {
  const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })
  const [predictor] = predictorsOf(program.graph)
  const prompt = (rollouts: readonly Rollout[]): string | undefined =>
    predictor && reflectionPrompt(predictor, program, [row, row], rollouts, options)

  it('opens with the instruction in a fence and lists the examples', () => {
    const message = prompt([rollout, rollout]) ?? ''
    expect(message).toContain('```\nName the colour.\n```')
    expect(message).toContain("text -> label: Literal['red', 'green', 'blue']")
    expect(message.match(/^# Example \d$/gm)).toEqual(['# Example 1', '# Example 2'])
    expect(message).toContain(`## Expected\n### label\n${label}\nFeedback: Score 0 of 1.`)
  })

  it('is not sent when there is nothing to show', () => {
    expect(prompt([unreadable, unreadable])).toBeUndefined()
  })
})

describe('feedback', () => {
  const judgement = { score: 0.5, isPerfect: false, feedback: undefined, parts: undefined, outputs: [] }
  it('names the parts of a score', () => {
    expect(feedbackSentence({ ...judgement, parts: { exact: 1, f1: 0.333 } })).toBe('Score 0.5 of 1 (exact 1, f1 0.33).')
  })
  it('says that a right answer is right', () => {
    expect(feedbackSentence({ ...judgement, score: 1, isPerfect: true, feedback: ' ' })).toBe('Score 1 of 1. This is right.')
  })
})

describe('reading an instruction out of an answer', () => {
  it.each([
    ['```\nBe brief.\n```', 'Be brief.'],
    ['Here it is:\n```text\nBe brief.\nAlways.\n```\nDone.', 'Be brief.\nAlways.'],
    ['```Be brief.```', 'Be brief.'],
    ['```\nUse ```x``` marks.\n```', 'Use ```x``` marks.'],
    ['```markdown\nCut off in the', 'Cut off in the'],
    ['Be brief.\n```', 'Be brief.'],
    ['  Be brief. ', 'Be brief.'],
    ['``` ```', ''],
    ['', ''],
  ])('%j', (answer, text) => {
    expect(instructionIn(answer)).toBe(text)
  })
})

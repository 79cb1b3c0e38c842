import { describe, expect, it } from 'vitest'
import { reflectionMessage } from '@/engine/optimizers/gepa/text'
import { instructionFromProse } from '../write-instruction'
import { noiseOf } from '../text/noise'

const noise = noiseOf(0, 0, 0)
const record = (question: string, next: string, feedback: string) => ({
  inputs: { question, trajectory: '[[ ## thought_0 ## ]]\nOn.\n\n[[ ## tool_name_0 ## ]]\ndetails\n\n[[ ## observation_0 ## ]]\n3' },
  outputs: { next_thought: 'On.', next_tool_name: next, next_tool_args: {} },
  expected: { answer: '3' },
  feedback,
})
const write = (instruction: string, records: readonly ReturnType<typeof record>[]): string => {
  const message = reflectionMessage({ step: 'Assist · react', signature: 'question -> answer', instruction, records })
  return instructionFromProse(message, noise)?.replaceAll('```', '').trim() ?? ''
}

describe('instructions written from an agent at work', () => {
  it('notes for which questions a piece of advice was given, without their names and numbers', () => {
    const written = write('Answer.', [
      record('Please ship 3 Quill rugs.', 'finish', 'Score 0 of 1. The tool `post` should be called next.'),
    ])
    expect(written).toBe('Answer.\n- About ship, rugs: The tool `post` should be called next.')
  })

  it('lets a note grow, and keeps notes on other advice', () => {
    const advice = 'The tool `post` should be called next.'
    const first = write('Answer.', [record('Please ship the Quill rug.', 'finish', `Score 0 of 1. ${advice}`)])
    const second = write(first, [
      record('What is the carriage on the Quill rug?', 'finish', `Score 0 of 1. ${advice}`),
      record('Is one left?', 'post', 'Score 0 of 1. The answer should be yes or no.'),
    ])
    expect(second.split('\n')).toEqual([
      'Answer.',
      `- About ship, rug, carriage: ${advice}`,
      '- About left: The answer should be yes or no.',
    ])
  })

  it('takes the calls of work that came out right for advice where nobody gave any', () => {
    const written = write('Answer.', [
      record('What does the Quill rug weigh?', 'finish', 'Score 1 of 1. This is right.'),
      record('How heavy is the Umber stool?', 'finish', 'Score 0 of 1. Expected 5 as answer, got 3.'),
    ])
    expect(written).toBe('Answer.\n- About rug, weigh: Call details, and finish.')
  })
})

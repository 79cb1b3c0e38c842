import { trimOf } from '@/lib/trim-of'
import { textSignature } from '../kit/text-signature'

// Every sentence that COPRO puts before the prompt model.

const proposed = { proposed_instruction: 'The instruction, and nothing else.' }
const task = 'Write a better instruction for a language model.'
const aim =
  'Be bold: another structure or another emphasis may work where small changes do not. Say plainly what decides for which answer; the model sees nothing besides the instruction and the inputs.'
const rows = 'Rows of the task with their known answers.'

export const writeFirst = {
  blind: textSignature(`${task} You are shown the one it has now. ${aim}`, { basic_instruction: 'The instruction it has now.' }, proposed),
  sighted: textSignature(
    `${task} You are shown the one it has now, and rows of its task. ${aim}`,
    { basic_instruction: 'The instruction it has now.', examples: rows },
    proposed,
  ),
}

const attempts = 'Instructions tried so far and what they scored, the best one last.'

export const writeNext = {
  blind: textSignature(
    `${task} You are shown instructions that were tried, with their scores from 0 to 100. Find out what the good ones have that the others lack, and go further. ${aim}`,
    { attempted_instructions: attempts },
    proposed,
  ),
  sighted: textSignature(
    `${task} You are shown instructions that were tried, with their scores from 0 to 100, and rows that the best one still gets wrong. Find out what the good ones have that the others lack, and what the rows need. ${aim}`,
    { attempted_instructions: attempts, examples: rows },
    proposed,
  ),
}

/** One attempt as DSPy lists it: two numbered texts. */
export function attemptTexts(number: number, instructions: string, percent: number): readonly string[] {
  return [`Instruction #${number}: ${instructions}`, `Resulting Score #${number}: ${percent}`]
}

/** A proposal without the quotes that models put around it. */
export function unquoted(text: string): string {
  return trimOf(text.trim(), /"/).trim()
}

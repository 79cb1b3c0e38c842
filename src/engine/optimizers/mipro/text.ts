import type { Signature } from '../../signature/signature'
import { textSignature, type TextFields } from '../kit/text-signature'

// Every sentence that MIPROv2 puts before the prompt model. Field names are DSPy's; wording is ours.

const rowsField = 'Rows of the train split, inputs first, then the known answers.'

export const observeRows = textSignature(
  'Look at these rows of a dataset. Note what is true of them all or of many: topics, length and form of the inputs, what the answers look like, which signs in an input go with which answer, and anything that would trip somebody up.',
  { examples: rowsField },
  { observations: 'What you noticed, in a few plain sentences.' },
)

export const observeMoreRows = textSignature(
  `Here are further rows of a dataset and what was noticed so far. Add only what is new. If nothing is, answer with the one word ${'COMPLETE'}.`,
  { examples: rowsField, prior_observations: 'What was noticed in earlier rows.' },
  { observations: 'What is new, or COMPLETE.' },
)

export const summariseObservations = textSignature(
  'Sum up the observations in two or three sentences that tell somebody who has never seen the data what it is, what is asked, and what decides the answer.',
  { observations: 'What was noticed in the data.' },
  { summary: 'Two or three sentences.' },
)

export const describeWholeProgram = textSignature(
  'Below is a program whose steps ask a language model, and an example of its work. Say what task the program is built for and how its steps share the work.',
  { program_code: 'The program, step by step.', program_example: 'What it did with some inputs.' },
  { program_description: 'The task and how the program goes about it.' },
)

export const describeOneModule = textSignature(
  'Below is a program whose steps ask a language model. Say what the named step contributes to it: what it is given, what it has to find out, and who relies on it.',
  {
    program_code: 'The program, step by step.',
    program_example: 'What it did with some inputs.',
    program_description: 'What the program is for.',
    module: 'The step that is meant.',
  },
  { module_description: 'What that step has to do.' },
)

export interface ProposalParts {
  readonly hasData: boolean
  readonly hasProgram: boolean
  readonly hasTip: boolean
}

/** The request for one instruction. What is switched off is no field of it. */
export function proposeInstruction(parts: ProposalParts): Signature {
  const key = `${parts.hasData} ${parts.hasProgram} ${parts.hasTip}`
  let signature = proposals.get(key)
  if (signature === undefined) proposals.set(key, (signature = makeProposal(parts)))
  return signature
}

const proposals = new Map<string, Signature>()

function makeProposal({ hasData, hasProgram, hasTip }: ProposalParts): Signature {
  const inputs: TextFields = {
    ...(hasData && { dataset_description: 'What the data is like, and some of its rows with their known answers.' }),
    ...(hasProgram && {
      program_code: 'The program, step by step.',
      program_description: 'What the program is for.',
      module: 'The step whose instruction you write.',
      module_description: 'What that step has to do.',
    }),
    task_demos: 'Worked examples of the step.',
    basic_instruction: 'The instruction it has now.',
    ...(hasTip && { tip: 'Something to keep in mind while you write.' }),
  }
  return textSignature(
    'Write a better instruction for a language model that does the step described below. Use everything you are shown: say what the inputs are, what to look for, which signs decide for which answer, and how the answer has to look. The instruction is all the model will see besides the inputs, so put the facts it needs into it.',
    inputs,
    { proposed_instruction: 'The instruction, and nothing else.' },
  )
}

/** Stands where no worked examples are shown. */
export const noDemos = 'There are no worked examples.'

/** Opens the rows below the summary in a dataset description. */
export const rowsHeading = 'Some rows with their known answers:'

/** DSPy's six tips in its order; the first says nothing. */
export const tips = [
  { key: 'none', text: '' },
  { key: 'creative', text: 'Take a route of your own: the instruction need not resemble the one it replaces.' },
  { key: 'simple', text: 'Leave out every word that does no work; short and plain wins.' },
  { key: 'description', text: 'Spell out what the task is about, with all particulars that help.' },
  { key: 'high_stakes', text: 'Set the task in a situation where a wrong answer would do real harm.' },
  { key: 'persona', text: 'Begin by telling the model who it is: somebody who is known to be good at this.' },
] as const

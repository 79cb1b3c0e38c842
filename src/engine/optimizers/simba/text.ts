import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { trimOf } from '@/lib/trim-of'
import type { Values } from '../../base/example'
import type { Predictor } from '../../graph/predictors'
import type { Signature } from '../../signature/signature'
import type { Trace } from '../../trace/span'
import { showValues } from '../kit/show-rows'
import { textSignature } from '../kit/text-signature'

// Every sentence that SIMBA puts before the prompt model. Names of inputs are DSPy's; wording is ours.

/**
 * The request for rules: one answer field a step. Differs: DSPy asks for one dictionary of advice by module name; with a field each, no
 * answer can name a step that is not there, and none has to be valid JSON.
 */
export function ruleSignature(predictors: readonly Predictor[]): Signature {
  const key = predictors.map(predictor => `${ruleField(predictor)} ${predictor.stepName}`).join('\n')
  let signature = signatures.get(key)
  if (signature === undefined) signatures.set(key, (signature = makeSignature(predictors)))
  return signature
}

const signatures = new Map<string, Signature>()

function makeSignature(predictors: readonly Predictor[]): Signature {
  return textSignature(
    [
      'Two runs of the same program on the same inputs are compared: one went worse, one went better.',
      'Find out where they part and why the better one did better, then say for each step what it is to do in such cases, so that it does well there every time.',
      'Write rules: name the situation by its marks, and what to do in it. They are added to the instructions the step has and have to hold for other inputs of the kind; so give the facts that decide, not the answer to this one.',
      'Leave the field of a step empty where the step had no part in it.',
    ].join(' '),
    {
      program_code: 'The program, step by step, with the instructions of each step.',
      program_inputs: 'What both runs were given.',
      oracle_metadata: 'What is known about the right answer.',
      worse_program_trajectory: 'What the steps of the worse run were given and wrote.',
      worse_program_outputs: 'What the worse run returned.',
      worse_reward_value: 'Its score, 0 to 1.',
      worse_reward_info: 'What the metric said about it.',
      better_program_trajectory: 'What the steps of the better run were given and wrote.',
      better_program_outputs: 'What the better run returned.',
      better_reward_value: 'Its score, 0 to 1.',
      better_reward_info: 'What the metric said about it.',
    },
    {
      discussion: 'Where the two runs part, and what made the difference.',
      ...Object.fromEntries(
        predictors.map(predictor => [ruleField(predictor), `Rules to add to the instructions of the step ${predictor.stepName}.`]),
      ),
    },
  )
}

/** `instruction_for_triage`: where the answer holds the rules of a step. */
export function ruleField({ dspyName }: Predictor): string {
  return `instruction_for_${dspyName.replace(/\W+/g, '_')}`
}

/** The rules of a step in an answer. Undefined where it has none, in whatever words a model says so. */
export function ruleIn(answer: Values, predictor: Predictor): string | undefined {
  const text = String(answer[ruleField(predictor)] ?? '').trim()
  const words = trimOf(text, /\W/)
  return /^(none|n\/?a|nothing|empty|no (rules?|advice|changes?))?$/i.test(words) ? undefined : text
}

/** Rules go below the instructions, after a blank line. */
export function withRule(instructions: string, rule: string): string {
  return `${instructions}\n\n${rule}`
}

/** Stands for the better or the worse run where both did equally well. */
export const noRun = 'N/A'

export function showTrajectory(trace: Trace): string {
  // Attempts that another one beat are no part of how the run went, nor is its score; an attempt's own span only groups its steps.
  const counted = trace.filter(({ discarded, kind }) => discarded !== true && kind !== 'attempt' && kind !== 'score')
  const shown = counted.map(({ name, inputs, outputs }) => `# Step ${name}\n${showValues(inputs)}\n${showValues(outputs ?? {})}`.trim())
  return shown.length > 0 ? shown.join('\n\n') : 'No step came to its end.'
}

export function showFields(values: Values | undefined): string {
  return values === undefined || Object.keys(values).length === 0 ? noRun : showValues(values)
}

/** A text of a demo that is too long, cut. */
export function shortened(value: Json, most: number): Json {
  return typeof value === 'string' && value.length > most ? `${cutText(value, most)}\n… (cut here; the rest is left out)` : value
}

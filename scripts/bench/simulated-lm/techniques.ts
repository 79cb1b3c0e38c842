import { unit } from './chance'

/** Ways of asking that make a model more careful. What each is worth differs from model to model (`salt`), as it does in life. */
interface Technique {
  readonly id: string
  readonly sign: RegExp
  readonly worth: number
  /** What the simulated LM writes when it proposes this technique. */
  readonly sentence: string
  readonly only?: 'number'
}

export const techniques: readonly Technique[] = [
  {
    id: 'steps',
    sign: /step[- ]by[- ]step|in small steps|one step at a time/i,
    worth: 0.16,
    sentence: 'Work step by step before you answer.',
  },
  { id: 'evidence', sign: /evidence|key words|key phrases|decisive words/i, worth: 0.14, sentence: 'Name the key words that decide.' },
  { id: 'check', sign: /double-?check|verify|check your/i, worth: 0.12, sentence: 'Double-check the answer against the input.' },
  {
    id: 'compare',
    sign: /rule out|weigh|compare/i,
    worth: 0.1,
    sentence: 'Weigh the possible answers and rule out those that do not fit.',
  },
  { id: 'persona', sign: /^\W*you are\b|\bexpert\b|\bspecialist\b/im, worth: 0.08, sentence: 'You are an expert in exactly this task.' },
  {
    id: 'stakes',
    sign: /critical|serious|harm|at stake|grave/i,
    worth: 0.05,
    sentence: 'Take care: a mistake here has serious consequences.',
  },
  { id: 'format', sign: /nothing else|exactly one|no extra words/i, worth: 0.05, sentence: 'Give the answer and nothing else.' },
  {
    id: 'quantities',
    sign: /quantit|list the numbers|what is asked/i,
    worth: 0.15,
    sentence: 'List the numbers, say what is asked, and write down the calculation.',
    only: 'number',
  },
]

/** Factor on mistakes, 1 with an instruction that has none of them. */
export function carelessness(instructions: string, salt: string, kind: 'label' | 'number'): number {
  return techniques
    .filter(({ sign, only }) => sign.test(instructions) && (only === undefined || only === kind))
    .reduce((factor, { id, worth }) => factor * (1 - worth * (unit(salt, 'worth', id) * 2.2 - 0.3)), 1)
}

import type { PredictorState } from '@/engine/program/program'
import { optimizerKind } from '@/engine/optimizers/registry'
import type { CandidateRow } from './candidate-rows'

/** How a candidate came to be, in words; what is not known is shown as the optimizer wrote it. */
export function howWords(how: string): string {
  const optimizer = optimizerKind(how)
  return names[how] ?? optimizer?.title ?? how
}

/** What of its demos a call shows. */
export function choiceWords({ nearest, demos }: Pick<PredictorState, 'nearest' | 'demos'>): string {
  if (nearest === undefined) return 'Every call shows all of them'
  const by = nearest.embedder === undefined ? 'by words' : 'by embeddings'
  return `A call shows the ${Math.min(nearest.k, demos.length)} most like its inputs, ${by}`
}

export function verdictOf({
  candidate,
  isBaseline,
  isBest,
}: CandidateRow): { readonly label: string; readonly tone: 'neutral' | 'gold' | 'good' } | undefined {
  if (isBest) return { label: 'Best', tone: 'gold' }
  if (isBaseline) return { label: 'Baseline', tone: 'neutral' }
  if (candidate.verdict === undefined) return undefined
  return candidate.verdict.kind === 'accept' ? { label: 'Accepted', tone: 'good' } : { label: 'Rejected', tone: 'neutral' }
}

const names: Readonly<Record<string, string>> = {
  student: 'The program as it was',
  'zero-shot': 'Without demos',
  labelled: 'Labelled demos',
  search: 'Bootstrapped demos',
  reflect: 'Rewritten from failures',
  grounded: 'Written from data and program',
  breadth: 'One of several first drafts',
  history: 'Written from earlier scores',
  rules: 'Rules read from examples',
  combination: 'Instructions and demos combined',
  'one demo': 'One demo',
  merge: 'Merged from two candidates',
  'append-demo': 'A demo added',
  'append-rule': 'A rule added',
  nearest: 'Demos picked for each call',
  ensemble: 'The best candidates together',
}

import type { Diagnosis, Finding, FinishedRun } from './finding'
import { factsOf, type RunFacts } from './run-facts'
import { ceilingReached, manyTriedOnSameRows, metricIsFlat, metricIsNoisy, rowsFailed, valIsSmall } from './score-findings'
import { demosTooFew, endedEarly, everythingLocked, minibatchLuck, sameCandidates, trainRowsLearned } from './search-findings'

/**
 * Why a compile brought no gain, or what to doubt about the gain it brought: each finding with its numbers and the next action.
 * Pure, so that an old run says the same as a new one. A clear gain on enough rows by few candidates gives no finding.
 */
export function diagnose(run: FinishedRun): Diagnosis {
  const facts = factsOf(run)
  const findings = rules.flatMap(rule => rule(facts) ?? [])
  return { verdict: facts.verdict, findings: findings.toSorted((a, b) => weights[a.tone] - weights[b.tone]) }
}

/** What spoils a run comes before what only weakens it; the order decides among findings of one tone. */
const rules: readonly ((facts: RunFacts) => Finding | undefined)[] = [
  everythingLocked,
  endedEarly,
  rowsFailed,
  ceilingReached,
  metricIsFlat,
  sameCandidates,
  demosTooFew,
  metricIsNoisy,
  minibatchLuck,
  trainRowsLearned,
  valIsSmall,
  manyTriedOnSameRows,
  sandboxAnswered,
]

const weights: Readonly<Record<Finding['tone'], number>> = { cause: 0, caution: 1, note: 2 }

function sandboxAnswered({ isSandbox }: RunFacts): Finding | undefined {
  if (!isSandbox) return undefined
  return {
    id: 'sandbox-model',
    tone: 'note',
    title: 'The Sandbox answered',
    detail:
      'The Sandbox is built in, free, and not a language model. Its scores show how compiling works; a real model will score differently and may gain from other things.',
    action: { id: 'change-models', words: 'Choose a model' },
  }
}

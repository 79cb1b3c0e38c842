import { isClearGain } from '../evaluate/interval'
import { optimizerKind } from '../optimizers/registry'
import type { CandidateView } from '../run/view/run-view'
import type { FinishedRun, GainVerdict } from './finding'
import { differencesOf } from './gain-numbers'

export type ScoredView = CandidateView & { readonly full: NonNullable<CandidateView['full']> }

/** What the findings are read from, worked out once. */
export interface RunFacts extends FinishedRun {
  readonly verdict: GainVerdict
  /** The student, as far as it was fully scored. */
  readonly baseline?: ScoredView
  /** Fully scored candidates other than the student, the best first. */
  readonly scored: readonly ScoredView[]
  /** What the run keeps, or where that is the student the best of the others. */
  readonly top?: ScoredView
  /** Row by row, `top` minus the student. */
  readonly differences: readonly number[]
  readonly params: Readonly<Record<string, unknown>>
}

export function factsOf(run: FinishedRun): RunFacts {
  const { view, result, optimizer } = run
  const all = view.candidates.filter(isScored)
  const baseline = all.find(({ id }) => id === (result?.baseline?.candidate ?? view.baseline))
  const scored = all.filter(candidate => candidate !== baseline).toSorted((a, b) => b.full.summary.mean - a.full.summary.mean)
  const top = scored.find(({ id }) => id === result?.best?.candidate) ?? scored[0]
  const gain = result?.gain
  const verdict = gain === undefined || gain.mean <= 0 ? 'none' : isClearGain(gain) ? 'clear' : 'unsure'
  const kind = optimizerKind(optimizer?.id ?? '')
  const params = kind?.params.safeParse(optimizer?.params ?? {})
  return {
    ...run,
    verdict,
    ...(baseline && { baseline }),
    scored,
    ...(top && { top }),
    differences: baseline && top ? differencesOf(baseline.full.scores, top.full.scores) : [],
    params: params?.success ? params.data : (optimizer?.params ?? {}),
  }
}

function isScored(candidate: CandidateView): candidate is ScoredView {
  return candidate.full !== undefined
}

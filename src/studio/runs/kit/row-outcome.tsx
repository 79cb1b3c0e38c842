import { Check, CircleAlert, CircleSlash, CloudOff, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { outcomeOf, type Outcome } from '@/state/runs/outcome'
import type { Rollout } from '@/engine/evaluate/rollout'
import { cx } from '@/ui/cx'

/** A row's score with its mark: passed, partial, failed, error (counts as 0) or without a score. */
export function RowOutcome({ rollout }: { readonly rollout: Pick<Rollout, 'score' | 'error'> }) {
  const outcome = outcomeOf(rollout)
  const { icon, label, colour } = outcomeFaces[outcome]
  return (
    <span className={cx('flex items-center gap-1.5 [&_svg]:size-3.5', colour)}>
      <span role="img" aria-label={label} title={label} className="inline-flex">
        {icon}
      </span>
      <span className="tabular">{scoreWords(rollout.score)}</span>
    </span>
  )
}

/** A row's score between 0 and 1, short; a dash where there is none. */
export function scoreWords(score: number | null | undefined): string {
  return score === null || score === undefined ? '–' : String(Number(score.toFixed(3)))
}

const outcomeFaces: Readonly<Record<Outcome, { readonly icon: ReactNode; readonly label: string; readonly colour: string }>> = {
  passed: { icon: <Check />, label: 'Passed', colour: 'text-good-text' },
  partial: { icon: <CircleSlash />, label: 'Partial', colour: 'text-warn-text' },
  failed: { icon: <X />, label: 'Failed', colour: 'text-bad-text' },
  error: { icon: <CircleAlert />, label: 'Error, counts as 0', colour: 'text-bad-text' },
  unscored: { icon: <CloudOff />, label: 'No score', colour: 'text-faint' },
}

import { Check, CircleAlert, CircleSlash, CloudOff, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Rollout } from '@/engine/evaluate/rollout'
import { outcomeOf, type Outcome } from '@/state/runs/outcome'
import { cx } from '@/ui/cx'

/** The score of one rollout with the mark of its outcome. */
export function TraceScore({ rollout, className }: { readonly rollout: Pick<Rollout, 'score' | 'error'>; readonly className?: string }) {
  const { icon, label, colour } = faces[outcomeOf(rollout)]
  return (
    <span className={cx('flex items-center gap-1.5 [&_svg]:size-3.5', colour, className)}>
      <span role="img" aria-label={label} title={label} className="inline-flex">
        {icon}
      </span>
      <span className="tabular">{rollout.score === null ? '–' : Number(rollout.score.toFixed(3))}</span>
    </span>
  )
}

const faces: Readonly<Record<Outcome, { readonly icon: ReactNode; readonly label: string; readonly colour: string }>> = {
  passed: { icon: <Check />, label: 'Passed', colour: 'text-good-text' },
  partial: { icon: <CircleSlash />, label: 'Partial', colour: 'text-warn-text' },
  failed: { icon: <X />, label: 'Failed', colour: 'text-bad-text' },
  error: { icon: <CircleAlert />, label: 'Error, counts as 0', colour: 'text-bad-text' },
  unscored: { icon: <CloudOff />, label: 'No score', colour: 'text-faint' },
}

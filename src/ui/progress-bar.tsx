import { cx } from './cx'

interface ProgressBarProps {
  readonly value: number
  readonly max: number
  /** What progresses: read aloud. */
  readonly label: string
  /** Text under way, e.g. `34 of 120 calls`; read aloud in place of a per cent. */
  readonly valueText?: string
  readonly tone?: 'accent' | 'good' | 'warn' | 'bad'
  readonly className?: string
}

export function ProgressBar({ value, max, label, valueText, tone = 'accent', className }: ProgressBarProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={valueText}
      className={cx('h-1.5 w-full overflow-hidden rounded-full bg-pressed', className)}
    >
      <div className={cx('h-full rounded-full transition-[width]', colours[tone])} style={{ width: `${share * 100}%` }} />
    </div>
  )
}

const colours = { accent: 'bg-accent', good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad' }

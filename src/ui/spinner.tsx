import { cx } from './cx'

interface SpinnerProps {
  readonly size?: number
  /** Say what is awaited; leave out when text beside it already does. */
  readonly label?: string
  readonly className?: string
}

export function Spinner({ size = 14, label, className }: SpinnerProps) {
  return (
    <span className={cx('inline-flex shrink-0', className)} role={label ? 'status' : undefined}>
      <svg viewBox="0 0 16 16" width={size} height={size} className="animate-spin" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2" />
        <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      </svg>
      {label && <span className="sr-only">{label}</span>}
    </span>
  )
}

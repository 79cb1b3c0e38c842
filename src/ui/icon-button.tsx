import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx'
import { Spinner } from './spinner'
import { Tooltip } from './tooltip'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'children'> {
  /** What it does: read aloud and shown on hover. */
  readonly label: string
  readonly icon: ReactNode
  readonly shortcut?: string
  readonly size?: 'sm' | 'md'
  /** For toggles: draws the pressed state and tells it to assistive tools. */
  readonly pressed?: boolean
  readonly danger?: boolean
  readonly loading?: boolean
  readonly tooltipSide?: 'top' | 'right' | 'bottom' | 'left'
}

export function IconButton({
  label,
  icon,
  shortcut,
  size = 'md',
  pressed,
  danger = false,
  loading = false,
  tooltipSide,
  disabled,
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut} side={tooltipSide}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        aria-pressed={pressed}
        aria-busy={loading || undefined}
        disabled={disabled === true || loading}
        className={cx(
          'inline-flex shrink-0 items-center justify-center rounded-md text-soft transition-colors hover:bg-hover active:bg-pressed disabled:pointer-events-none disabled:opacity-40 aria-expanded:bg-pressed aria-pressed:bg-accent-soft aria-pressed:text-accent-text',
          danger ? 'hover:text-bad-text' : 'hover:text-ink',
          size === 'sm' ? 'size-6 [&_svg]:size-3.5' : 'size-7 [&_svg]:size-4',
          className,
        )}
      >
        {loading ? <Spinner /> : icon}
      </button>
    </Tooltip>
  )
}

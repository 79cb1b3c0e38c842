import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx'
import { Spinner } from './spinner'

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof styles> {
  readonly icon?: ReactNode
  /** Work is under way: the button shows a spinner and takes no press. */
  readonly loading?: boolean
}

export function Button({ variant, size, icon, loading = false, disabled, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || loading}
      aria-busy={loading || undefined}
      className={cx(styles({ variant, size }), className)}
    >
      {loading ? <Spinner /> : icon}
      {children}
    </button>
  )
}

const styles = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-hover active:bg-accent-hover',
        secondary: 'border-line-strong bg-raised text-ink shadow-card hover:bg-hover active:bg-pressed aria-expanded:bg-pressed',
        ghost:
          'border-transparent text-soft hover:bg-hover hover:text-ink active:bg-pressed aria-expanded:bg-pressed aria-expanded:text-ink',
        danger: 'border-line-strong bg-raised text-bad-text shadow-card hover:border-bad hover:bg-bad-soft',
      },
      size: {
        sm: 'h-6 px-2 text-sm [&_svg]:size-3.5',
        md: 'h-7 px-2.5 text-base [&_svg]:size-4',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cx } from './cx'

interface BadgeProps extends ComponentProps<'span'>, VariantProps<typeof styles> {}

export function Badge({ tone, className, ...rest }: BadgeProps) {
  return <span {...rest} className={cx(styles({ tone }), className)} />
}

const styles = cva(
  'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap tabular [&_svg]:size-3',
  {
    variants: {
      tone: {
        neutral: 'bg-hover text-soft',
        accent: 'bg-accent-soft text-accent-text',
        good: 'bg-good-soft text-good-text',
        warn: 'bg-warn-soft text-warn-text',
        bad: 'bg-bad-soft text-bad-text',
        gold: 'bg-gold-soft text-gold-text',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
)

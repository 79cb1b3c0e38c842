import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'

export interface SegmentedOption<V extends string = string> {
  readonly value: V
  readonly label: ReactNode
  readonly icon?: ReactNode
  readonly disabled?: boolean
}

interface SegmentedProps<V extends string> {
  readonly value: V
  readonly onChange: (value: V) => void
  readonly options: readonly SegmentedOption<V>[]
  readonly label: string
  readonly size?: 'sm' | 'md'
  readonly className?: string
}

/** One of a few, all in view. */
export function Segmented<V extends string>({ value, onChange, options, label, size = 'md', className }: SegmentedProps<V>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      // Pressing the chosen one again gives '', which means "keep it"; anything else is a value of an option.
      onValueChange={next => next !== '' && onChange(next as V)}
      className={cx('inline-flex w-fit flex-wrap items-center gap-0.5 rounded-md bg-pressed p-0.5', className)}
    >
      {options.map(option => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className={cx(
            'inline-flex items-center justify-center gap-1.5 rounded-sm px-2 whitespace-nowrap text-soft transition-colors hover:text-ink disabled:opacity-45 data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-card [&_svg]:size-3.5',
            size === 'sm' ? 'h-5 text-sm' : 'h-6 text-base',
          )}
        >
          {option.icon}
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}

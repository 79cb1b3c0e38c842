import { Check, Minus } from 'lucide-react'
import { Checkbox as Primitive } from 'radix-ui'
import { useId, type ReactNode } from 'react'
import { cx } from './cx'
import { useFieldProps } from './form-field'

interface CheckboxProps {
  readonly checked: boolean | 'indeterminate'
  readonly onChange: (checked: boolean) => void
  /** Text beside the box; leave out inside a FormField. */
  readonly label?: ReactNode
  /** Accessible name where no text is shown. */
  readonly 'aria-label'?: string
  readonly disabled?: boolean
  readonly className?: string
}

export function Checkbox({ checked, onChange, label, disabled, className, ...rest }: CheckboxProps) {
  const field = useFieldProps()
  const ownId = useId()
  const id = label === undefined ? field.id : ownId
  const box = (
    <Primitive.Root
      {...(label === undefined ? field : undefined)}
      {...rest}
      id={id}
      checked={checked}
      disabled={disabled}
      onCheckedChange={next => onChange(next === true)}
      className={cx(
        'inline-flex size-4 shrink-0 items-center justify-center rounded-xs border border-control bg-surface transition-colors hover:border-soft disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent',
        label === undefined && className,
      )}
    >
      <Primitive.Indicator className="text-on-accent">
        {checked === 'indeterminate' ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
      </Primitive.Indicator>
    </Primitive.Root>
  )
  if (label === undefined) return box
  return (
    <span className={cx('inline-flex items-center gap-2', className)}>
      {box}
      <label htmlFor={id} className="text-base">
        {label}
      </label>
    </span>
  )
}

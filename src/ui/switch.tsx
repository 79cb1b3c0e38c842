import { Switch as Primitive } from 'radix-ui'
import { useId, type ReactNode } from 'react'
import { cx } from './cx'
import { useFieldProps } from './form-field'

interface SwitchProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  /** Text beside the switch; leave out inside a FormField. */
  readonly label?: ReactNode
  readonly 'aria-label'?: string
  readonly disabled?: boolean
  readonly className?: string
}

export function Switch({ checked, onChange, label, disabled, className, ...rest }: SwitchProps) {
  const field = useFieldProps()
  const ownId = useId()
  const id = label === undefined ? field.id : ownId
  const toggle = (
    <Primitive.Root
      {...(label === undefined ? field : undefined)}
      {...rest}
      id={id}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className={cx(
        'inline-flex h-4 w-7 shrink-0 items-center rounded-full bg-control transition-colors disabled:opacity-50 data-[state=checked]:bg-accent',
        label === undefined && className,
      )}
    >
      <Primitive.Thumb className="ml-0.5 size-3 rounded-full bg-white shadow-card transition-transform data-[state=checked]:translate-x-3 dark:bg-surface" />
    </Primitive.Root>
  )
  if (label === undefined) return toggle
  return (
    <span className={cx('inline-flex items-center gap-2', className)}>
      {toggle}
      <label htmlFor={id} className="text-base">
        {label}
      </label>
    </span>
  )
}

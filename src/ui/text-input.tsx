import type { ComponentProps, ReactNode } from 'react'
import { controlStyle } from './control-style'
import { cx } from './cx'
import { useFieldProps } from './form-field'

export interface TextInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'size'> {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Accessible name where no FormField gives one. */
  readonly label?: string
  readonly mono?: boolean
  readonly icon?: ReactNode
}

export function TextInput({ value, onChange, label, mono = false, icon, className, ...rest }: TextInputProps) {
  const field = useFieldProps()
  const input = (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...(label === undefined ? field : { id: field.id })}
      {...rest}
      aria-label={label ?? rest['aria-label']}
      value={value}
      onChange={event => onChange(event.target.value)}
      className={cx(controlStyle, 'h-7 read-only:bg-sunken', mono && 'font-mono text-sm', icon !== undefined && 'pl-7', className)}
    />
  )
  if (icon === undefined) return input
  return (
    <span className="relative block w-full">
      <span className="pointer-events-none absolute inset-y-0 left-2 flex items-center text-faint [&_svg]:size-3.5">{icon}</span>
      {input}
    </span>
  )
}

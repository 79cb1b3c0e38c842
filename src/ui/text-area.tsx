import type { ComponentProps } from 'react'
import { controlStyle } from './control-style'
import { cx } from './cx'
import { useFieldProps } from './form-field'

export interface TextAreaProps extends Omit<ComponentProps<'textarea'>, 'value' | 'onChange'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly label?: string
  readonly mono?: boolean
  /** Grows with its text, up to its max-height. */
  readonly autoGrow?: boolean
}

export function TextArea({ value, onChange, label, mono = false, autoGrow = false, rows = 3, className, ...rest }: TextAreaProps) {
  const field = useFieldProps()
  return (
    <textarea
      {...(label === undefined ? field : { id: field.id })}
      {...rest}
      aria-label={label ?? rest['aria-label']}
      rows={rows}
      value={value}
      onChange={event => onChange(event.target.value)}
      className={cx(
        controlStyle,
        'resize-y py-1.5 leading-5 read-only:bg-sunken',
        mono && 'font-mono text-sm',
        autoGrow && 'max-h-96 resize-none [field-sizing:content]',
        className,
      )}
    />
  )
}

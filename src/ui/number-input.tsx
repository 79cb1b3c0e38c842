import { type ComponentProps, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { controlStyle } from './control-style'
import { cx } from './cx'
import { useFieldNote, useFieldProps } from './form-field'

export interface NumberInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'min' | 'max' | 'step' | 'size'> {
  readonly value: number | undefined
  readonly onChange: (value: number | undefined) => void
  readonly min?: number
  readonly max?: number
  readonly step?: number
  /** Accepts whole numbers only. */
  readonly integer?: boolean
  readonly label?: string
}

/** Keeps what is being typed as text, so that `-`, `0.` and `1e` survive until they are a number; leaving the box tidies up. */
export function NumberInput({ value, onChange, min, max, step = 1, integer = false, label, className, onBlur, ...rest }: NumberInputProps) {
  const field = useFieldProps()
  const note = useFieldNote()
  const [draft, setDraft] = useState<string>()
  /** What this box made of what was typed last: a note about it does not outlive another value that comes from elsewhere. */
  const settled = useRef(value)
  useEffect(() => {
    if (value !== settled.current) note(undefined)
  }, [value, note])

  const type = (text: string) => {
    setDraft(text)
    const parsed = parse(text)
    note(parsed === undefined || fits(parsed) ? undefined : `${boundsWords(min, max, integer)}.`)
    if (text.trim() === '') onChange(undefined)
    else if (parsed !== undefined && fits(parsed)) {
      settled.current = parsed
      onChange(parsed)
    }
  }
  const fits = (n: number) => (min === undefined || n >= min) && (max === undefined || n <= max) && (!integer || Number.isInteger(n))
  const settle = (n: number) => {
    const whole = integer ? Math.round(n) : n
    return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, whole))
  }
  const leave = () => {
    const parsed = draft === undefined ? undefined : parse(draft)
    settled.current = parsed === undefined ? value : settle(parsed)
    if (parsed !== undefined && settle(parsed) !== value) onChange(settle(parsed))
    note(
      parsed === undefined || fits(parsed) ? undefined : `${boundsWords(min, max, integer)}: ${parsed} was changed to ${settle(parsed)}.`,
    )
    setDraft(undefined)
  }
  const nudge = (event: KeyboardEvent<HTMLInputElement>) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    if (direction === 0 || rest.readOnly === true) return
    event.preventDefault()
    const from = parse(draft ?? '') ?? value ?? Math.max(0, min ?? 0)
    const next = settle(round(from + direction * step * (event.shiftKey ? 10 : 1), step))
    setDraft(undefined)
    note(undefined)
    onChange(next)
  }

  return (
    <input
      {...(label === undefined ? field : { id: field.id })}
      {...rest}
      type="text"
      inputMode={integer ? 'numeric' : 'decimal'}
      autoComplete="off"
      role="spinbutton"
      aria-label={label ?? rest['aria-label']}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      value={draft ?? (value === undefined ? '' : String(value))}
      onChange={event => type(event.target.value)}
      onKeyDown={nudge}
      onBlur={event => {
        leave()
        onBlur?.(event)
      }}
      className={cx(controlStyle, 'tabular h-7 read-only:bg-sunken', className)}
    />
  )
}

function boundsWords(min: number | undefined, max: number | undefined, integer: boolean): string {
  const range =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : max !== undefined
        ? ` of ${max} or less`
        : min !== undefined
          ? ` of ${min} or more`
          : ''
  return `Must be a ${integer ? 'whole number' : 'number'}${range}`
}

function parse(text: string): number | undefined {
  const number = text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'))
  return Number.isFinite(number) ? number : undefined
}

/** 0.1 + 0.2 shows as 0.3: as many digits as the step has. */
function round(n: number, step: number): number {
  const digits = (String(step).split('.')[1] ?? '').length
  return Number(n.toFixed(Math.max(digits, 6)))
}

import { createContext, useContext, useId, useMemo, type ReactNode } from 'react'
import { cx } from './cx'

interface FormFieldProps {
  readonly label: ReactNode
  readonly help?: ReactNode
  readonly error?: string
  /** Stands at the right of the label, e.g. a reset button or the default value. */
  readonly aside?: ReactNode
  readonly className?: string
  readonly children: ReactNode
}

/** A label, one control of this kit, its help and its error, tied together for assistive tools. */
export function FormField({ label, help, error, aside, className, children }: FormFieldProps) {
  const id = useId()
  const hasHelp = help !== undefined && help !== ''
  const field = useMemo<FieldProps>(() => {
    const describedBy = cx(hasHelp && `${id}-help`, error !== undefined && `${id}-error`)
    return {
      id,
      'aria-labelledby': `${id}-label`,
      'aria-describedby': describedBy || undefined,
      'aria-invalid': error === undefined ? undefined : true,
    }
  }, [id, hasHelp, error])
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <label id={`${id}-label`} htmlFor={id} className="text-sm font-medium text-soft">
          {label}
        </label>
        {aside}
      </div>
      <FieldContext value={field}>{children}</FieldContext>
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm text-bad-text">
          {error}
        </p>
      )}
      {hasHelp && (
        <p id={`${id}-help`} className="text-sm text-faint">
          {help}
        </p>
      )}
    </div>
  )
}

export interface FieldProps {
  readonly id?: string
  readonly 'aria-labelledby'?: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

/** What the surrounding FormField gives to its control; empty outside of one. */
export function useFieldProps(): FieldProps {
  return useContext(FieldContext)
}

const FieldContext = createContext<FieldProps>({})

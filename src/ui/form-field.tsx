import { createContext, useContext, useId, useMemo, useState, type ReactNode } from 'react'
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
  const [note, setNote] = useState<string>()
  const field = useMemo<FieldProps>(() => {
    const describedBy = cx(hasHelp && `${id}-help`, note !== undefined && `${id}-note`, error !== undefined && `${id}-error`)
    return {
      id,
      'aria-labelledby': `${id}-label`,
      'aria-describedby': describedBy || undefined,
      'aria-invalid': error === undefined ? undefined : true,
    }
  }, [id, hasHelp, note, error])
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <label id={`${id}-label`} htmlFor={id} className="text-sm font-medium text-soft">
          {label}
        </label>
        {aside}
      </div>
      <FieldContext value={field}>
        <NoteContext value={setNote}>{children}</NoteContext>
      </FieldContext>
      {note !== undefined && (
        <p id={`${id}-note`} role="status" className="text-sm text-warn-text">
          {note}
        </p>
      )}
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

/** For a control that has to say what it did with what was typed: a sentence under it, undefined to take it away. */
export function useFieldNote(): (note: string | undefined) => void {
  return useContext(NoteContext)
}

const FieldContext = createContext<FieldProps>({})
const NoteContext = createContext<(note: string | undefined) => void>(() => undefined)

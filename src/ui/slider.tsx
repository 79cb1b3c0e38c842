import { useFieldProps } from './form-field'

interface SliderProps {
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min: number
  readonly max: number
  readonly step: number
  readonly label: string
  /** The value as it is read aloud. */
  readonly valueText?: string
}

/** A value on a line, by the pointer or the arrow keys. */
export function Slider({ value, onChange, min, max, step, label, valueText }: SliderProps) {
  const { id } = useFieldProps()
  return (
    <input
      type="range"
      id={id}
      aria-label={label}
      {...(valueText !== undefined && { 'aria-valuetext': valueText })}
      value={value}
      min={min}
      max={max}
      step={step}
      onChange={event => onChange(event.target.valueAsNumber)}
      className="h-6 w-full min-w-0 accent-accent"
    />
  )
}

import { Check, ChevronDown } from 'lucide-react'
import { Select as Primitive } from 'radix-ui'
import { controlStyle } from './control-style'
import { cx } from './cx'
import { useFieldProps } from './form-field'

export interface SelectOption<V extends string = string> {
  readonly value: V
  readonly label: string
  readonly hint?: string
  readonly disabled?: boolean
}

interface SelectProps<V extends string> {
  readonly value: V | undefined
  readonly onChange: (value: V) => void
  readonly options: readonly SelectOption<V>[]
  /** Accessible name; may be left out inside a FormField. */
  readonly label?: string
  readonly placeholder?: string
  readonly disabled?: boolean
  readonly size?: 'sm' | 'md'
  readonly className?: string
}

export function Select<V extends string>({
  value,
  onChange,
  options,
  label,
  placeholder = 'Choose…',
  disabled,
  size = 'md',
  className,
}: SelectProps<V>) {
  const field = useFieldProps()
  const selected = options.find(option => option.value === value)
  return (
    <Primitive.Root
      value={value === undefined ? '' : key(value)}
      // The values come from `options`, so the string Radix hands back is one of V.
      onValueChange={next => next !== '' && onChange(unkey(next) as V)}
      disabled={disabled}
    >
      <Primitive.Trigger
        {...(label === undefined ? field : { id: field.id })}
        aria-label={label}
        className={cx(
          controlStyle,
          'flex items-center justify-between gap-1.5 text-left data-placeholder:text-faint',
          size === 'sm' ? 'h-6 px-1.5 text-sm' : 'h-7',
          className,
        )}
      >
        <span className="truncate">
          <Primitive.Value placeholder={placeholder}>{selected?.label}</Primitive.Value>
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-faint" aria-hidden="true" />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-96 overflow-hidden rounded-lg border border-line bg-raised shadow-float animate-pop-in"
        >
          <Primitive.Viewport className="p-1">
            {options.map(option => (
              <Primitive.Item
                key={option.value}
                value={key(option.value)}
                disabled={option.disabled}
                className="relative flex flex-col rounded-sm py-1 pr-3 pl-7 text-base outline-none select-none data-disabled:opacity-45 data-highlighted:bg-hover"
              >
                <Primitive.ItemIndicator className="absolute top-1.5 left-1.5 text-accent-text">
                  <Check className="size-4" />
                </Primitive.ItemIndicator>
                <Primitive.ItemText>{option.label}</Primitive.ItemText>
                {option.hint !== undefined && <span className="text-sm text-faint">{option.hint}</span>}
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

// Radix keeps the empty string for "nothing chosen", so every value wears a prefix.
function key(value: string): string {
  return `=${value}`
}
function unkey(value: string): string {
  return value.slice(1)
}

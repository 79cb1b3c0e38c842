import { ChevronDown } from 'lucide-react'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { controlStyle } from './control-style'
import { cx } from './cx'
import { useFieldProps } from './form-field'
import { SelectList, type SelectOption } from './select-list'
import { systemClock } from '@/lib/system-clock'

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

/**
 * One of several. The focus stays on the box while its list is open, and the list lies where the box lies in the document: so the
 * page behind it need not be hidden from assistive tools, and a dialog around it keeps its focus.
 */
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
  const id = useId()
  const trigger = useRef<HTMLButtonElement>(null)
  const typed = useRef({ text: '', at: 0 })
  // The place of the option that Enter would take; undefined while the list is closed.
  const [active, setActive] = useState<number>()
  const isOpen = active !== undefined
  const selected = options.findIndex(option => option.value === value)

  const close = () => setActive(undefined)
  const open = () => setActive(selected >= 0 ? selected : nextEnabled(options, -1, 1))
  const choose = (index: number | undefined) => {
    const option = index === undefined ? undefined : options[index]
    if (option === undefined || option.disabled === true) return
    close()
    if (option.value !== value) onChange(option.value)
  }
  const typeAhead = (key: string) => {
    const isFresh = systemClock.now() - typed.current.at > 700
    const text = `${isFresh ? '' : typed.current.text}${key.toLowerCase()}`
    typed.current = { text, at: systemClock.now() }
    // The same letter again goes on to the next that starts with it.
    const first = text.charAt(0)
    const wanted = text === first.repeat(text.length) ? first : text
    const from = (active ?? selected) + (wanted.length === 1 ? 1 : 0)
    const places = options.map((_, at) => (Math.max(0, from) + at) % options.length)
    const found = places.find(at => options[at]?.disabled !== true && options[at]?.label.toLowerCase().startsWith(wanted))
    if (found !== undefined) setActive(found)
    else if (!isOpen) open()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return
    const moves: Readonly<Record<string, () => void>> = isOpen
      ? {
          ArrowDown: () => setActive(nextEnabled(options, active, 1)),
          ArrowUp: () => setActive(nextEnabled(options, active, -1)),
          Home: () => setActive(nextEnabled(options, -1, 1)),
          End: () => setActive(nextEnabled(options, options.length, -1)),
          Enter: () => choose(active),
          ' ': () => choose(active),
        }
      : { ArrowDown: open, ArrowUp: open, Enter: open, ' ': open }
    const move = moves[event.key] ?? (event.key.length === 1 && !event.altKey ? () => typeAhead(event.key) : undefined)
    if (move === undefined) return
    event.preventDefault()
    event.stopPropagation()
    move()
  }

  return (
    <>
      <button
        ref={trigger}
        type="button"
        role="combobox"
        {...(label === undefined ? field : { id: field.id })}
        aria-label={label}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-activedescendant={isOpen ? `${id}-${active}` : undefined}
        disabled={disabled}
        onClick={() => (isOpen ? close() : open())}
        onKeyDown={onKeyDown}
        // Space would also press the button as it comes up again.
        onKeyUp={event => event.key === ' ' && event.preventDefault()}
        onBlur={close}
        className={cx(
          controlStyle,
          'flex items-center justify-between gap-1.5 text-left',
          selected < 0 && 'text-faint',
          size === 'sm' ? 'h-6 px-1.5 text-sm' : 'h-7',
          className,
        )}
      >
        <span className="truncate">{options[selected]?.label ?? placeholder}</span>
        <ChevronDown className="size-3.5 shrink-0 text-faint" aria-hidden="true" />
      </button>
      {isOpen && (
        <SelectList
          id={id}
          label={label}
          labelledBy={label === undefined ? field['aria-labelledby'] : undefined}
          options={options}
          selected={selected}
          active={active}
          trigger={trigger}
          onActive={setActive}
          onChoose={choose}
          onClose={close}
        />
      )}
    </>
  )
}

/** The next option in a direction that can be chosen; the place itself when there is none. */
function nextEnabled(options: readonly SelectOption[], from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < options.length; at += step) if (options[at]?.disabled !== true) return at
  return Math.max(0, Math.min(from, options.length - 1))
}

import { Check } from 'lucide-react'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, type RefObject } from 'react'
import { cx } from './cx'

export interface SelectOption<V extends string = string> {
  readonly value: V
  readonly label: string
  readonly hint?: string
  readonly disabled?: boolean
}

interface SelectListProps {
  readonly id: string
  readonly label: string | undefined
  readonly labelledBy: string | undefined
  readonly options: readonly SelectOption[]
  readonly selected: number
  readonly active: number
  readonly trigger: RefObject<HTMLElement | null>
  readonly onActive: (index: number) => void
  readonly onChoose: (index: number) => void
  readonly onClose: () => void
}

/** The open list of a Select, above everything else on the screen. It never takes the focus. */
export function SelectList({ id, label, labelledBy, options, selected, active, trigger, onActive, onChoose, onClose }: SelectListProps) {
  const list = useRef<HTMLDivElement>(null)
  const close = useEffectEvent(onClose)

  useLayoutEffect(() => {
    const place = () => list.current && trigger.current && putBeside(list.current, trigger.current)
    list.current?.showPopover()
    place()
    window.addEventListener('resize', place)
    window.addEventListener('scroll', place, true)
    return () => {
      window.removeEventListener('resize', place)
      window.removeEventListener('scroll', place, true)
    }
  }, [trigger])

  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      // Before a dialog around this box hears of it and closes, too.
      event.preventDefault()
      event.stopImmediatePropagation()
      close()
    }
    const onPointerDown = (event: PointerEvent) => {
      const { target } = event
      if (target instanceof Node && !list.current?.contains(target) && !trigger.current?.contains(target)) close()
    }
    window.addEventListener('keydown', onKeyDown, true)
    window.addEventListener('pointerdown', onPointerDown, true)
    return () => {
      window.removeEventListener('keydown', onKeyDown, true)
      window.removeEventListener('pointerdown', onPointerDown, true)
    }
  }, [trigger])

  return (
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      popover="manual"
      tabIndex={-1}
      aria-label={label}
      aria-labelledby={labelledBy}
      // The focus, and with it the keys, stay with the box.
      onMouseDown={event => event.preventDefault()}
      className="fixed inset-auto m-0 max-w-96 overflow-y-auto rounded-lg border border-line bg-raised p-1 text-ink shadow-float animate-pop-in"
    >
      {options.map((option, index) => (
        // The box has the focus and takes the keys; an option only needs the pointer.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={option.value}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === selected}
          aria-disabled={option.disabled === true || undefined}
          aria-labelledby={`${id}-${index}-label`}
          aria-describedby={option.hint === undefined ? undefined : `${id}-${index}-hint`}
          onPointerMove={() => index !== active && option.disabled !== true && onActive(index)}
          onClick={() => onChoose(index)}
          className={cx(
            'relative flex flex-col rounded-sm py-1 pr-3 pl-7 text-base select-none aria-disabled:opacity-45',
            index === active && 'bg-hover',
          )}
        >
          {index === selected && <Check aria-hidden="true" className="absolute top-1.5 left-1.5 size-4 text-accent-text" />}
          <span id={`${id}-${index}-label`}>{option.label}</span>
          {option.hint !== undefined && (
            <span id={`${id}-${index}-hint`} className="text-sm text-faint">
              {option.hint}
            </span>
          )}
        </div>
      ))}
    </div>
  )
}

const gap = 4
const edge = 8

/** Below the box, or above it where there is more room; never past the edge of the window. */
function putBeside(list: HTMLElement, trigger: HTMLElement): void {
  const box = trigger.getBoundingClientRect()
  const below = window.innerHeight - box.bottom - gap - edge
  const above = box.top - gap - edge
  list.style.maxHeight = 'none'
  list.style.minWidth = `${box.width}px`
  const isBelow = list.offsetHeight <= below || below >= above
  list.style.maxHeight = `${Math.max(80, isBelow ? below : above)}px`
  list.style.left = `${Math.max(edge, Math.min(box.left, window.innerWidth - list.offsetWidth - edge))}px`
  list.style.top = `${isBelow ? box.bottom + gap : box.top - gap - list.offsetHeight}px`
}

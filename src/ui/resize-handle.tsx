import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { cx } from './cx'

interface ResizeHandleProps {
  /** Width of the panel at its right, in pixels. */
  readonly width: number
  readonly onChange: (width: number) => void
  readonly min: number
  readonly max: number
  readonly label: string
  readonly className?: string
}

/** The line between a pane and the panel at its right: drag it, or move it with the arrow keys. */
export function ResizeHandle({ width, onChange, min, max, label, className }: ResizeHandleProps) {
  const start = useRef<{ x: number; width: number }>(undefined)
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next))))
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    start.current = { x: event.clientX, width }
  }
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (start.current) set(start.current.width + start.current.x - event.clientX)
  }
  const end = () => {
    start.current = undefined
  }
  const nudge = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowLeft' ? 16 : event.key === 'ArrowRight' ? -16 : 0
    if (step === 0) return
    event.preventDefault()
    set(width + step)
  }
  return (
    // A separator that takes focus is a control by ARIA's own definition.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={nudge}
      className={cx(
        'relative z-10 -mr-[5px] w-[5px] shrink-0 cursor-col-resize touch-none transition-colors hover:bg-accent active:bg-accent focus-visible:bg-accent focus-visible:outline-none',
        className,
      )}
    />
  )
}

import { useRef } from 'react'

/**
 * Gives the focus back to where it was before a sheet opened. Radix does so only for sheets opened by its own trigger,
 * and otherwise lets the focus fall to the page.
 */
export function useReturnFocus() {
  const before = useRef<Element>(null)
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      if (before.current instanceof HTMLElement || before.current instanceof SVGElement) before.current.focus()
    },
  }
}

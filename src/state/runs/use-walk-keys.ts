import { useEffect, useEffectEvent } from 'react'
import { isTyping } from '../session/shortcuts'

/** J goes to the next one, K to the one before, wherever the focus is but in a text box or a dialog. */
export function useWalkKeys(step: (direction: 1 | -1) => void, isEnabled = true): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.target instanceof Element && event.target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null) return
    const direction = event.key === 'j' || event.key === 'J' ? 1 : event.key === 'k' || event.key === 'K' ? -1 : undefined
    if (direction === undefined) return
    event.preventDefault()
    step(direction)
  })
  useEffect(() => {
    if (!isEnabled) return
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [isEnabled])
}

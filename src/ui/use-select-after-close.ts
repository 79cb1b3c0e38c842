import { useRef } from 'react'
import type { MenuEntry } from './menu-items'

/**
 * Runs the chosen item once its menu is gone and has given the focus back: what the item opens then finds the focus at the menu's
 * button, and returns it there.
 */
export function useSelectAfterClose(items: readonly MenuEntry[]) {
  const chosen = useRef<() => void>(undefined)
  return {
    items: items.map(item =>
      typeof item === 'object' && 'id' in item
        ? {
            ...item,
            onSelect: () => {
              chosen.current = item.onSelect
            },
          }
        : item,
    ),
    onCloseAutoFocus: () => {
      // Radix moves the focus right after this event.
      queueMicrotask(() => {
        chosen.current?.()
        chosen.current = undefined
      })
    },
  }
}

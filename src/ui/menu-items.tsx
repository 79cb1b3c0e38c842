import { Check } from 'lucide-react'
import type { ContextMenu, DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'
import { Kbd } from './kbd'

export interface MenuItem {
  readonly id: string
  readonly label: string
  /** A second line in small type. */
  readonly hint?: string
  readonly icon?: ReactNode
  readonly shortcut?: string
  readonly disabled?: boolean
  readonly danger?: boolean
  /** Given: the item is one of a choice, and shows a tick when true. */
  readonly checked?: boolean
  readonly onSelect: () => void
}
export type MenuEntry = MenuItem | 'separator' | { readonly heading: string }

export const menuSurface =
  'z-50 max-h-(--radix-popper-available-height) max-w-[min(24rem,var(--radix-popper-available-width))] min-w-44 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-float animate-pop-in'

interface MenuItemsProps {
  readonly items: readonly MenuEntry[]
  readonly parts: Pick<typeof DropdownMenu, 'Item' | 'Separator' | 'Label'> | Pick<typeof ContextMenu, 'Item' | 'Separator' | 'Label'>
}

/** The rows that Menu and ContextMenu share. */
export function MenuItems({ items, parts: { Item, Separator, Label } }: MenuItemsProps) {
  const hasGutter = items.some(item => typeof item === 'object' && 'id' in item && (item.icon !== undefined || item.checked !== undefined))
  return items.map((item, index) => {
    if (item === 'separator') return <Separator key={`separator-${index}`} className="-mx-1 my-1 h-px bg-line" />
    if ('heading' in item) {
      return (
        <Label key={item.heading} className="px-2 py-1 text-xs font-medium text-faint">
          {item.heading}
        </Label>
      )
    }
    return (
      <Item
        key={item.id}
        disabled={item.disabled}
        onSelect={item.onSelect}
        {...(item.checked === undefined ? undefined : { role: 'menuitemradio', 'aria-checked': item.checked })}
        className={cx(
          'flex items-center gap-2 rounded-sm px-2 py-1 text-base outline-none select-none data-disabled:opacity-45 data-highlighted:bg-hover',
          item.danger === true && 'text-bad-text data-highlighted:bg-bad-soft',
        )}
      >
        {hasGutter && (
          <span className="flex size-4 shrink-0 items-center justify-center text-faint [&_svg]:size-4" aria-hidden="true">
            {item.checked === true ? <Check /> : item.icon}
          </span>
        )}
        <span className="min-w-0 flex-1">
          <span className="block">{item.label}</span>
          {item.hint !== undefined && <span className="block text-sm text-faint">{item.hint}</span>}
        </span>
        {item.shortcut !== undefined && <Kbd keys={item.shortcut} className="ml-4" />}
      </Item>
    )
  })
}

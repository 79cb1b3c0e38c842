import { ContextMenu as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'
import { menuSurface, MenuItems, type MenuEntry } from './menu-items'
import { useSelectAfterClose } from './use-select-after-close'

interface ContextMenuProps {
  readonly items: readonly MenuEntry[]
  /** The element the menu belongs to. */
  readonly children: ReactNode
  readonly onOpenChange?: (open: boolean) => void
  readonly className?: string
}

export function ContextMenu({ items, children, onOpenChange, className }: ContextMenuProps) {
  const { items: entries, onCloseAutoFocus } = useSelectAfterClose(items)
  return (
    <Primitive.Root onOpenChange={onOpenChange} modal={false}>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content onCloseAutoFocus={onCloseAutoFocus} collisionPadding={8} className={cx(menuSurface, className)}>
          <MenuItems items={entries} parts={Primitive} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

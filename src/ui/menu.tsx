import { DropdownMenu as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'
import { menuSurface, MenuItems, type MenuEntry } from './menu-items'
import { useSelectAfterClose } from './use-select-after-close'

interface MenuProps {
  /** One element that takes focus, e.g. a Button. */
  readonly trigger: ReactNode
  readonly items: readonly MenuEntry[]
  readonly align?: 'start' | 'center' | 'end'
  readonly className?: string
}

export function Menu({ trigger, items, align = 'start', className }: MenuProps) {
  const { items: entries, onCloseAutoFocus } = useSelectAfterClose(items)
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          onCloseAutoFocus={onCloseAutoFocus}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cx(menuSurface, className)}
        >
          <MenuItems items={entries} parts={Primitive} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

import { Popover as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'

interface PopoverProps {
  /** One element that takes focus. */
  readonly trigger: ReactNode
  readonly label: string
  readonly children: ReactNode
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly align?: 'start' | 'center' | 'end'
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly className?: string
}

export function Popover({ trigger, label, children, open, onOpenChange, align = 'start', side = 'bottom', className }: PopoverProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={cx('z-50 w-72 rounded-lg border border-line bg-raised p-3 shadow-float outline-none animate-pop-in', className)}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'
import { CloseButton } from './close-button'
import { useReturnFocus } from './use-return-focus'

interface DrawerProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly children?: ReactNode
  readonly footer?: ReactNode
  /** CSS width, e.g. `640px`; never wider than the window. */
  readonly width?: string
  /** False keeps the page behind it in use. */
  readonly modal?: boolean
  readonly className?: string
}

/** A sheet at the right side for looking at one thing without leaving the list. */
export function Drawer({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  width = '560px',
  modal = true,
  className,
}: DrawerProps) {
  const focus = useReturnFocus()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange} modal={modal}>
      <Primitive.Portal>
        {modal && <Primitive.Overlay className="fixed inset-0 z-30 bg-scrim animate-fade-in" />}
        <Primitive.Content
          {...(modal && { 'data-modal': true })}
          {...focus}
          {...(description === undefined ? { 'aria-describedby': undefined } : undefined)}
          onInteractOutside={modal ? undefined : event => event.preventDefault()}
          style={{ width: `min(${width}, 100vw)` }}
          className={cx(
            'fixed inset-y-0 right-0 z-30 flex flex-col border-l border-line bg-raised shadow-modal outline-none animate-slide-in',
            className,
          )}
        >
          <header className="border-b border-line py-3 pr-12 pl-4">
            <Primitive.Title className="truncate text-lg font-semibold">{title}</Primitive.Title>
            {description !== undefined && <Primitive.Description className="text-sm text-faint">{description}</Primitive.Description>}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer !== undefined && <footer className="flex items-center justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>}
          <CloseButton className="absolute top-2.5 right-2.5" />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'
import { CloseButton } from './close-button'
import { useReturnFocus } from './use-return-focus'

export interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** Buttons, the main one last. */
  readonly footer?: ReactNode
  readonly size?: 'sm' | 'md' | 'lg' | 'xl'
  readonly className?: string
}

/** A modal sheet. Focus goes in, stays in, and returns to where it was; Escape closes. */
export function Dialog({ open, onOpenChange, title, description, children, footer, size = 'md', className }: DialogProps) {
  const focus = useReturnFocus()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-scrim animate-fade-in" />
        <Primitive.Content
          data-modal
          {...focus}
          {...(description === undefined ? { 'aria-describedby': undefined } : undefined)}
          className={cx(
            'fixed top-[min(16vh,9rem)] left-1/2 z-40 flex max-h-[calc(100vh-min(16vh,9rem)-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-xl border border-line bg-raised shadow-modal outline-none animate-fade-in',
            widths[size],
            className,
          )}
        >
          <header className="pt-4 pr-14 pb-3 pl-5">
            <Primitive.Title className="text-xl font-semibold">{title}</Primitive.Title>
            {description !== undefined && <Primitive.Description className="mt-1 text-base text-soft">{description}</Primitive.Description>}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer !== undefined && <footer className="flex items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
          <CloseButton className="absolute top-3.5 right-3.5" />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

const widths = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-3xl', xl: 'max-w-6xl' }

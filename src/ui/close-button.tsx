import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { cx } from './cx'

/**
 * Closes the sheet it stands in. Comes last in it, so that the focus starts at the first control; has no tooltip, since that would
 * take the first Escape for itself.
 */
export function CloseButton({ className }: { readonly className?: string }) {
  return (
    <Dialog.Close
      aria-label="Close"
      className={cx(
        'inline-flex size-7 items-center justify-center rounded-md text-soft transition-colors hover:bg-hover hover:text-ink active:bg-pressed',
        className,
      )}
    >
      <X className="size-4" />
    </Dialog.Close>
  )
}

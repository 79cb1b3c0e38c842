import { FileWarning } from 'lucide-react'
import type { ReactNode } from 'react'

interface BrokenItemProps {
  readonly title: string
  /** A sentence: why it is not shown, and what to do. */
  readonly message: ReactNode
  /** Buttons. */
  readonly actions?: ReactNode
}

/** Stands in a list for something that is there and cannot be shown. */
export function BrokenItem({ title, message, actions }: BrokenItemProps) {
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 bg-warn-soft px-3 py-2">
      <FileWarning className="mt-0.5 size-4 shrink-0 text-warn-text" aria-hidden="true" />
      <div className="min-w-48 flex-1">
        <p className="font-medium break-words">{title}</p>
        <p className="text-sm break-words text-soft">{message}</p>
      </div>
      {actions !== undefined && <div className="flex shrink-0 gap-1.5">{actions}</div>}
    </li>
  )
}

import type { ReactNode } from 'react'
import { cx } from './cx'

interface EmptyStateProps {
  readonly icon?: ReactNode
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly className?: string
}

/** What a place says while it holds nothing: what will be here, and how to get it. */
export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cx('flex h-full flex-col items-center justify-center gap-2 p-8 text-center', className)}>
      {icon !== undefined && <span className="mb-1 text-faint [&_svg]:size-6 [&_svg]:stroke-[1.5]">{icon}</span>}
      <p className="text-lg font-medium">{title}</p>
      {children !== undefined && <div className="max-w-sm text-base text-soft">{children}</div>}
      {action !== undefined && <div className="mt-2 flex items-center gap-2">{action}</div>}
    </div>
  )
}

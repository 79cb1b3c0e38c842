import { ChevronRight } from 'lucide-react'
import { useState, type ComponentProps, type ReactNode } from 'react'
import { cx } from './cx'
import { ErrorBoundary } from './error-boundary'

/** A column of the workspace. */
export function Panel({ className, ...rest }: ComponentProps<'section'>) {
  return <section {...rest} className={cx('flex min-h-0 min-w-0 flex-col bg-surface', className)} />
}

interface PanelHeaderProps {
  readonly title: ReactNode
  readonly icon?: ReactNode
  /** Buttons at the right. */
  readonly actions?: ReactNode
  readonly className?: string
}

export function PanelHeader({ title, icon, actions, className }: PanelHeaderProps) {
  return (
    <header className={cx('flex h-10 shrink-0 items-center gap-2 border-b border-line px-3', className)}>
      {icon !== undefined && <span className="text-faint [&_svg]:size-4">{icon}</span>}
      <h2 className="min-w-0 flex-1 truncate text-base font-semibold">{title}</h2>
      {actions}
    </header>
  )
}

interface PanelSectionProps {
  readonly title?: ReactNode
  readonly actions?: ReactNode
  /** Given: the title folds the section; true starts it open. */
  readonly defaultOpen?: boolean
  readonly children?: ReactNode
  readonly className?: string
}

export function PanelSection({ title, actions, defaultOpen, children, className }: PanelSectionProps) {
  const [isOpen, setOpen] = useState(defaultOpen ?? true)
  const isShown = defaultOpen === undefined || isOpen
  return (
    <section className={cx('border-b border-line px-3 py-3 last:border-b-0', className)}>
      {(title !== undefined || actions !== undefined) && (
        <div className={cx('flex min-h-6 items-center gap-2', isShown && 'mb-2')}>
          <h3 className="min-w-0 flex-1 text-sm font-semibold">
            {defaultOpen === undefined ? (
              title
            ) : (
              <button
                type="button"
                aria-expanded={isOpen}
                onClick={() => setOpen(!isOpen)}
                className="-ml-1 flex items-center gap-1 rounded-sm pr-1"
              >
                <ChevronRight className={cx('size-3.5 text-faint transition-transform', isOpen && 'rotate-90')} aria-hidden="true" />
                {title}
              </button>
            )}
          </h3>
          {actions}
        </div>
      )}
      {isShown && <ErrorBoundary place={typeof title === 'string' ? `“${title}”` : 'This part'}>{children}</ErrorBoundary>}
    </section>
  )
}

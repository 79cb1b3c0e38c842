import { useId, type ReactNode } from 'react'
import { ErrorBoundary } from '@/ui/error-boundary'

interface SectionProps {
  readonly number: number
  readonly title: string
  readonly help: string
  readonly children: ReactNode
}

export function Section({ number, title, help, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-surface shadow-card">
      <header className="flex items-baseline gap-3 border-b border-line px-4 py-3">
        <span aria-hidden="true" className="text-sm font-semibold text-faint tabular">
          {number}
        </span>
        <div className="min-w-0">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          <p className="text-sm text-faint">{help}</p>
        </div>
      </header>
      <div className="p-4">
        <ErrorBoundary place={`“${title}”`}>{children}</ErrorBoundary>
      </div>
    </section>
  )
}

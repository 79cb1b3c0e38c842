import { Check, CircleAlert, Copy, RotateCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from './button'
import { cx } from './cx'
import { useTurns } from './use-turns'

interface ErrorBoxProps {
  readonly title: string
  /** A sentence: what happened and what to do. */
  readonly message: ReactNode
  /** For those who want it, and for a report. */
  readonly detail?: string
  readonly onRetry?: () => void
  readonly className?: string
}

export function ErrorBox({ title, message, detail, onRetry, className }: ErrorBoxProps) {
  const [isCopied, setCopied] = useState(false)
  const turns = useTurns()
  const copy = async () => {
    const turn = turns.next()
    await navigator.clipboard.writeText(`${title}\n${typeof message === 'string' ? message : ''}\n${detail ?? ''}`)
    turn.take(setCopied)(true)
  }
  return (
    <div role="alert" className={cx('flex gap-2.5 rounded-lg border border-line bg-bad-soft p-3', className)}>
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad-text" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        <div className="break-words text-soft">{message}</div>
        {detail !== undefined && (
          <details className="mt-1 text-sm text-soft">
            <summary>Details</summary>
            <pre className="mt-1 max-h-48 overflow-auto rounded-sm bg-surface p-2 font-mono text-xs whitespace-pre-wrap">{detail}</pre>
          </details>
        )}
        {(onRetry !== undefined || detail !== undefined) && (
          <div className="mt-2 flex gap-2">
            {onRetry && (
              <Button size="sm" icon={<RotateCw />} onClick={onRetry}>
                Try again
              </Button>
            )}
            {detail !== undefined && (
              <Button size="sm" variant="ghost" icon={isCopied ? <Check /> : <Copy />} onClick={() => void copy()}>
                {isCopied ? 'Copied' : 'Copy details'}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  )
}

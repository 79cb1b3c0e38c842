import { OctagonX, TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { StartFix, StartProblem } from '@/engine/advice/before/start-problem'
import { takeFix } from '@/state/runs/before/take-fix'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'

interface StartProblemsProps {
  readonly problems: readonly ShownProblem[]
  readonly severity: StartProblem['severity']
  /** A start was tried in spite of it, such as from the bar above: it is shown where it is. */
  readonly isPressed?: boolean
}

/** A problem of the rows, or one that another part of the page tells in the same shape. */
export type ShownProblem = Pick<StartProblem, 'message'> & { readonly fixes: readonly ShownFix[] }
export type ShownFix = StartFix | { readonly words: string; readonly take: () => void }

/** What stands against a run, each in a sentence with the buttons that mend it. Nothing where there is nothing. */
export function StartProblems({ problems, severity, isPressed = false }: StartProblemsProps) {
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    if (isPressed) box.current?.scrollIntoView({ block: 'nearest' })
  }, [isPressed])
  if (problems.length === 0) return null
  const { title, icon: Icon, tone, colour } = looks[severity]
  const take = (fix: ShownFix): void => {
    if ('take' in fix) fix.take()
    else void takeFix(fix)
    announce(`${fix.words}: done`)
    // The button goes with its problem: who pressed it goes on from here.
    box.current?.focus()
  }
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-label={title}
      role={severity === 'stop' ? 'alert' : 'status'}
      className={cx('rounded-lg border border-line p-3 outline-offset-2', tone, isPressed && 'outline-2 outline-bad')}
    >
      <p className={cx('mb-2 flex items-center gap-1.5 font-medium', colour)}>
        <Icon className="size-4 shrink-0" aria-hidden="true" />
        {title}
      </p>
      <ul className="flex flex-col gap-3 text-sm">
        {problems.map(({ message, fixes }) => (
          <li key={message}>
            <p className="break-words">{message}</p>
            <div className="mt-1.5 flex flex-wrap gap-1.5 empty:hidden">
              {fixes.map(fix => (
                <Button
                  key={fix.words}
                  size="sm"
                  className="h-auto min-h-7 max-w-full py-1 text-left whitespace-normal"
                  onClick={() => take(fix)}
                >
                  {fix.words}
                </Button>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

const looks = {
  stop: { title: 'Before it can start', icon: OctagonX, tone: 'bg-bad-soft', colour: 'text-bad-text' },
  warning: { title: 'Worth a look first', icon: TriangleAlert, tone: 'bg-warn-soft', colour: 'text-warn-text' },
} as const

import type { ShownRun } from '@/state/runs/live/live-runs'
import { formatCount, formatMs } from '@/ui/format'
import { ProgressBar } from '@/ui/progress-bar'
import type { RunClock } from '../kit/use-run-clock'
import { costWords, judgeWords } from '../kit/run-words'
import { tokenCount } from '@/engine/lm/usage'

interface RunProgressProps {
  readonly shown: ShownRun
  readonly clock: RunClock
  readonly title: string
  readonly isPaused: boolean
}

/** How far a live run is: calls answered of those planned, time left, and what it has used. */
export function RunProgress({ shown, clock, title, isPaused }: RunProgressProps) {
  const { view, totals, record, waiting } = shown
  const planned = Math.max(view.plannedCalls, totals.answered)
  const done = `${formatCount(totals.answered)} of ${planned > 0 ? formatCount(planned) : '?'} LM calls`
  const cap = record?.spec.budget ?? {}
  const judged = judgeWords(totals)
  const facts = [
    [
      'Time left',
      isPaused
        ? 'paused'
        : waiting?.outage !== undefined
          ? 'waiting'
          : clock.remainingMs === undefined
            ? 'estimating…'
            : `about ${formatMs(Math.max(1000, clock.remainingMs))}`,
    ],
    ['Elapsed', clock.elapsedMs === undefined ? '–' : formatMs(Math.max(1000, Math.floor(clock.elapsedMs / 1000) * 1000))],
    ['From cache', formatCount(totals.cachedCalls)],
    ['Requests sent', `${formatCount(totals.calls)}${cap.maxCalls === undefined ? '' : ` of ${formatCount(cap.maxCalls)}`}`],
    ['Tokens', `${formatCount(tokenCount(totals))}${cap.maxTokens === undefined ? '' : ` of ${formatCount(cap.maxTokens)}`}`],
    ['Cost', `${costWords(totals)}${cap.maxCost === undefined ? '' : ` of $${cap.maxCost}`}`],
    ...(judged === undefined ? [] : [['Of which judging', judged] as const]),
  ] as const
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b border-line bg-surface px-3 py-2.5">
      <div className="min-w-56 flex-1">
        <p className="mb-1.5 font-medium tabular">{done}</p>
        <ProgressBar
          label={`Progress of ${title}`}
          value={totals.answered}
          max={Math.max(1, planned)}
          valueText={done}
          tone={isPaused ? 'warn' : 'accent'}
        />
      </div>
      <dl className="flex flex-wrap gap-x-5 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-faint">{name}</dt>
            <dd className="tabular">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

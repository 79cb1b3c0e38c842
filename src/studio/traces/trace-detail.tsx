import { SaidErrors } from '@/ui/error-text'
import { ArrowDown, ArrowUp, CircleAlert } from 'lucide-react'
import type { Example } from '@/engine/base/example'
import { scorePercent } from '@/lib/percent'
import { errorWords } from '@/state/runs/outcome'
import { stopNote } from '@/engine/trace/stops'
import { spanTree } from '@/state/runs/span-tree'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { formatCount, formatMs } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { ErrorBoundary } from '@/ui/error-boundary'
import { RowCard } from './row-card'
import { SpanBranches } from './span-branches'
import { StepCard } from './step-card'
import { TraceScore } from './trace-score'
import { callSums, purposeNames } from './trace-words'

interface TraceDetailProps {
  readonly record: RunRecord
  readonly current: StoredRollout
  readonly example: Example | undefined
  /** Name of the candidate it ran with. */
  readonly label: string | undefined
  readonly place: { readonly at: number; readonly of: number } | undefined
  readonly onStep: ((direction: 1 | -1) => void) | undefined
}

/** One rollout: its row, what came out, and every step with what was sent and answered. */
export function TraceDetail({ record, current, example, label, place, onStep }: TraceDetailProps) {
  const { rollout, purpose, index } = current
  const sums = callSums(rollout, record.spec)
  const branches = spanTree(rollout.trace)
  const steps = branches.filter(({ span }) => span.kind !== 'score')
  const judged = branches.filter(({ span }) => span.kind === 'score')
  const stopped = stopNote(rollout.trace)
  const facts = [
    ...(record.kind === 'compile' && label !== undefined ? [label] : []),
    purposeNames[purpose],
    `${sums.calls === 1 ? '1 request' : `${formatCount(sums.calls)} requests`}${sums.calls > 0 && sums.cached === sums.calls ? ', all from the cache' : sums.cached > 0 ? `, ${sums.cached} from the cache` : ''}`,
    ...(sums.judged > 0 ? [`${formatCount(sums.judged)} to the judge`] : []),
    ...(sums.reading > 0 ? [`${formatCount(sums.reading)} to read the answers`] : []),
    ...(sums.again > 0 ? [`${formatCount(sums.again)} asked again in JSON`] : []),
    `${formatCount(sums.inputTokens)} → ${formatCount(sums.outputTokens)} tokens`,
    sums.cost,
    formatMs(rollout.ms),
  ]
  return (
    <article aria-label={`Trace of row ${index + 1}`} className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 items-start gap-3 border-b border-line bg-surface px-4 py-2">
        <div className="min-w-0 flex-1">
          <h2 className="flex items-center gap-2.5 text-base font-semibold">
            {record.kind === 'row' ? record.title : `Row ${index + 1}`}
            {(rollout.score !== null || rollout.error !== undefined) && <TraceScore rollout={rollout} />}
            {stopped !== undefined && <Badge tone="warn">{stopped}</Badge>}
          </h2>
          <p className="flex flex-wrap gap-x-1.5 text-sm text-faint tabular">
            {facts.map((fact, position) => (
              <span key={position}>
                {position > 0 && <span aria-hidden="true">· </span>}
                {fact}
              </span>
            ))}
          </p>
        </div>
        {onStep && (
          <div className="flex shrink-0 items-center gap-1">
            {place && (
              <span aria-live="polite" className="mr-1 text-sm text-faint tabular">
                {formatCount(place.at)} of {formatCount(place.of)}
              </span>
            )}
            <IconButton
              size="sm"
              label="Previous trace"
              shortcut="K"
              icon={<ArrowUp />}
              disabled={place?.at === 1}
              onClick={() => onStep(-1)}
            />
            <IconButton
              size="sm"
              label="Next trace"
              shortcut="J"
              icon={<ArrowDown />}
              disabled={place !== undefined && place.at === place.of}
              onClick={() => onStep(1)}
            />
          </div>
        )}
      </header>
      {/* A region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div role="region" aria-label="Steps" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto focus-visible:outline-offset-[-2px]">
        <div className="mx-auto flex max-w-4xl flex-col gap-3 p-4">
          {rollout.error !== undefined && (
            <div role="alert" className="flex gap-2.5 rounded-lg border border-line bg-bad-soft p-3">
              <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad-text" aria-hidden="true" />
              <div className="min-w-0">
                <p className="font-medium">{errorWords(rollout.error)}</p>
                <p className="break-words text-soft">
                  {rollout.error.message}{' '}
                  {rollout.score === null ? 'The row has no score: it is left out of the mean.' : 'The row counts as 0.'}
                </p>
              </div>
            </div>
          )}
          <ErrorBoundary place="This row">
            <RowCard example={example} rollout={rollout} />
          </ErrorBoundary>
          {(rollout.feedback !== undefined || rollout.parts !== undefined || judged.length > 0) && (
            <section aria-label="Metric" className="rounded-lg border border-line bg-surface px-4 py-3">
              <h3 className="mb-1 text-sm font-semibold">Metric</h3>
              {rollout.feedback !== undefined && <p className="break-words whitespace-pre-wrap">{rollout.feedback}</p>}
              {rollout.parts !== undefined && (
                <dl className="mt-1 flex flex-wrap gap-x-6 gap-y-1">
                  {Object.entries(rollout.parts).map(([name, value]) => (
                    <div key={name} className="flex gap-2">
                      <dt className="text-soft">{name}</dt>
                      <dd className="font-medium tabular">{scorePercent(value)}</dd>
                    </div>
                  ))}
                </dl>
              )}
              {judged.length > 0 && (
                <div className="mt-2">
                  <SpanBranches record={record} branches={judged} label="What the metric asked" />
                </div>
              )}
            </section>
          )}
          <SaidErrors message={rollout.error?.message}>
            <ol aria-label="Steps in order" className="flex flex-col gap-3">
              {steps.map((branch, position) => (
                <li key={position}>
                  <ErrorBoundary place="This step">
                    <StepCard record={record} branch={branch} number={position + 1} isOpen={steps.length <= 4} />
                  </ErrorBoundary>
                </li>
              ))}
            </ol>
          </SaidErrors>
          {rollout.trace.length === 0 && <p className="p-4 text-center text-faint">No step was run.</p>}
        </div>
      </div>
    </article>
  )
}

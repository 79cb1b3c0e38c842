import type { Span } from '@/engine/trace/span'
import { nodeById } from '@/engine/graph/ports'
import { moduleKinds } from '@/engine/modules/registry'
import { isQuestion } from '@/state/runs/answer-text'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { formatMs } from '@/ui/format'
import { RequestCard } from './request-card'
import { ValueList } from './value-list'

interface StepCardProps {
  readonly record: RunRecord
  readonly span: Span
  readonly number: number
  /** Show the last request at once. */
  readonly isOpen: boolean
}

/** One step: what it got, what it asked, what it read from the answer. */
export function StepCard({ record, span, number, isOpen }: StepCardProps) {
  const node = nodeById(record.spec.graph, span.node)
  const kind =
    node?.kind === 'signature' ? moduleKinds.find(module => module.id === node.module)?.title : node?.kind === 'code' ? 'Code' : undefined
  const questions = span.calls.filter(isQuestion)
  const fallbacks = questions.length - 1
  return (
    <section aria-label={`Step ${number}: ${span.name}`} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <h3 className="font-semibold">
          <span className="mr-1.5 text-faint tabular">{number}</span>
          {span.name}
        </h3>
        {kind !== undefined && <Badge>{kind}</Badge>}
        {span.error !== undefined && <Badge tone="bad">failed</Badge>}
        {fallbacks > 0 && <Badge tone="warn">{fallbacks === 1 ? '1 fallback request' : `${fallbacks} fallback requests`}</Badge>}
        <span className="ml-auto text-sm text-faint tabular">{formatMs(span.ms)}</span>
      </header>
      <div className="flex flex-col gap-3 px-4 py-3">
        <div>
          <h4 className="mb-1 text-sm text-faint">{span.predictor === undefined ? 'Returned' : 'Read from the answer'}</h4>
          {span.outputs === undefined ? (
            <p className="break-words text-bad-text">{span.error?.message ?? 'Nothing: the step did not finish.'}</p>
          ) : (
            <ValueList values={span.outputs} />
          )}
        </div>
        <details>
          <summary className="text-sm text-soft">What it got</summary>
          <div className="mt-1.5">
            <ValueList values={span.inputs} />
          </div>
        </details>
        {span.calls.length === 0 && span.predictor === undefined && <p className="text-sm text-faint">A code step asks no model.</p>}
        {span.calls.map((call, index) => (
          <RequestCard
            key={index}
            record={record}
            call={call}
            number={questions.indexOf(call) + 1}
            count={questions.length}
            next={isQuestion(call) ? span.calls[index + 1]?.format : undefined}
            startsOpen={isOpen && index === span.calls.length - 1}
          />
        ))}
      </div>
    </section>
  )
}

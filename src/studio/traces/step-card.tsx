import { SaidErrors } from '@/ui/error-text'
import { stepOf } from '@/engine/modules/registry'
import { nodeAt } from '@/engine/program/bodies'
import { fallbacksAmong } from '@/state/runs/answer-text'
import { stopWords } from '@/engine/trace/stops'
import type { SpanBranch } from '@/state/runs/span-tree'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { formatMs } from '@/ui/format'
import { SpanBadges } from './span-badges'
import { SpanBody } from './span-body'
import { SpanBranches } from './span-branches'

interface StepCardProps {
  readonly record: RunRecord
  readonly branch: SpanBranch
  readonly number: number
  /** Show the last request at once. */
  readonly isOpen: boolean
}

/** One step: what it got, what it asked or did on its way, what came of it. */
export function StepCard({ record, branch: { span, children }, number, isOpen }: StepCardProps) {
  const node = nodeAt(record.spec.graph, span.node)
  const kind = node && stepOf(node)?.title
  const fallbacks = fallbacksAmong(span.calls)
  const isQuiet = span.calls.length === 0 && children.length === 0 && span.predictor === undefined
  return (
    <section aria-label={`Step ${number}: ${span.name}`} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <h3 className="font-semibold">
          <span className="mr-1.5 text-faint tabular">{number}</span>
          {span.name}
        </h3>
        {kind !== undefined && <Badge>{kind}</Badge>}
        <SpanBadges span={span} />
        {fallbacks > 0 && <Badge tone="warn">{fallbacks === 1 ? '1 fallback request' : `${fallbacks} fallback requests`}</Badge>}
        <span className="ml-auto text-sm text-faint tabular">{formatMs(span.ms)}</span>
      </header>
      <div className="flex flex-col gap-3 px-4 py-3">
        {span.stopped !== undefined && <p className="rounded-sm bg-warn-soft px-2 py-1 text-warn-text">{stopWords[span.stopped]}</p>}
        {!span.notTaken && <SpanBody record={record} span={span} isOpen={isOpen} />}
        {isQuiet && (
          <p className="text-sm text-faint">{span.notTaken ? 'A Branch went another way for this row.' : 'This step asks no model.'}</p>
        )}
        {children.length > 0 && (
          <SaidErrors message={span.error?.message}>
            <SpanBranches record={record} branches={children} label={`What ${span.name} did`} />
          </SaidErrors>
        )}
      </div>
    </section>
  )
}

import type { Span } from '@/engine/trace/span'
import type { SpanBranch } from '@/state/runs/span-tree'
import { lineOf } from '@/state/runs/value-text'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { formatMs } from '@/ui/format'
import { SpanBadges } from './span-badges'
import { SpanBody } from './span-body'

interface SpanBranchesProps {
  readonly record: RunRecord
  readonly branches: readonly SpanBranch[]
  readonly label: string
}

/** What a step did on its way, one line each until it is unfolded: attempts with their reward, questions to the model, tools. */
export function SpanBranches({ record, branches, label }: SpanBranchesProps) {
  return (
    <ol aria-label={label} className="flex flex-col gap-1.5 border-l-2 border-line pl-3">
      {branches.map(({ span, children }, index) => (
        <li key={span.id ?? index}>
          <details className={span.discarded ? 'rounded-md border border-dashed border-line' : 'rounded-md border border-line'}>
            <summary className="flex min-w-0 cursor-pointer flex-wrap items-center gap-2 px-3 py-1.5">
              <Badge tone={span.kind === 'tool' ? 'accent' : 'neutral'}>{kindWords[span.kind ?? 'node']}</Badge>
              <span className="font-medium">{span.name}</span>
              <SpanBadges span={span} />
              <span className="min-w-24 flex-1 truncate text-sm text-faint">{span.error?.message ?? lineOf(span.outputs)}</span>
              <span className="text-sm text-faint tabular">{formatMs(span.ms)}</span>
            </summary>
            <div className="flex flex-col gap-3 border-t border-line px-3 py-2.5">
              <SpanBody record={record} span={span} isOpen={false} />
              {children.length > 0 && <SpanBranches record={record} branches={children} label={`What ${span.name} did`} />}
            </div>
          </details>
        </li>
      ))}
    </ol>
  )
}

const kindWords: Readonly<Record<NonNullable<Span['kind']>, string>> = {
  node: 'Step',
  predict: 'Model',
  tool: 'Tool',
  attempt: 'Attempt',
  body: 'Program',
  score: 'Judge',
}

import { useSaid } from '@/ui/error-text'
import type { Span } from '@/engine/trace/span'
import type { SpanBranch } from '@/state/runs/span-tree'
import { lineOf, shortLine } from '@/state/runs/value-text'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { formatMs } from '@/ui/format'
import { Tree, type TreeEntry } from '@/ui/tree'
import { SpanBadges } from './span-badges'
import { SpanBody } from './span-body'

interface SpanBranchesProps {
  readonly record: RunRecord
  readonly branches: readonly SpanBranch[]
  readonly label: string
}

/** What a step did on its way, one line each until it is unfolded: attempts with their reward, questions to the model, tools. */
export function SpanBranches({ record, branches, label }: SpanBranchesProps) {
  return <Tree label={label} entries={entriesOf(record, branches, '')} />
}

function entriesOf(record: RunRecord, branches: readonly SpanBranch[], path: string): readonly TreeEntry[] {
  return branches.map(({ span, children }, index) => {
    const id = span.id ?? `${path}/${index}`
    return {
      id,
      line: <SpanLine span={span} />,
      body: () => <SpanBody record={record} span={span} isOpen={false} />,
      entries: entriesOf(record, children, id),
      ...(span.discarded && { className: 'border-dashed' }),
    }
  })
}

function SpanLine({ span }: { readonly span: Span }) {
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <Badge tone={span.kind === 'tool' ? 'accent' : 'neutral'}>{kindWords[span.kind ?? 'node']}</Badge>
      <span className="font-medium">{span.name}</span>
      <SpanBadges span={span} />
      <span className="min-w-24 flex-1 truncate text-sm text-faint">{summaryOf(span, useSaid())}</span>
      <span className="text-sm text-faint tabular">{formatMs(span.ms)}</span>
    </span>
  )
}

/** What came of it; of a tool also what it was given. */
function summaryOf({ kind, inputs, outputs, error }: Span, said: ReturnType<typeof useSaid>): string {
  const result = error ? (said(error.message) ?? error.message) : shortLine(outputs)
  return kind === 'tool' && Object.keys(inputs).length > 0 ? `${lineOf(inputs)} → ${result}` : result
}

const kindWords: Readonly<Record<NonNullable<Span['kind']>, string>> = {
  node: 'Step',
  predict: 'Model',
  tool: 'Tool',
  attempt: 'Attempt',
  body: 'Program',
  score: 'Judge',
}

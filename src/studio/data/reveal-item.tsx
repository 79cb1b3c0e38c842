import { intervalOf, intervalWords } from '@/engine/evaluate/interval'
import { Link } from 'wouter'
import { scorePercent } from '@/lib/percent'
import { useRunView } from '@/state/runs/live/live-runs'
import { paths } from '@/state/session/paths'
import { useProject } from '@/state/document/project-store'
import { Interval } from '@/ui/charts/interval'
import { formatAgo } from '@/ui/format'
import { Spinner } from '@/ui/spinner'
import type { RunId } from '@/storage/records'

interface RevealItemProps {
  readonly number: number
  readonly at: number
  readonly runId: RunId
}

/** One look at the test split: its score once it is there, and the way to its rows. */
export function RevealItem({ number, at, runId }: RevealItemProps) {
  const projectId = useProject(project => project.id)
  const { record, view, live, isLoading } = useRunView(runId)
  const result = view.end?.result ?? record?.result
  const summary = result?.best?.summary ?? result?.baseline?.summary
  return (
    <li className="flex items-center gap-2 px-3 py-2">
      <span className="w-5 shrink-0 text-sm text-faint tabular">{number}</span>
      <div className="min-w-0 flex-1">
        {summary !== undefined ? (
          <>
            <p className="font-semibold tabular">{scorePercent(summary.mean)}</p>
            <Interval mean={summary.mean} interval={intervalOf(summary)} words={intervalWords(summary, scorePercent)} />
          </>
        ) : live || isLoading ? (
          <p role="status" className="flex items-center gap-1.5 text-soft">
            <Spinner /> Running…
          </p>
        ) : (
          <p className="text-soft">{record === undefined ? 'This run is no longer stored' : (record.finish ?? 'No score')}</p>
        )}
      </div>
      <div className="shrink-0 text-right text-sm">
        <p className="text-faint">{formatAgo(at)}</p>
        {record !== undefined && (
          <Link href={paths.run(projectId, runId)} className="text-accent-text underline">
            Rows
          </Link>
        )}
      </div>
    </li>
  )
}

import { intervalOf, isClearGain } from '@/engine/evaluate/interval'
import { ScoreInterval, shortInterval } from '../kit/score-interval'
import { ArrowRight } from 'lucide-react'
import type { PairedGain, ScoreSummary } from '@/engine/evaluate/rollout'
import type { RunResult } from '@/engine/record/events'
import type { CandidateView } from '@/engine/run/view/run-view'
import { scorePercent } from '@/lib/percent'
import { setRunPage } from '@/state/runs/run-page'
import type { Change } from '@/state/runs/outcome'
import type { RunRecord } from '@/storage/records'
import { cx } from '@/ui/cx'
import { formatCount } from '@/ui/format'
import { ApplyCandidate } from './candidate/apply-candidate'
import { ExportResult } from './export-result'
import { GainBar } from './gain-bar'
import { points, rowWords } from '../kit/run-words'

interface ResultCardProps {
  readonly record: RunRecord
  readonly result: RunResult
  readonly baseline: CandidateView | undefined
  readonly best: CandidateView | undefined
}

/** Baseline beside best on the same rows, the gain with its interval, and what to do with it. */
export function ResultCard({ record, result, baseline, best }: ResultCardProps) {
  const { gain } = result
  const isBetter = gain !== undefined && best !== undefined && best.id !== baseline?.id
  return (
    <section aria-label="Result" className="flex shrink-0 flex-wrap items-center gap-x-5 gap-y-3 border-b border-line bg-surface px-3 py-3">
      <div className="flex items-center gap-3">
        {result.baseline && <Score label="Baseline" summary={result.baseline.summary} />}
        {isBetter && result.best && (
          <>
            <ArrowRight className="size-4 shrink-0 text-faint" role="img" aria-label="became" />
            <Score label={`Best: ${result.best.label}`} summary={result.best.summary} baseline={result.baseline?.summary.mean} isBest />
          </>
        )}
      </div>
      {isBetter ? (
        <>
          <div className="w-52">
            <p className="text-xs text-faint">Gain on the same {rowWords(gain.count)}</p>
            <p className={cx('text-xl font-semibold tabular', isClearGain(gain) && 'text-good-text')}>{points(gain.mean)}</p>
            <GainBar gain={gain} />
            <p className="text-sm text-soft">{gainWords(gain)}</p>
          </div>
          <div role="group" aria-label="Rows by what changed" className="flex gap-1.5">
            {(['fixed', 'broken', 'same'] as const).map(change => (
              <button
                key={change}
                type="button"
                onClick={() => setRunPage(record.id, { tab: 'rows', change, before: undefined, after: undefined })}
                className="flex min-w-14 flex-col items-start rounded-md border border-line px-2 py-1 hover:bg-hover"
              >
                <span className={cx('text-lg font-semibold tabular', changeColours[change])}>{formatCount(gain[change])}</span>
                <span className="text-xs text-soft">{change}</span>
              </button>
            ))}
          </div>
        </>
      ) : (
        <p className="max-w-md text-soft">
          No candidate beat the program this run started from, so there is nothing to apply. Try more candidates, other demos, or a
          different metric.
        </p>
      )}
      <div className="ml-auto flex flex-wrap items-center justify-end gap-2">
        {best !== undefined && <ExportResult record={record} candidate={best} />}
        {isBetter && <ApplyCandidate record={record} candidate={best} isMain />}
      </div>
    </section>
  )
}

function gainWords(gain: PairedGain): string {
  if (intervalOf(gain) === undefined) {
    if (gain.count < 2) return 'One row gives no interval: this may be chance.'
    if (gain.fixed + gain.broken === 0) return `None of the ${gain.count} rows changed its score.`
    return `All ${gain.count} rows changed by the same amount, which gives no interval${isClearGain(gain) ? '.' : ': this may be chance.'}`
  }
  if (isClearGain(gain)) return 'The whole interval is above zero.'
  return gain.count < 30 ? 'The interval holds zero: with so few rows this may be chance.' : 'The interval holds zero: this may be chance.'
}

interface ScoreProps {
  readonly label: string
  readonly summary: ScoreSummary
  readonly baseline?: number
  readonly isBest?: boolean
}

function Score({ label, summary, baseline, isBest = false }: ScoreProps) {
  return (
    <div className="w-36">
      <p className="truncate text-xs text-faint" title={label}>
        {label}
      </p>
      <p className={cx('text-xl font-semibold tabular', isBest && 'text-gold-text')}>{scorePercent(summary.mean)}</p>
      <ScoreInterval summary={summary} baseline={baseline} label={label} />
      <p className="text-sm text-soft tabular">{shortInterval(summary)}</p>
    </div>
  )
}

const changeColours: Readonly<Record<Change, string>> = {
  fixed: 'text-good-text',
  broken: 'text-bad-text',
  same: 'text-ink',
  unscored: 'text-faint',
}

import { intervalWords } from '@/engine/evaluate/interval'
import { ScoreInterval } from '../kit/score-interval'
import { Download, FileWarning, RotateCw, Search, TriangleAlert } from 'lucide-react'
import { useDeferredValue, useEffect, useEffectEvent, useMemo, useState } from 'react'
import type { ScoreSummary } from '@/engine/evaluate/rollout'
import type { RunView } from '@/engine/run/view/run-view'
import { scorePercent } from '@/lib/percent'
import { errorSentence } from '@/state/session/notices'
import { countOutcomes, outcomeOf, outcomes, type Outcome } from '@/state/runs/outcome'
import { exportRows, retryRows } from '@/state/runs/actions/run-actions'
import { useBatchRollouts, useRunExamples } from '@/state/runs/run-data'
import { setRunPage, useRunPage } from '@/state/runs/run-page'
import { stopsOf } from '@/engine/trace/stops'
import { lineOf } from '@/state/runs/value-text'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { ErrorBox } from '@/ui/error-box'
import { formatCount } from '@/ui/format'
import { Segmented } from '@/ui/segmented'
import { TextInput } from '@/ui/text-input'
import { Banner } from '../kit/banner'
import { rowWords } from '../kit/run-words'
import { RowsTable } from '../kit/rows-table'
import { createTurns } from '@/lib/turns'

interface EvaluateViewProps {
  readonly record: RunRecord
  readonly view: RunView
  readonly isLive: boolean
}

/** The score of the program with its interval, and every row it was made of. */
export function EvaluateView({ record, view, isLive }: EvaluateViewProps) {
  const { outcome, query, onlyStopped } = useRunPage(record.id)
  const rollouts = useBatchRollouts(record.id, 0)
  const examples = useRunExamples(record)
  const all = rollouts.data ?? noRollouts
  const counts = useMemo(() => countOutcomes(all.map(({ rollout }) => rollout)), [all])
  const stopped = useMemo(() => all.filter(({ rollout }) => stopsOf(rollout.trace).length > 0), [all])
  const wanted = useDeferredValue(query.trim().toLowerCase())
  const shown = useMemo(
    () =>
      all.filter(({ rollout }) => {
        if (outcome !== 'all' && outcomeOf(rollout) !== outcome) return false
        if (onlyStopped && stopsOf(rollout.trace).length === 0) return false
        if (wanted === '') return true
        const example = examples.byId.get(rollout.exampleId)
        const text = [
          lineOf(example?.inputs),
          lineOf(example?.labels),
          lineOf(rollout.prediction),
          rollout.error?.message,
          rollout.feedback,
        ]
        return text.join(' ').toLowerCase().includes(wanted)
      }),
    [all, outcome, onlyStopped, wanted, examples.byId],
  )
  const summary = (view.end?.result ?? record.result)?.best?.summary ?? view.candidates[0]?.full?.summary
  const unscored = all.filter(({ rollout }) => rollout.score === null)
  const error = rollouts.error ?? examples.error
  const scored = view.candidates[0]?.full?.examples.length ?? 0
  const isReadToTheEnd = useReadToTheEnd(isLive, rollouts.refetch)
  const unreadable = isReadToTheEnd && rollouts.data !== undefined ? scored - all.length : 0
  return (
    <div className="flex h-full min-h-0 flex-col tight:h-auto">
      {summary !== undefined && <ScoreSummaryCard summary={summary} />}
      {!isLive && unscored.length > 0 && (
        <Banner
          tone="warn"
          icon={<TriangleAlert />}
          title={`${rowWords(unscored.length)} ${unscored.length === 1 ? 'has' : 'have'} no score: ${whyUnscored(unscored)}`}
          action={
            <>
              <Button
                size="sm"
                variant="ghost"
                onClick={() => setRunPage(record.id, { outcome: 'unscored', onlyStopped: false, query: '' })}
              >
                Show
              </Button>
              <Button
                size="sm"
                icon={<RotateCw />}
                onClick={() =>
                  void retryRows(
                    record,
                    unscored.map(({ rollout }) => rollout.exampleId),
                  )
                }
              >
                {unscored.length === 1 ? 'Retry this row' : 'Retry these rows'}
              </Button>
            </>
          }
        >
          They are left out of the mean, not counted as 0. A retry scores them with the program as it is now, as a run of its own.
        </Banner>
      )}
      {unreadable > 0 && (
        <Banner tone="warn" icon={<FileWarning />} title={`${rowWords(unreadable)} cannot be shown`}>
          Their records are damaged. The score above was made from all rows and still holds.
        </Banner>
      )}
      {error !== null && error !== undefined && (
        <ErrorBox
          className="m-3"
          title="Not all of this run could be read"
          message={errorSentence(error)}
          onRetry={() => {
            void rollouts.refetch()
            examples.refetch()
          }}
        />
      )}
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-2">
        <div className="w-64">
          <TextInput
            label="Search rows"
            placeholder="Search inputs, outputs, errors"
            icon={<Search />}
            value={query}
            onChange={next => setRunPage(record.id, { query: next })}
          />
        </div>
        <Segmented
          label="Which rows"
          size="sm"
          value={outcome}
          onChange={next => setRunPage(record.id, { outcome: next })}
          options={[
            { value: 'all' as const, label: `All ${formatCount(all.length)}` },
            ...outcomes
              .filter(each => each !== 'partial' || counts.partial > 0)
              .map(each => ({ value: each, label: `${filterNames[each]} ${formatCount(counts[each])}` })),
          ]}
        />
        {(stopped.length > 0 || onlyStopped) && (
          <Checkbox
            checked={onlyStopped}
            onChange={next => setRunPage(record.id, { onlyStopped: next })}
            label={`Ended at a bound ${formatCount(stopped.length)}`}
          />
        )}
        {shown.length !== all.length && (
          <span role="status" className="text-sm text-faint tabular">
            {formatCount(shown.length)} shown
          </span>
        )}
        <span className="flex-1" />
        <Button
          size="sm"
          variant="ghost"
          icon={<Download />}
          disabled={shown.length === 0}
          onClick={() => exportRows(record, shown, id => examples.byId.get(id))}
        >
          Export CSV
        </Button>
      </div>
      <div className="min-h-0 flex-1 bg-surface tight:h-112 tight:flex-none">
        <RowsTable
          record={record}
          rollouts={shown}
          examples={examples.byId}
          empty={
            rollouts.isLoading
              ? 'Loading rows…'
              : all.length === 0
                ? isLive
                  ? 'Rows appear here as they are scored.'
                  : 'The run ended before a row was done.'
                : 'No row matches. Clear the search or choose another filter.'
          }
        />
      </div>
    </div>
  )
}

function whyUnscored(unscored: readonly StoredRollout[]): string {
  const ofJudge = unscored.filter(({ rollout }) => rollout.error?.code === 'judge-failed').length
  if (ofJudge === 0) return 'the way to the model failed'
  return ofJudge === unscored.length ? 'the judge gave none' : 'the way to the model failed, or the judge gave none'
}

function ScoreSummaryCard({ summary }: { readonly summary: ScoreSummary }) {
  const { mean, count, errors, unscored } = summary
  return (
    <section aria-label="Score" className="flex shrink-0 flex-wrap items-center gap-x-8 gap-y-3 border-b border-line bg-surface px-3 py-3">
      <div>
        <p className="text-2xl font-semibold tabular">{scorePercent(mean)}</p>
        <p className="text-sm text-soft tabular">{intervalWords(summary, scorePercent)}</p>
      </div>
      <div className="w-56 max-w-full">
        <ScoreInterval summary={summary} />
        <div className="flex justify-between text-xs text-faint tabular" aria-hidden="true">
          <span>0 %</span>
          <span>100 %</span>
        </div>
      </div>
      <dl className="flex gap-6">
        <Fact name="Scored" value={rowWords(count)} />
        <Fact name="Errors, count as 0" value={formatCount(errors)} />
        <Fact name="No score, left out" value={formatCount(unscored)} />
      </dl>
      {count > 1 && count < 30 && <p className="max-w-xs text-sm text-warn-text">Few rows: a difference of a row or two is chance.</p>}
    </section>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className="text-xs text-faint">{name}</dt>
      <dd className="font-medium tabular">{value}</dd>
    </div>
  )
}

const filterNames: Readonly<Record<Outcome, string>> = {
  passed: 'Passed',
  partial: 'Partial',
  failed: 'Failed',
  error: 'Errors',
  unscored: 'No score',
}
const noRollouts: readonly StoredRollout[] = []
/**
 * True once the rows were read after the run had ended. The end is told at once and the last rows a moment later: until then a row that is
 * not there is on its way, and not lost.
 */
function useReadToTheEnd(isLive: boolean, read: () => Promise<unknown>): boolean {
  const [isRead, setRead] = useState(!isLive)
  const readLast = useEffectEvent(read)
  useEffect(() => {
    if (isLive || isRead) return
    const turns = createTurns()
    void readLast().finally(turns.next().take(() => setRead(true)))
    return turns.end
  }, [isLive, isRead])
  return isRead && !isLive
}

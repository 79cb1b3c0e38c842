import type { RunView } from '@/engine/run/view/run-view'
import { useCandidateCosts } from '@/state/runs/candidate-costs'
import { setRunPage, useRunPage } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { useWidth } from '@/ui/charts/use-width'
import { ScoreChart } from '@/ui/charts/score-chart'
import { dotWords, scorePoints, type CandidateRow } from '../../kit/candidate-rows'
import { CandidateTable } from './candidate-table'
import { StagesList } from './stages-list'
import { WithCandidate } from '../candidate/with-candidate'

interface TrialsViewProps {
  readonly record: RunRecord
  readonly view: RunView
  readonly rows: readonly CandidateRow[]
  readonly isLive: boolean
  readonly pace: 'moving' | 'paused' | 'ended'
}

/** Score against trial, the candidates in a table, and beside them the stages or the candidate that was chosen. */
export function TrialsView({ record, view, rows, isLive, pace }: TrialsViewProps) {
  const { candidate: chosen } = useRunPage(record.id)
  const selected = rows.find(row => row.candidate.id === chosen)
  const baseline = rows.find(row => row.isBaseline)
  const points = scorePoints(rows)
  const best = rows.find(row => row.isBest)
  const dots = dotWords(rows, record.spec.data)
  const select = (id: string | undefined) => setRunPage(record.id, { candidate: id })
  const [table, width] = useWidth<HTMLDivElement>()
  const costs = useCandidateCosts(record.id, view, !isLive)
  return (
    <WithCandidate
      record={record}
      rows={rows}
      aside={
        <aside
          aria-label="Stages of the run"
          // A pane that scrolls can be reached by the keys that scroll.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="w-60 shrink-0 focus-visible:outline-offset-[-2px] overflow-y-auto border-l border-line bg-surface px-3 py-3 max-sm:max-h-28 max-sm:w-auto max-sm:border-t max-sm:border-l-0 xl:w-72"
        >
          <h2 className="mb-1 text-sm font-semibold">Stages</h2>
          <StagesList stages={view.stages} pace={pace} />
          {view.notes.length > 0 && (
            <>
              <h2 className="mt-4 mb-1 text-sm font-semibold">Notes</h2>
              <ul className="flex flex-col gap-1 text-sm text-soft">
                {view.notes.map((note, index) => (
                  <li key={index}>{note}</li>
                ))}
              </ul>
            </>
          )}
        </aside>
      }
    >
      {(isLive || points.length > 0) && (
        <div className="shrink-0 border-b border-line bg-surface px-3 pt-3 pb-1">
          <ScoreChart
            points={points}
            baseline={baseline?.candidate.full?.summary.mean}
            bestId={best?.candidate.id}
            selectedId={selected?.candidate.id}
            onSelect={select}
            xLabel="Trial"
            yLabel="Score"
            height={190}
          />
          {dots !== undefined && <p className="-mt-1 pb-1 pl-11 text-xs text-faint">{dots}</p>}
        </div>
      )}
      <div ref={table} className="min-h-0 flex-1 bg-surface">
        <CandidateTable
          rows={rows}
          costs={costs}
          selectedId={selected?.candidate.id}
          onSelect={select}
          isLive={isLive}
          isNarrow={selected !== undefined}
          width={width}
        />
      </div>
    </WithCandidate>
  )
}

import { X } from 'lucide-react'
import { useEffect } from 'react'
import { ensembleOf } from '@/engine/graph/ensemble'
import { predictorsOf } from '@/engine/graph/predictors'
import { reduceNames } from '@/engine/graph/state-words'
import { scorePercent } from '@/lib/percent'
import { useBatchRollouts, useRunExamples } from '@/state/runs/run-data'
import { setRunPage, useRunPage } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { Interval } from '@/ui/charts/interval'
import { IconButton } from '@/ui/icon-button'
import { TabPanel, Tabs } from '@/ui/tabs'
import { ApplyCandidate } from './apply-candidate'
import { CandidateActions } from './candidate-actions'
import { memberNames, type CandidateRow } from '../../kit/candidate-rows'
import { choiceWords, howWords } from '../../kit/candidate-words'
import { DemoList } from './demo-list'
import { MembersList } from './members-list'
import { RowsTable } from '../../kit/rows-table'
import { rowWords } from '../../kit/run-words'

interface CandidatePanelProps {
  readonly record: RunRecord
  readonly row: CandidateRow
  readonly rows: readonly CandidateRow[]
  readonly onClose: () => void
}

/** One candidate: its instructions and demos, and how each row fared with them. */
export function CandidatePanel({ record, row, rows, onClose }: CandidatePanelProps) {
  const { candidate, isBaseline, isBest } = row
  const { candidateTab } = useRunPage(record.id)
  const summary = candidate.full?.summary

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // Escape closes what is open on top first: a menu or a dialog has taken it by then.
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('[role="dialog"],[role="menu"]') === null) onClose()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onClose])

  return (
    <aside
      aria-label={`Candidate ${candidate.label}`}
      className="flex w-[clamp(380px,40%,680px)] shrink-0 flex-col border-l border-line bg-surface"
    >
      <header className="shrink-0 border-b border-line px-4 py-2.5">
        <div className="flex items-center gap-2">
          <h2 className="min-w-0 truncate text-base font-semibold">{candidate.label}</h2>
          {isBest && <Badge tone="gold">best</Badge>}
          {isBaseline && <Badge>baseline</Badge>}
          <span className="flex-1" />
          {!isBaseline && <ApplyCandidate record={record} candidate={candidate} />}
          <IconButton size="sm" label="Close candidate" shortcut="Escape" icon={<X />} onClick={onClose} />
        </div>
        <p className="text-sm text-faint">
          Trial {candidate.trial} · {howWords(candidate.how)}
        </p>
        {candidate.verdict !== undefined && <p className="text-sm text-soft">{candidate.verdict.reason}</p>}
        <CandidateActions record={record} row={row} />
        {summary !== undefined && (
          <div className="mt-2 flex items-center gap-3">
            <span className="shrink-0 text-lg font-semibold whitespace-nowrap tabular">{scorePercent(summary.mean)}</span>
            <Interval
              mean={summary.mean}
              low={summary.low}
              high={summary.high}
              label={candidate.label}
              className="max-w-48 min-w-16 flex-1"
            />
            <span className="text-sm text-soft tabular">
              {scorePercent(summary.low)} to {scorePercent(summary.high)} on {rowWords(summary.count)}
            </span>
          </div>
        )}
      </header>
      <Tabs
        label="Parts of the candidate"
        className="min-h-0 flex-1"
        value={candidateTab}
        onChange={next => setRunPage(record.id, { candidateTab: next })}
        tabs={[
          { value: 'state', label: 'Instructions and demos' },
          { value: 'rows', label: 'Rows', ...(candidate.full && { badge: candidate.full.examples.length }) },
        ]}
      >
        <TabPanel value="state" className="px-4 py-3">
          <CandidateState record={record} row={row} rows={rows} />
        </TabPanel>
        <TabPanel value="rows" className="overflow-hidden">
          <CandidateRows record={record} batch={candidate.full?.batch ?? candidate.minibatches.at(-1)?.batch} />
        </TabPanel>
      </Tabs>
    </aside>
  )
}

function CandidateState({ record, row: { candidate, changes }, rows }: Pick<CandidatePanelProps, 'record' | 'row' | 'rows'>) {
  const ensemble = ensembleOf(candidate.state)
  const baseline = rows.find(row => row.isBaseline)?.candidate.state ?? record.spec.state
  const names = memberNames(candidate.state, rows)
  return (
    <div className="flex flex-col gap-5">
      {ensemble && (
        <p className="rounded-md bg-sunken px-3 py-2 text-soft">
          An ensemble: every row runs through all {ensemble.members.length} members; the {reduceNames[ensemble.reduce]} is returned.
        </p>
      )}
      {predictorsOf(record.spec.graph).map(predictor => {
        const state = candidate.state[predictor.id]
        const change = changes.find(each => each.id === predictor.id)
        const fields = predictor.signature(candidate.state).fields
        return (
          <section key={predictor.id} aria-label={predictor.node.name}>
            <h3 className="mb-1.5 font-semibold">
              {predictor.node.name}
              {predictor.key !== '' && <span className="text-soft"> · {predictor.key}</span>}
            </h3>
            {state?.ensemble ? (
              <MembersList members={state.ensemble.members} names={names} fields={fields} before={baseline[predictor.id] ?? state} />
            ) : (
              <>
                <p className="mb-1 flex items-center gap-1.5 text-sm text-faint">
                  Instructions {change?.hasNewInstructions === true && <Badge tone="accent">changed</Badge>}
                </p>
                <p className="mb-3 rounded-md border border-line bg-sunken px-3 py-2 break-words whitespace-pre-wrap">
                  {state?.instructions === undefined || state.instructions === '' ? (
                    <span className="text-faint">None</span>
                  ) : (
                    state.instructions
                  )}
                </p>
                <p className="mb-1 text-sm text-faint">
                  {state === undefined || state.demos.length === 0 ? 'No demos' : `Demos (${state.demos.length})`}
                  {state?.nearest && state.demos.length > 0 && `. ${choiceWords(state)}.`}
                </p>
                {state !== undefined && <DemoList demos={state.demos} fields={fields} added={change?.added ?? []} />}
              </>
            )}
          </section>
        )
      })}
    </div>
  )
}

function CandidateRows({ record, batch }: { readonly record: RunRecord; readonly batch: number | undefined }) {
  const rollouts = useBatchRollouts(record.id, batch)
  const examples = useRunExamples(record)
  const empty =
    batch === undefined ? 'This candidate was not scored.' : rollouts.isLoading ? 'Loading rows…' : 'Its rows are no longer stored.'
  return <RowsTable record={record} rollouts={rollouts.data ?? []} examples={examples.byId} empty={empty} compact />
}

import { intervalOf } from '@/engine/evaluate/interval'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import type { ProgramState } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import { useBatchRollouts, useRunExamples } from '@/state/runs/run-data'
import { candidateProgram } from '@/state/runs/applied'
import { setRunPage, useRunPage } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { ScoreInterval, shortInterval } from '../../kit/score-interval'
import { IconButton } from '@/ui/icon-button'
import { TabPanel, Tabs } from '@/ui/tabs'
import { ApplyCandidate } from './apply-candidate'
import { CandidateActions } from './candidate-actions'
import { type CandidateRow, bodyLabels, programWords } from '../../kit/candidate-rows'
import { choiceWords, howWords } from '../../kit/candidate-words'
import { DemoList } from './demo-list'
import { RowsTable } from '../../kit/rows-table'
import { rowWords } from '../../kit/run-words'
import { ByProgram } from '../../by-program'
import { predictorName, type PredictorChange } from '../../kit/state-changes'

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
      className="flex w-[clamp(380px,40%,680px)] shrink-0 flex-col border-l border-line bg-surface max-md:absolute max-md:inset-0 max-md:z-20 max-md:w-auto max-md:border-l-0"
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
            <ScoreInterval summary={summary} label={candidate.label} className="max-w-48 min-w-16 flex-1" />
            <span className="text-sm text-soft tabular">
              {shortInterval(summary)}
              {intervalOf(summary) && ` on ${rowWords(summary.count)}`}
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
  const program = candidateProgram(record, candidate)
  return (
    <div className="flex flex-col gap-5">
      {candidate.graph && (
        <p className="rounded-md bg-sunken px-3 py-2 text-soft">Another program than the one compiled: {programWords(candidate.graph)}.</p>
      )}
      <ByProgram
        items={predictorsOf(program.graph)}
        idOf={({ id }) => id}
        graph={program.graph}
        labels={bodyLabels(program, rows)}
        markOf={own => demoCountWords(own.reduce((sum, { id }) => sum + (program.state[id]?.demos.length ?? 0), 0))}
      >
        {predictor => (
          <PredictorSection
            key={predictor.id}
            predictor={predictor}
            state={program.state}
            change={changes.find(each => each.id === predictor.id)}
          />
        )}
      </ByProgram>
    </div>
  )
}

function demoCountWords(count: number): string {
  return count === 1 ? '1 demo' : `${count} demos`
}

interface PredictorSectionProps {
  readonly predictor: Predictor
  readonly state: ProgramState
  readonly change: PredictorChange | undefined
}

function PredictorSection({ predictor, state: whole, change }: PredictorSectionProps) {
  const state = whole[predictor.id]
  const name = predictorName(predictor)
  return (
    <section aria-label={name}>
      <h3 className="mb-1.5 font-semibold">{name}</h3>
      <p className="mb-1 flex items-center gap-1.5 text-sm text-faint">
        Instructions {change?.hasNewInstructions === true && <Badge tone="accent">changed</Badge>}
      </p>
      <p className="mb-3 rounded-md border border-line bg-sunken px-3 py-2 break-words whitespace-pre-wrap">
        {state?.instructions === undefined || state.instructions === '' ? <span className="text-faint">None</span> : state.instructions}
      </p>
      <p className="mb-1 text-sm text-faint">
        {state === undefined || state.demos.length === 0 ? 'No demos' : `Demos (${state.demos.length})`}
        {state?.nearest && state.demos.length > 0 && `. ${choiceWords(state)}.`}
      </p>
      {state !== undefined && <DemoList demos={state.demos} fields={predictor.signature(whole).fields} added={change?.added ?? []} />}
    </section>
  )
}

function CandidateRows({ record, batch }: { readonly record: RunRecord; readonly batch: number | undefined }) {
  const rollouts = useBatchRollouts(record.id, batch)
  const examples = useRunExamples(record)
  const empty =
    batch === undefined ? 'This candidate was not scored.' : rollouts.isLoading ? 'Loading rows…' : 'Its rows are no longer stored.'
  return <RowsTable record={record} rollouts={rollouts.data ?? []} examples={examples.byId} empty={empty} compact />
}

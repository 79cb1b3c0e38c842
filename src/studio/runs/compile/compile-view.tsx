import { useMemo } from 'react'
import type { RunView } from '@/engine/run/view/run-view'
import { setRunPage, useRunPage, type RunTab } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { TabPanel, Tabs, type TabItem } from '@/ui/tabs'
import { ErrorBoundary } from '@/ui/error-boundary'
import { candidateRows } from '../kit/candidate-rows'
import { ChangesList } from './candidate/changes-list'
import { ChoicesView } from './choices/choices-view'
import { CompareRows } from '../compare/compare-rows'
import { ComparedPair } from '../compare/compared-pair'
import { DiagnosisCard } from './diagnosis-card'
import { frontierMatrix } from './frontier/frontier'
import { FrontierMatrix } from './frontier/frontier-matrix'
import { hasLineage } from './lineage/lineage'
import { LineageTree } from './lineage/lineage-tree'
import { LogList } from './log-list'
import { ProposalsView } from './proposals/proposals-view'
import { ResultCard } from './result-card'
import { isChanged, stateChanges } from '../kit/state-changes'
import { TrialsView } from './trials/trials-view'
import { WithCandidate } from './candidate/with-candidate'

interface CompileViewProps {
  readonly record: RunRecord
  readonly view: RunView
  readonly isLive: boolean
  readonly isPaused: boolean
}

/** A compile: its result when there is one, its trials, what was written and tried on the way, and what any candidate changed. */
export function CompileView({ record, view, isLive, isPaused }: CompileViewProps) {
  const page = useRunPage(record.id)
  const { graph } = record.spec
  const rows = useMemo(() => candidateRows(graph, view), [graph, view])
  const matrix = useMemo(() => frontierMatrix(view, rows), [view, rows])
  const baseline = rows.find(row => row.isBaseline)?.candidate
  const best = rows.find(row => row.isBest)?.candidate
  const before = rows.find(row => row.candidate.id === page.before)?.candidate ?? baseline
  const after = rows.find(row => row.candidate.id === page.after)?.candidate ?? best
  const changes = useMemo(
    () => (before === undefined || after === undefined ? [] : stateChanges(after.graph ?? graph, before.state, after.state)),
    [graph, before, after],
  )
  const result = view.end?.result ?? record.result
  const changedCount = changes.filter(isChanged).length
  const scoredCount = rows.filter(row => row.score !== undefined).length
  const writtenCount = view.proposals.reduce((sum, { proposals }) => sum + proposals.length, 0)
  const tabs: readonly TabItem<RunTab>[] = [
    { value: 'trials', label: 'Trials', ...(scoredCount > 0 && { badge: scoredCount }) },
    ...(writtenCount > 0 ? [{ value: 'proposals' as const, label: 'Proposals', badge: writtenCount }] : []),
    ...(hasLineage(rows) ? [{ value: 'lineage' as const, label: 'Lineage' }] : []),
    ...(matrix === undefined ? [] : [{ value: 'frontier' as const, label: 'Frontier' }]),
    ...(rows.some(row => row.candidate.choice !== undefined) ? [{ value: 'choices' as const, label: 'What mattered' }] : []),
    { value: 'changes', label: 'Changes', ...(changedCount > 0 && { badge: changedCount }) },
    { value: 'rows', label: 'Rows' },
    { value: 'log', label: 'Log' },
  ]
  const open = (candidate: string | undefined) => setRunPage(record.id, { candidate })
  const pair = (
    <ComparedPair
      rows={rows}
      before={before?.id}
      after={after?.id}
      isChosen={before?.id !== baseline?.id || after?.id !== best?.id}
      onChange={chosen => setRunPage(record.id, chosen)}
    />
  )
  return (
    <div className="flex h-full min-h-0 flex-col tight:h-auto">
      {!isLive && result?.baseline !== undefined && (
        <ErrorBoundary place="The result">
          <ResultCard record={record} result={result} baseline={baseline} best={best} />
        </ErrorBoundary>
      )}
      {!isLive && (
        <ErrorBoundary place="The diagnosis">
          <DiagnosisCard record={record} />
        </ErrorBoundary>
      )}
      <Tabs<RunTab>
        label="Parts of the run"
        className="min-h-0 flex-1 tight:h-112 tight:flex-none"
        listClassName="bg-surface px-3 max-sm:overflow-x-auto"
        value={tabs.some(({ value }) => value === page.tab) ? page.tab : 'trials'}
        onChange={next => setRunPage(record.id, { tab: next })}
        tabs={tabs}
      >
        <TabPanel value="trials" className="flex flex-col overflow-hidden">
          <TrialsView record={record} view={view} rows={rows} pace={!isLive ? 'ended' : isPaused ? 'paused' : 'moving'} isLive={isLive} />
        </TabPanel>
        <TabPanel value="proposals" className="flex flex-col overflow-hidden">
          <WithCandidate record={record} rows={rows}>
            <div className="min-h-0 flex-1 overflow-y-auto">
              <ProposalsView record={record} view={view} rows={rows} onOpen={open} />
            </div>
          </WithCandidate>
        </TabPanel>
        <TabPanel value="lineage" className="flex flex-col overflow-hidden">
          <WithCandidate record={record} rows={rows}>
            <LineageTree rows={rows} selectedId={page.candidate} onSelect={open} />
          </WithCandidate>
        </TabPanel>
        <TabPanel value="frontier" className="flex flex-col overflow-hidden">
          <WithCandidate record={record} rows={rows}>
            {matrix !== undefined && <FrontierMatrix record={record} matrix={matrix} selectedId={page.candidate} onSelect={open} />}
          </WithCandidate>
        </TabPanel>
        <TabPanel value="choices" className="flex flex-col overflow-hidden">
          <WithCandidate record={record} rows={rows}>
            <ChoicesView record={record} rows={rows} onOpen={open} />
          </WithCandidate>
        </TabPanel>
        <TabPanel value="changes">
          {pair}
          <ChangesList changes={changes} graph={graph} before={before} after={after} rows={rows} isLive={isLive} />
        </TabPanel>
        <TabPanel value="rows" className="flex flex-col overflow-hidden">
          {pair}
          <CompareRows record={record} before={before} after={after} isLive={isLive} />
        </TabPanel>
        <TabPanel value="log">
          <LogList record={record} />
        </TabPanel>
      </Tabs>
    </div>
  )
}

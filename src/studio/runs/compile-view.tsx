import { useMemo } from 'react'
import type { RunView } from '@/engine/run/run-view'
import { setRunPage, useRunPage, type RunTab } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { TabPanel, Tabs } from '@/ui/tabs'
import { candidateRows } from './candidate-rows'
import { ChangesList } from './changes-list'
import { CompareRows } from './compare-rows'
import { LogList } from './log-list'
import { ResultCard } from './result-card'
import { isChanged, stateChanges } from './state-changes'
import { TrialsView } from './trials-view'

interface CompileViewProps {
  readonly record: RunRecord
  readonly view: RunView
  readonly isLive: boolean
  readonly isPaused: boolean
}

/** A compile: its result when there is one, its trials, and what the best candidate changed. */
export function CompileView({ record, view, isLive, isPaused }: CompileViewProps) {
  const { tab } = useRunPage(record.id)
  const { graph } = record.spec
  const rows = useMemo(() => candidateRows(graph, view), [graph, view])
  const baseline = rows.find(row => row.isBaseline)?.candidate
  const best = rows.find(row => row.isBest)?.candidate
  const changes = useMemo(
    () => (baseline === undefined || best === undefined ? [] : stateChanges(graph, baseline.state, best.state)),
    [graph, baseline, best],
  )
  const result = view.end?.result ?? record.result
  const changedCount = changes.filter(isChanged).length
  const scoredCount = rows.filter(row => row.score !== undefined).length
  return (
    <div className="flex h-full min-h-0 flex-col">
      {!isLive && result?.baseline !== undefined && <ResultCard record={record} result={result} baseline={baseline} best={best} />}
      <Tabs<RunTab>
        label="Parts of the run"
        className="min-h-0 flex-1"
        listClassName="bg-surface px-3"
        value={tab}
        onChange={next => setRunPage(record.id, { tab: next })}
        tabs={[
          { value: 'trials', label: 'Trials', ...(scoredCount > 0 && { badge: scoredCount }) },
          { value: 'changes', label: 'Changes', ...(changedCount > 0 && { badge: changedCount }) },
          { value: 'rows', label: 'Rows' },
          { value: 'log', label: 'Log' },
        ]}
      >
        <TabPanel value="trials" className="flex flex-col overflow-hidden">
          <TrialsView record={record} view={view} rows={rows} pace={!isLive ? 'ended' : isPaused ? 'paused' : 'moving'} isLive={isLive} />
        </TabPanel>
        <TabPanel value="changes">
          <ChangesList changes={changes} graph={graph} best={best} isLive={isLive} />
        </TabPanel>
        <TabPanel value="rows" className="flex flex-col overflow-hidden">
          <CompareRows record={record} before={baseline} after={best} isLive={isLive} />
        </TabPanel>
        <TabPanel value="log">
          <LogList record={record} />
        </TabPanel>
      </Tabs>
    </div>
  )
}

import { useEffect, useState, type ReactNode } from 'react'
import { ChevronDown, Keyboard, Play, Square } from 'lucide-react'
import type { ExampleId } from '@/engine/base/example'
import type { Rollout } from '@/engine/evaluate/rollout'
import { metricLabels } from '@/engine/metrics/registry'
import { tokenCount } from '@/engine/lm/usage'
import { cutText } from '@/lib/cut-text'
import { nodeAt, pathWithin } from '@/engine/program/bodies'
import type { StepPath } from '@/engine/program/program'
import { useProject } from '@/state/document/project-store'
import { openBody, useShownPath } from '@/state/document/shown-program'
import { outcomeOf } from '@/state/runs/outcome'
import { valueText } from '@/engine/blobs/blob-ref'
import { runRow } from '@/state/runs/actions/run-commands'
import { useIsRowRunStale } from '@/state/runs/live/live-runs'
import { onSessionEvent, sendSessionEvent } from '@/state/session/session-events'
import { setActiveRow, setInspectorTab, useSession, useShowsRunProblem } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { formatMs } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { Spinner } from '@/ui/spinner'
import { Tooltip } from '@/ui/tooltip'
import { rowWords, useActiveRow, useRows } from './active-row'
import { RowPicker } from './row-picker'
import { stopRowRun, useRowRun, type RowRun } from './row-run'
import { StreamMenu } from './stream-menu'
import { TypedRunDialog } from './typed-run-dialog'

/** Run on one row: which row, run or stop, how it went. */
export function RunBar() {
  const active = useActiveRow()
  const { rows, sealedCount, isLoading } = useRows()
  const run = useRowRun()
  const problem = useSession(session => (session.runProblem?.kind === 'row' ? session.runProblem : undefined))
  const [isTyping, setTyping] = useState(false)
  useShowsRunProblem('row')
  useEffect(() => onSessionEvent('run-typed', () => setTyping(true)), [])
  const words = active ? rowWords(active.example) : isLoading ? 'Reading the rows…' : noRowWords(sealedCount)
  return (
    <div className="run-bar">
      <div className="run-bar-line">
        <RowPicker
          label="Choose the row to run"
          onPick={row => setActiveRow(row.id)}
          trigger={
            <button
              type="button"
              className="run-bar-row"
              disabled={rows.length === 0}
              aria-label={active ? `Row ${active.number}: ${words}. Choose another row` : words}
            >
              {active && <span className="row-number">{active.number}</span>}
              <span className="row-words">{words}</span>
              <ChevronDown size={12} aria-hidden />
            </button>
          }
        />
        <StreamMenu />
        <IconButton size="md" label="Run with typed input…" icon={<Keyboard />} onClick={() => setTyping(true)} />
        {run?.isRunning ? (
          <Button icon={<Square />} onClick={stopRowRun}>
            Stop
          </Button>
        ) : (
          <Tooltip text="Run the program on this row" shortcut="Mod+Enter">
            <Button variant="primary" icon={<Play />} onClick={() => (active ? void runRow(active.id) : setTyping(true))}>
              Run
            </Button>
          </Tooltip>
        )}
      </div>
      <RunLine />
      {problem && (
        <p className="run-bar-problem" role="alert">
          {problem.message}
        </p>
      )}
      <TypedRunDialog open={isTyping} onOpenChange={setTyping} />
    </div>
  )
}

function RunLine() {
  const run = useRowRun()
  const isStale = useIsRowRunStale()
  const active = useActiveRow()
  if (!run) return null
  if (run.isRunning) {
    return (
      <p className="run-bar-status">
        <Spinner /> {run.waiting?.reason ?? 'Running'}
      </p>
    )
  }
  const { totals, rollout } = run
  const count = run.isStopped ? totals.calls : totals.answered
  const calls = count === 1 ? '1 LM call' : `${count} LM calls`
  const cached = totals.cachedCalls > 0 ? `, ${totals.cachedCalls} cached` : ''
  const tokens = tokenCount(totals)
  const facts = [
    rollout ? formatMs(rollout.ms) : '',
    `${calls}${cached}`,
    tokens > 0 ? `${run.isStopped ? 'about ' : ''}${tokens} tokens` : '',
  ].filter(Boolean)
  const again = totals.cachedCalls > 0 && run.exampleId !== undefined && run.exampleId === active?.id && <AskAgain row={run.exampleId} />
  if (run.error && !isStale) return <FailedLine run={run} message={run.error.message} again={again} />
  // A result of the program as it was has no colour of its own, and no longer names the step that failed.
  if (isStale) {
    const score = typeof rollout?.score === 'number' ? [`score ${shortScore(rollout.score)}`] : []
    return (
      <p className="run-bar-status">
        Before your last change: {[run.error ? 'failed' : run.isStopped ? 'stopped' : 'done', ...score, ...facts].join(' · ')}
      </p>
    )
  }
  return (
    <>
      <p className="run-bar-status">
        {run.isStopped ? 'Stopped' : 'Done'} · {facts.join(' · ')}
        {again}
      </p>
      {rollout && typeof rollout.score === 'number' && <ScoreLine rollout={rollout} score={rollout.score} />}
    </>
  )
}

/** An answer that is kept comes back every time, a bad one too. */
function AskAgain({ row }: { readonly row: ExampleId }) {
  return (
    <Tooltip text="Runs this row without the answers that are kept">
      <button
        type="button"
        className="shrink-0 whitespace-nowrap text-accent-text underline"
        onClick={() => void runRow(row, { fresh: true })}
      >
        Ask again
      </button>
    </Tooltip>
  )
}

/** Why it failed, and at which step; only where, while that step's output says the rest right below. */
function FailedLine({ run, message, again }: { readonly run: RowRun; readonly message: string; readonly again: ReactNode }) {
  const shown = useShownPath()
  const graph = useProject(project => project.graph)
  const selectedNodes = useSession(session => session.selectedNodes)
  const inspectorTab = useSession(session => session.inspectorTab)
  const [selected] = selectedNodes
  const path = Object.keys(run.nodes).find(each => run.nodes[each]?.status === 'failed')
  const node = path === undefined ? undefined : nodeAt(graph, path)
  const isBelow = inspectorTab === 'run' && selectedNodes.length === 1 && pathWithin(shown, selected ?? '') === path
  const name = node?.name ?? ''
  return (
    <p className="run-bar-status" data-tone="bad">
      {isBelow ? `Failed at ${name}: its output says why.` : message}{' '}
      {!isBelow && path !== undefined && node !== undefined && (
        <button type="button" className="shrink-0 self-start whitespace-nowrap text-accent-text underline" onClick={() => showOutput(path)}>
          Show {name}
        </button>
      )}{' '}
      {again}
    </p>
  )
}

/** Opens the step, in the program it belongs to, at what it gave. */
function showOutput(path: StepPath): void {
  const end = path.lastIndexOf('/')
  openBody(end < 0 ? undefined : path.slice(0, end), [path.slice(end + 1)])
  setInspectorTab('run')
  // The link is gone: the keyboard goes on at the tab.
  sendSessionEvent('focus-inspector')
}

/** A run that came to its end may still have answered wrongly: the score has a colour of its own, and beside it stands the label. */
function ScoreLine({ rollout, score }: { readonly rollout: Rollout; readonly score: number }) {
  const { rows, exampleOf } = useRows()
  const metric = useProject(project => project.metric)
  const row = rows.find(one => one.row.id === rollout.exampleId)?.row
  const labels = row ? exampleOf(row).labels : {}
  const wanted = metric && metricLabels(metric).filter(name => labels[name] !== undefined)
  return (
    <p className="run-bar-status" data-tone={tones[outcomeOf(rollout)]}>
      Score {shortScore(score)}
      {score < 1 &&
        wanted?.map(name => (
          <span key={name} className="run-bar-label">
            {wanted.length === 1 ? ' · label ' : ` · label of ${name} `}
            <bdi>{cutText(valueText(labels[name]), 80)}</bdi>
          </span>
        ))}
    </p>
  )
}

const tones = { passed: 'good', partial: 'warn', failed: 'bad', error: 'bad', unscored: undefined } as const

function shortScore(score: number): number {
  return Number(score.toFixed(3))
}

/** A few rows may all fall into the test split. */
function noRowWords(sealedCount: number): string {
  if (sealedCount === 0) return 'No rows yet'
  return sealedCount === 1 ? 'The only row is in the sealed test split' : `All ${sealedCount} rows are in the sealed test split`
}

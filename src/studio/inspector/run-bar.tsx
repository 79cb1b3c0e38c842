import { useEffect, useState } from 'react'
import { ChevronDown, Keyboard, Play, Square } from 'lucide-react'
import { runRow } from '@/state/runs/actions/run-commands'
import { onSessionEvent } from '@/state/session/session-events'
import { setActiveRow, useSession } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { formatMs } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { Spinner } from '@/ui/spinner'
import { Tooltip } from '@/ui/tooltip'
import { rowWords, useActiveRow, useRows } from './active-row'
import { RowPicker } from './row-picker'
import { stopRowRun, useRowRun } from './row-run'
import { TypedRunDialog } from './typed-run-dialog'

/** Run on one row: which row, run or stop, how it went. */
export function RunBar() {
  const active = useActiveRow()
  const { rows, sealedCount, isLoading } = useRows()
  const run = useRowRun()
  const problem = useSession(session => session.runProblem)
  const [isTyping, setTyping] = useState(false)
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
  if (!run) return null
  if (run.isRunning) {
    return (
      <p className="run-bar-status">
        <Spinner /> {run.waiting ? `Waiting: ${run.waiting.reason}` : 'Running'}
      </p>
    )
  }
  const { totals, rollout } = run
  const calls = totals.answered === 1 ? '1 LM call' : `${totals.answered} LM calls`
  const cached = totals.cachedCalls > 0 ? `, ${totals.cachedCalls} cached` : ''
  const tokens = totals.inputTokens + totals.outputTokens
  const facts = [
    rollout ? formatMs(rollout.ms) : '',
    `${calls}${cached}`,
    tokens > 0 ? `${tokens} tokens` : '',
    scoreWords(rollout?.score),
  ].filter(Boolean)
  return (
    <p className="run-bar-status" data-tone={run.error ? 'bad' : 'good'}>
      {run.error ? run.error.message : `Done · ${facts.join(' · ')}`}
    </p>
  )
}

function scoreWords(score: number | null | undefined): string {
  return typeof score === 'number' ? `score ${Math.round(score * 100) / 100}` : ''
}

/** A few rows may all fall into the test split. */
function noRowWords(sealedCount: number): string {
  if (sealedCount === 0) return 'No rows yet'
  return sealedCount === 1 ? 'The only row is in the sealed test split' : `All ${sealedCount} rows are in the sealed test split`
}

import { useShownPath } from '@/state/document/shown-program'
import { ChevronDown, Play, Square } from 'lucide-react'
import { Menu } from '@/ui/menu'
import { cx } from '@/ui/cx'
import { openTypedRun, runNode, stopRow, useRowRun } from './row-run'
import { runUntil } from './run-until'

/** Runs the program on the active row and shows this node's part of it; the same button stops. */
export function NodePlay({ nodeId, name }: { nodeId: string; name: string }) {
  const { isRunning } = useRowRun()
  const isWithin = useShownPath() !== undefined
  const label = isRunning ? 'Stop the run' : `Run the active row and show ${name}`
  return (
    <span className={cx('node-play nodrag nopan', isRunning && 'node-play-running')}>
      <button type="button" tabIndex={-1} aria-label={label} title={label} onClick={() => (isRunning ? stopRow() : runNode(nodeId))}>
        {isRunning ? <Square size={11} aria-hidden /> : <Play size={12} aria-hidden />}
      </button>
      <Menu
        align="end"
        trigger={
          <button type="button" tabIndex={-1} aria-label={`More ways to run ${name}`}>
            <ChevronDown size={10} aria-hidden />
          </button>
        }
        items={[
          { id: 'row', label: 'Run the active row', shortcut: 'Mod+Enter', disabled: isRunning, onSelect: () => runNode(nodeId) },
          // A part of a program within a step is not part of the whole.
          ...(isWithin
            ? []
            : [
                {
                  id: 'until',
                  label: 'Run until here',
                  hint: 'Only this step and those before it',
                  disabled: isRunning,
                  onSelect: () => void runUntil(nodeId),
                },
              ]),
          { id: 'typed', label: 'Run with typed input…', disabled: isRunning, onSelect: () => openTypedRun(nodeId) },
          { id: 'stop', label: 'Stop', disabled: !isRunning, onSelect: stopRow },
        ]}
      />
    </span>
  )
}

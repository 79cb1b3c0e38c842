import { ArrowDown, ArrowUp, ListTree } from 'lucide-react'
import type { Example } from '@/engine/base/example'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import type { Change } from '@/state/runs/outcome'
import { openTraceFilter, setRunPage } from '@/state/runs/run-page'
import { valueText } from '@/engine/blobs/blob-ref'
import { pick } from '@/state/runs/value-text'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'
import { Kbd } from '@/ui/kbd'
import { ChangeBadge } from './change-badge'
import { RowOutcome } from '../kit/row-outcome'

export interface ComparedRow {
  readonly id: string
  readonly index: number
  readonly change: Change
  readonly example?: Example
  readonly before?: StoredRollout
  readonly after?: StoredRollout
}

interface ComparedRowPanelProps {
  readonly record: RunRecord
  readonly row: ComparedRow
  readonly place: string
  readonly labels: readonly [string, string]
  readonly onStep: (direction: 1 | -1) => void
}

/** A row before and after: what went in, what was right, and both predictions side by side. */
export function ComparedRowPanel({ record, row, place, labels, onStep }: ComparedRowPanelProps) {
  const outputs = Object.keys({ ...row.before?.rollout.prediction, ...row.after?.rollout.prediction })
  const label = pick(row.example?.labels, outputs)
  return (
    <aside
      aria-label="Chosen row"
      className="flex w-[46%] max-w-[760px] shrink-0 flex-col border-l border-line bg-surface max-md:absolute max-md:inset-0 max-md:z-20 max-md:w-auto max-md:max-w-none max-md:border-l-0"
    >
      <header className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="font-semibold">Row {row.index + 1}</h2>
        <ChangeBadge change={row.change} />
        <span className="flex-1" />
        <span className="text-sm text-faint tabular" aria-live="polite">
          {place}
        </span>
        <IconButton size="sm" label="Previous row" shortcut="K" icon={<ArrowUp />} onClick={() => onStep(-1)} />
        <IconButton size="sm" label="Next row" shortcut="J" icon={<ArrowDown />} onClick={() => onStep(1)} />
        <span className="text-xs text-faint max-xl:hidden" aria-hidden="true">
          <Kbd keys="J" /> <Kbd keys="K" />
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        <Values title="Inputs" values={row.example?.inputs} />
        <Values title="Label" values={Object.keys(label).length > 0 ? label : row.example?.labels} />
        <div className="grid grid-cols-2 gap-3">
          {([row.before, row.after] as const).map((rollout, side) => (
            <section
              key={side}
              aria-label={side === 0 ? 'Before' : 'After'}
              className="flex min-w-0 flex-col rounded-md border border-line"
            >
              <header className="flex items-center gap-2 border-b border-line bg-sunken px-3 py-1.5">
                <h3 className="min-w-0 flex-1 truncate text-sm text-soft">
                  {side === 0 ? 'Before' : 'After'}: {labels[side]}
                </h3>
                {rollout && <RowOutcome rollout={rollout.rollout} />}
              </header>
              <div className="flex-1 px-3 py-2">
                {rollout === undefined ? (
                  <p className="text-faint">Not stored</p>
                ) : rollout.rollout.error !== undefined ? (
                  <p className="break-words text-bad-text">{rollout.rollout.error.message}</p>
                ) : (
                  outputs.map(name => (
                    <div key={name} className="mb-1.5">
                      <p className="font-mono text-xs text-faint">{name}</p>
                      <p className="break-words whitespace-pre-wrap">{valueText(rollout.rollout.prediction?.[name])}</p>
                    </div>
                  ))
                )}
                {rollout?.rollout.feedback !== undefined && <p className="text-sm break-words text-soft">{rollout.rollout.feedback}</p>}
              </div>
              {rollout && (
                <footer className="px-2 pb-2">
                  <Button
                    size="sm"
                    variant="ghost"
                    icon={<ListTree />}
                    aria-label={`Trace ${side === 0 ? 'before' : 'after'}`}
                    onClick={() => {
                      setRunPage(record.id, { trace: { ...openTraceFilter, batch: rollout.batch } })
                      goTo(paths.trace(record.projectId, record.id, rollout.batch, rollout.index))
                    }}
                  >
                    Trace
                  </Button>
                </footer>
              )}
            </section>
          ))}
        </div>
      </div>
    </aside>
  )
}

function Values({ title, values }: { readonly title: string; readonly values: Example['inputs'] | undefined }) {
  if (values === undefined) return null
  return (
    <section aria-label={title} className="mb-3">
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} className="mb-1.5">
          <p className="font-mono text-xs text-faint">{name}</p>
          <p className="break-words whitespace-pre-wrap">{valueText(value)}</p>
        </div>
      ))}
    </section>
  )
}

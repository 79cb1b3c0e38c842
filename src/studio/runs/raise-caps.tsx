import { useState } from 'react'
import type { Budget } from '@/engine/run/spec'
import type { RunRecord } from '@/storage/records'
import { raiseCaps } from '@/state/runs/run-actions'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { formatCost, formatCount, formatMs } from '@/ui/format'
import { NumberInput } from '@/ui/number-input'
import { Popover } from '@/ui/popover'
import { tokenCount } from './run-words'

/** New caps for a run that reached one; it goes on with what it has. */
export function RaiseCaps({ record }: { readonly record: RunRecord }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label="Raise the caps of this run"
      align="end"
      trigger={<Button variant="primary">Raise and continue</Button>}
    >
      <RaiseCapsForm record={record} onDone={() => setOpen(false)} />
    </Popover>
  )
}

export function hasCaps({ spec: { budget } }: RunRecord): boolean {
  return caps.some(cap => budget[cap.key] !== undefined)
}

export function RaiseCapsForm({ record, onDone }: { readonly record: RunRecord; readonly onDone: () => void }) {
  const { budget } = record.spec
  const [next, setNext] = useState<Budget>(budget)
  const used = {
    maxCalls: `${formatCount(record.totals.calls)} sent so far`,
    maxTokens: `${formatCount(tokenCount(record.totals))} used so far`,
    maxCost: `${formatCost(record.totals.unpricedCalls > 0 ? undefined : record.totals.cost)} so far`,
    maxMs: `${formatMs(record.activeMs ?? 0)} so far`,
  }
  const keys = caps.filter(cap => budget[cap.key] !== undefined)
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={event => {
        event.preventDefault()
        onDone()
        void raiseCaps(record.id, next)
      }}
    >
      {keys.map(({ key, label, scale, step }) => (
        <FormField key={key} label={label} help={`${used[key]}. Empty means no cap.`}>
          <NumberInput
            value={next[key] === undefined ? undefined : (next[key] ?? 0) / scale}
            min={0}
            step={step}
            onChange={value => {
              const { [key]: _old, ...rest } = next
              setNext(value === undefined ? rest : { ...rest, [key]: value * scale })
            }}
          />
        </FormField>
      ))}
      <Button type="submit" variant="primary">
        Continue with these caps
      </Button>
    </form>
  )
}

const caps = [
  { key: 'maxCalls', label: 'LM calls', scale: 1, step: 100 },
  { key: 'maxTokens', label: 'Tokens', scale: 1, step: 10_000 },
  { key: 'maxCost', label: 'US dollars', scale: 1, step: 1 },
  { key: 'maxMs', label: 'Minutes', scale: 60_000, step: 5 },
] as const

import { useState } from 'react'
import type { Budget } from '@/engine/lm/spend'
import type { RunRecord } from '@/storage/records'
import { raiseCaps } from '@/state/runs/actions/run-actions'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { formatCost, formatCount, formatMs } from '@/ui/format'
import { NumberInput } from '@/ui/number-input'
import { Popover } from '@/ui/popover'
import { tokenCount } from './run-words'

/** New limits for a run that reached one; it goes on with what it has. */
export function RaiseCaps({ record }: { readonly record: RunRecord }) {
  const [isOpen, setOpen] = useState(false)
  const isErrors = failedRows(record) !== undefined
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label={isErrors ? 'Allow more errors in this run' : 'Raise the caps of this run'}
      align="end"
      trigger={<Button variant="primary">{isErrors ? 'Allow more and continue' : 'Raise and continue'}</Button>}
    >
      <RaiseCapsForm record={record} onDone={() => setOpen(false)} />
    </Popover>
  )
}

/** A run that a limit ended, or may end again. */
export function hasLimit(record: RunRecord): boolean {
  return failedRows(record) !== undefined || caps.some(cap => record.spec.budget[cap.key] !== undefined)
}

/** How many rows had failed when a run gave up because of them. */
export function failedRows({ status, error }: RunRecord): number | undefined {
  const failed = error?.facts?.['failed']
  return status === 'failed' && error?.code === 'too-many-errors' && typeof failed === 'number' ? failed : undefined
}

export function RaiseCapsForm({ record, onDone }: { readonly record: RunRecord; readonly onDone: () => void }) {
  const { budget } = record.spec
  const [next, setNext] = useState<Budget>(budget)
  const failed = failedRows(record)
  const [maxErrors, setMaxErrors] = useState<number | undefined>(failed && failed * 2)
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
        void raiseCaps(record.id, { budget: next, ...(maxErrors !== undefined && { maxErrors }) })
      }}
    >
      {failed !== undefined && (
        <FormField label="Errors allowed" help={`${failed} failed so far. Rows that failed on the way to the model are asked again.`}>
          <NumberInput value={maxErrors} min={failed + 1} step={1} integer onChange={setMaxErrors} />
        </FormField>
      )}
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
        {failed === undefined ? 'Continue with these caps' : 'Allow and continue'}
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

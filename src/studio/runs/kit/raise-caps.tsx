import { useState } from 'react'
import { roomLost } from '@/engine/lm/sending/budget'
import type { Budget, Spent } from '@/engine/lm/spend'
import { tokenCount } from '@/engine/lm/usage'
import type { RunRecord } from '@/storage/records'
import { raiseCaps } from '@/state/runs/actions/run-actions'
import { useInterruption } from '@/state/runs/interruption'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { formatCount, formatMs } from '@/ui/format'
import { NumberInput } from '@/ui/number-input'
import { Popover } from '@/ui/popover'
import { callWords, costWords } from './run-words'

/** New limits for a run that reached one; it goes on with what it has. */
export function RaiseCaps({ record, isMain = true }: { readonly record: RunRecord; readonly isMain?: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const isErrors = failedRows(record) !== undefined
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label={isErrors ? 'Allow more errors in this run' : 'Raise the caps of this run'}
      align="end"
      trigger={<Button variant={isMain ? 'primary' : 'secondary'}>{isErrors ? 'Allow more and continue' : 'Raise and continue'}</Button>}
    >
      <RaiseCapsForm record={record} onDone={() => setOpen(false)} />
    </Popover>
  )
}

/** A run that a limit ended, or may end again. */
export function hasLimit(record: RunRecord): boolean {
  return failedRows(record) !== undefined || hasCap(record)
}

export function hasCap({ spec }: RunRecord): boolean {
  return caps.some(({ key }) => spec.budget[key] !== undefined)
}

/** How many rows had failed when a run gave up because of them. */
export function failedRows({ status, error }: RunRecord): number | undefined {
  const failed = error?.facts?.['failed']
  return status === 'failed' && error?.code === 'too-many-errors' && typeof failed === 'number' ? failed : undefined
}

interface RaiseCapsFormProps {
  readonly record: RunRecord
  readonly onDone: () => void
}

export function RaiseCapsForm(props: RaiseCapsFormProps) {
  const unseen = useInterruption(props.record.id)?.unseen.all
  // Read from disk, in the blink of an eye: what is suggested depends on it.
  return unseen && <LimitsForm key={unseen.calls} {...props} lost={unseen} />
}

function LimitsForm({ record, onDone, lost }: RaiseCapsFormProps & { readonly lost: Spent }) {
  const { budget } = record.spec
  const [next, setNext] = useState<Budget>(() => withRoomFor(lost, budget))
  const failed = failedRows(record)
  const [maxErrors, setMaxErrors] = useState<number | undefined>(failed && failed * 2)
  const used = {
    maxCalls: `${formatCount(record.totals.calls)} sent so far`,
    maxTokens: `${formatCount(tokenCount(record.totals))} used so far`,
    maxCost: `${costWords(record.totals)} so far`,
    maxMs: `${formatMs(record.activeMs ?? 0)} so far`,
  }
  const keys = caps.filter(cap => budget[cap.key] !== undefined)
  const hasLost = lost.calls > 0 && hasCap(record)
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
      {hasLost && (
        <p className="max-w-72 text-sm text-soft">
          {callWords(lost.calls)} {lost.calls === 1 ? 'was' : 'were'} under way when this run was interrupted.{' '}
          {lost.calls === 1 ? 'It' : 'They'} may have been paid for, and {lost.calls === 1 ? 'counts' : 'count'}: the caps below are raised
          by that much.
        </p>
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

/** The caps with as much room as if nothing had been lost. */
function withRoomFor(lost: Spent, budget: Budget): Budget {
  const { maxCalls, maxTokens, maxCost } = budget
  const raised = (name: keyof Spent, cap: number): number => roomLost(name, cap, lost)?.raiseTo ?? cap
  return {
    ...budget,
    ...(maxCalls !== undefined && { maxCalls: raised('calls', maxCalls) }),
    ...(maxTokens !== undefined && { maxTokens: raised('tokens', maxTokens) }),
    ...(maxCost !== undefined && { maxCost: raised('cost', maxCost) }),
  }
}

const caps = [
  { key: 'maxCalls', label: 'LM calls', scale: 1, step: 100 },
  { key: 'maxTokens', label: 'Tokens', scale: 1, step: 10_000 },
  { key: 'maxCost', label: 'US dollars', scale: 1, step: 1 },
  { key: 'maxMs', label: 'Minutes', scale: 60_000, step: 5 },
] as const

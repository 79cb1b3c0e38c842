import { EngineError } from '@/engine/base/errors'
import type { CallKey, Lm } from '@/engine/lm/lm'
import type { CallRecord, JournalEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import type { Journal, RunPorts } from '@/engine/run/base/ports'
import { spentBefore } from '@/engine/run/recording/spent-before'
import type { CallStore, Paid, StoredCall } from '@/engine/lm/kept/call-store'
import type { Clock } from '@/engine/base/clock'
import { nothingSpent, type SpendNote, type Spent } from '@/engine/lm/spend'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { parseJson } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'

/** Real time. */
export const realClock: Clock = systemClock

/** A disk in memory for one run: what is in it survives a crash of the run, and only that. */
export interface MemoryDisk {
  readonly calls: Map<CallKey, StoredCall>
  /** What this run paid for, and how much. */
  readonly bills: Map<CallKey, Paid>
  readonly events: JournalEvent[]
  readonly rollouts: Map<string, RolloutRecord>
  readonly runCalls: Map<CallKey, CallRecord>
  totals?: RunTotals
  /** The budget as it was written down last, where that is asked for, and what of earlier attempts nobody saw the end of. */
  note?: SpendNote
  lost?: Spent
}

export function memoryDisk(): MemoryDisk {
  return { calls: new Map(), bills: new Map(), events: [], rollouts: new Map(), runCalls: new Map() }
}

export interface MemoryPortsOptions {
  readonly lm: Lm
  readonly disk?: MemoryDisk
  readonly runner?: CodeRunner
  /** True once the process is dead: nothing reaches the disk, and nothing comes back. */
  readonly isDead?: () => boolean
  readonly offline?: boolean
  readonly clock?: Clock
  readonly onAppend?: () => void
  /** Writes the budget down before each request, as for a model elsewhere. */
  readonly notesSpend?: boolean
}

/** Ports over a disk in memory. Taking the same disk again is taking the run up again. */
export function memoryPorts({
  lm,
  disk = memoryDisk(),
  runner = noRunner,
  isDead = () => false,
  offline,
  clock = realClock,
  onAppend,
  notesSpend = false,
}: MemoryPortsOptions): RunPorts {
  const unlessDead = <T>(work: () => T): Promise<T> => (isDead() ? new Promise<T>(() => undefined) : Promise.resolve().then(work))
  const calls: CallStore = {
    get: key => unlessDead(() => disk.calls.get(key)),
    add: (call, paid = {}) =>
      unlessDead(() => {
        const first = disk.calls.get(call.key) ?? call
        disk.calls.set(call.key, first)
        if (!disk.bills.has(call.key)) disk.bills.set(call.key, paid)
        return first
      }),
  }
  const journal: Journal = {
    recorded: [...disk.events],
    failedCalls: new Map([...disk.runCalls].filter(([, call]) => call.error)),
    append: batch =>
      unlessDead(() => {
        onAppend?.()
        // A copy by way of JSON: what does not survive it must not be in a journal.
        disk.events.push(...copy(batch.events))
        for (const record of batch.rollouts) disk.rollouts.set(`${record.batch} ${record.index}`, copy(record))
        for (const call of batch.calls) {
          const old = disk.runCalls.get(call.key)
          if (!old || old.error || old.cached) disk.runCalls.set(call.key, copy(call))
        }
        disk.totals = batch.totals
      }),
  }
  return {
    clock,
    calls,
    runner,
    journal,
    connect: () => lm,
    ...(notesSpend && { noteSpend: note => unlessDead(() => void (disk.note = note)) }),
    ...((disk.totals !== undefined || disk.bills.size > 0 || disk.note !== undefined) && earlier(disk)),
    ...(offline && { offline }),
  }
}

/** What earlier attempts spent, by the product's own reckoning. */
function earlier(disk: MemoryDisk): Partial<RunPorts> {
  const { totals, calls, bills, runCalls, note, lost = nothingSpent } = disk
  const records = [...runCalls.values()]
  const paid = [...bills].flatMap(([key, bill]) => {
    const call = calls.get(key)
    return call ? [{ key, ...bill, model: call.request.model, usage: call.response.usage }] : []
  })
  const book = note ?? { spent: nothingSpent, open: [] }
  const left = { ...(totals && { totals }), paid, failedCalls: 0, records, book, lost }
  // Every bill says what was paid: no price is looked up.
  const nobody = { id: '', label: '', provider: 'sandbox', model: '', settings: {} } as const
  const before = spentBefore(left, { task: nobody, prompt: nobody, overrides: {} })
  if (note) Object.assign(disk, { note: { spent: before.caps, open: [] }, lost: before.lost })
  return {
    spentBefore: before.totals,
    unnotedBefore: before.unnoted,
    ...(note && { capsBefore: before.caps, lostBefore: before.lost }),
  }
}

export const noRunner: CodeRunner = {
  load: () => Promise.reject(new EngineError('code-failed', 'This test has no sandbox.')),
  dispose: () => undefined,
}

function copy<T>(value: T): T {
  const read = parseJson(JSON.stringify(value))
  if (!read.ok) throw new Error(read.reason)
  // The same shape comes back, or the comparison in the test fails.
  return read.value as T
}

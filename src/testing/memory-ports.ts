import { EngineError } from '@/engine/base/errors'
import type { CallKey, Lm } from '@/engine/lm/lm'
import type { CallRecord, JournalEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import type { Journal, RunPorts } from '@/engine/run/ports'
import { spentBefore } from '@/engine/run/recording/spent-before'
import type { CallStore, Paid, StoredCall } from '@/engine/lm/call-store'
import type { Clock } from '@/engine/base/clock'
import { nothingSpent } from '@/engine/lm/spend'
import type { Sandbox } from '@/engine/sandbox/sandbox'
import { parseJson } from '@/lib/json'

/** Real time. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}

/** A disk in memory for one run: what is in it survives a crash of the run, and only that. */
export interface MemoryDisk {
  readonly calls: Map<CallKey, StoredCall>
  /** What this run paid for, and how much. */
  readonly bills: Map<CallKey, Paid>
  readonly events: JournalEvent[]
  readonly rollouts: Map<string, RolloutRecord>
  readonly runCalls: Map<CallKey, CallRecord>
  totals?: RunTotals
}

export function memoryDisk(): MemoryDisk {
  return { calls: new Map(), bills: new Map(), events: [], rollouts: new Map(), runCalls: new Map() }
}

export interface MemoryPortsOptions {
  readonly lm: Lm
  readonly disk?: MemoryDisk
  readonly sandbox?: Sandbox
  /** True once the process is dead: nothing reaches the disk, and nothing comes back. */
  readonly isDead?: () => boolean
  readonly offline?: boolean
  readonly clock?: Clock
  readonly onAppend?: () => void
}

/** Ports over a disk in memory. Taking the same disk again is taking the run up again. */
export function memoryPorts({
  lm,
  disk = memoryDisk(),
  sandbox = noSandbox,
  isDead = () => false,
  offline,
  clock = realClock,
  onAppend,
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
    sandbox,
    journal,
    connect: () => lm,
    ...((disk.totals !== undefined || disk.bills.size > 0) && earlier(disk)),
    ...(offline && { offline }),
  }
}

/** What earlier attempts spent, by the product's own reckoning. */
function earlier({ totals, calls, bills, runCalls }: MemoryDisk): Pick<RunPorts, 'spentBefore' | 'unnotedBefore'> {
  const records = [...runCalls.values()]
  const paid = [...bills].flatMap(([key, bill]) => {
    const call = calls.get(key)
    return call ? [{ key, ...bill, model: call.request.model, usage: call.response.usage }] : []
  })
  const left = { ...(totals && { totals }), paid, failedCalls: 0, records, book: { spent: nothingSpent, open: [] }, lostCalls: 0 }
  // Every bill says what was paid: no price is looked up.
  const nobody = { id: '', label: '', provider: 'sandbox', model: '', settings: {} } as const
  const before = spentBefore(left, { task: nobody, prompt: nobody, overrides: {} })
  return { spentBefore: before.totals, unnotedBefore: before.unnoted }
}

const noSandbox: Sandbox = {
  load: () => Promise.reject(new EngineError('code-failed', 'This test has no sandbox.')),
  dispose: () => undefined,
}

function copy<T>(value: T): T {
  const read = parseJson(JSON.stringify(value))
  if (!read.ok) throw new Error(read.reason)
  // The same shape comes back, or the comparison in the test fails.
  return read.value as T
}

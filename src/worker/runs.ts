import { EngineError } from '@/engine/base/errors'
import { onUse } from '@/engine/base/on-use'
import type { RunCommand, RunHandle } from '@/engine/run/base/ports'
import { checkBudget, checkFiles, checkRun, checkTools } from '@/engine/run/work/preflight'
import { startRun } from '@/engine/run/run'
import type { Limits } from '@/engine/run/plan/raise-limits'
import { withRows } from '@/engine/run/plan/freeze-spec'
import { inDollars, roomLost } from '@/engine/lm/sending/budget'
import { tokenCount } from '@/engine/lm/usage'
import type { SpentBefore } from '@/engine/run/recording/spent-before'
import type { RunSpec } from '@/engine/record/spec'
import { noTotals } from '@/engine/record/totals'
import { newId } from '@/lib/ids'
import { getExampleSet, putExampleSet } from '@/storage/example-sets'
import { getCall } from '@/storage/lm-calls'
import type { RunId, RunRecord } from '@/storage/records'
import { runLiveness, runLockName } from '@/storage/run-locks'
import { addRun, getRun, hasMoved, patchRun, setRunLimits, takeRun } from '@/storage/runs'
import type { RunRequest } from './api'
import { freezeRun } from './freeze-run'
import { keepFacts } from './keep-facts'
import { keepRecord } from './run-keeper'
import type { RunRelay } from './run-relay'
import { activeMsOf, readingNotes, spendingBook, spentEarlier, spentSoFar, storedCalls, storedJournal } from './run-stores'
import type { Services } from './services'
import { toolHostFor } from './tool-host'

interface ActiveRun {
  readonly done: Promise<void>
  /** Kept until the run has been read and started. */
  handle?: RunHandle
  waiting?: RunCommand
}

/** Creates, runs, resumes and commands runs. One worker runs a run at a time, across all tabs. */
export function createRuns(services: Services, relay: RunRelay) {
  const active = new Map<RunId, ActiveRun>()
  const rowLooks = onUse(() => import('./row-looks'))
  relay.onCommand((runId, command) => commandHere(runId, command))

  async function createRun(request: RunRequest): Promise<RunId> {
    if (request.kind !== 'row') await (await rowLooks()).refuseDoomed(request)
    const { spec: frozen, train, val } = await freezeRun(request)
    const id = newId('run')
    const rows = { train: await putExampleSet(train), val: await putExampleSet(val) }
    const spec: RunSpec = { ...withRows(frozen, rows), toolCalls: { run: id } }
    checkRun(spec, { train, val })
    checkFiles(spec.graph, [...train, ...val])
    await checkTools(spec, toolHostFor(services, request.project.id))
    const { clock, runner, connect } = services
    await checkBudget(spec, { train, val }, { clock, runner, connect, calls: { get: getCall } }, new AbortController().signal)
    const now = services.clock.date()
    await addRun({
      id,
      projectId: request.project.id,
      kind: request.kind,
      title: spec.title,
      status: 'queued',
      spec,
      createdAt: now,
      epoch: 0,
      heartbeatAt: now,
      totals: noTotals,
    })
    return id
  }

  function start(runId: RunId): Promise<void> {
    const known = active.get(runId)
    if (known) return known.done
    const endWork = services.keys.beginWork()
    const done = hold(runId).finally(() => {
      active.delete(runId)
      endWork()
    })
    const run: ActiveRun = { done }
    active.set(runId, run)
    return run.done
  }

  /** Runs it under its lock. A lock whose holder has been frozen by the browser is taken from it; its epoch then fences it off. */
  async function hold(runId: RunId): Promise<void> {
    const record = await getRun(runId)
    if (!record) throw new EngineError('not-found', 'This run is no longer stored in this browser.', { runId })
    if (record.status === 'done') throw new EngineError('params-invalid', 'This run has finished. Start a new one.', { runId })
    const isAsleep = record.status !== 'queued' && runLiveness(record, new Set([runId]), services.clock.date()) === 'asleep'
    try {
      if (isAsleep) await navigator.locks.request(runLockName(runId), { steal: true }, () => run(record))
      else
        await withLock(
          runId,
          () => run(record),
          async () => {
            if (hasMoved(await getRun(runId), record)) throw elsewhere()
          },
        )
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error
      commandHere(runId, 'cancel')
      throw new EngineError('run-stopped', 'This run has been moved to another tab.', { reason: 'elsewhere' })
    }
  }

  /**
   * A tab that was just closed gives its lock back within a fraction of a second, an engine that was ended in an endless loop later.
   * `check` throws where waiting for it has become pointless.
   */
  async function withLock(runId: RunId, work: () => Promise<void>, check?: () => Promise<void>): Promise<void> {
    const { now, sleep } = services.clock
    for (const deadline = now() + releaseMs; ; await sleep(50)) {
      await check?.()
      const isHeld = await navigator.locks.request(runLockName(runId), { ifAvailable: true }, async lock => {
        if (lock) await work()
        return lock !== null
      })
      if (isHeld) return
      if (now() >= deadline) throw elsewhere()
    }
  }

  /** While its end cannot be written, a run waits for a word of the user, or a moment. */
  async function nextCommand(runId: RunId): Promise<void> {
    const here = active.get(runId)
    await new Promise<void>(resolve => {
      if (here?.handle) here.handle = { ...here.handle, command: () => resolve() }
      setTimeout(resolve, fullDiskMs)
    })
  }

  /** Goes on where `seen` stood: of two tabs that resume a run at once, one finds that the other was quicker. */
  async function run(seen: RunRecord): Promise<void> {
    const runId = seen.id
    const record = await takeRun(runId, services.clock.date(), seen)
    const keeper = keepRecord(record, services.clock, relay)
    try {
      // What is recorded holds none of the remembered keys, whether or not this run sends one.
      await services.keys.masker()
      const { spec } = record
      const [train, val, journal] = await Promise.all([
        getExampleSet(spec.data.train),
        getExampleSet(spec.data.val),
        storedJournal(record, services.clock),
      ])
      const isResumed = record.epoch > 1
      const calls = await storedCalls(record, isResumed)
      const before = isResumed ? await spentEarlier(record) : undefined
      const ports = {
        clock: services.clock,
        calls,
        runner: services.runner,
        journal,
        connect: services.connect,
        keys: services.liveKeys,
        tools: toolHostFor(services, record.projectId),
        spentBefore: before?.totals ?? record.totals,
        ...(before && { capsBefore: before.caps, lostBefore: before.lost, unnotedBefore: before.unnoted }),
        noteSpend: spendingBook(record),
        reading: await readingNotes(record, services),
        elapsedBefore: activeMsOf(record, 0),
      }
      const handle = startRun(spec, { train, val }, ports, batch => {
        keeper.tell(batch)
        keepFacts(batch.events)
      })
      keeper.startHeartbeat(() => handle.command('cancel'))
      const here = active.get(runId)
      if (here) {
        here.handle = handle
        if (here.waiting) handle.command(here.waiting)
      }
      const outcome = await handle.done
      await keeper.finish(outcome, () => nextCommand(runId))
      // Only for the order of eviction: nobody waits for it, and nothing is lost without it.
      void calls.noteUse().catch(() => undefined)
    } catch (error) {
      const clean = services.liveKeys.masker().error(error)
      await keeper.fail(clean)
      throw clean
    } finally {
      keeper.stop()
    }
  }

  function commandHere(runId: RunId, command: RunCommand): boolean {
    const here = active.get(runId)
    if (!here) return false
    if (here.handle) here.handle.command(command)
    else here.waiting = command
    return true
  }

  /** To the tab that runs it. A run that nobody runs can only be cancelled; anything else needs it to be resumed first. */
  async function command(runId: RunId, wanted: RunCommand): Promise<void> {
    if (commandHere(runId, wanted)) return
    const isFree = await navigator.locks.request(runLockName(runId), { ifAvailable: true }, async lock => {
      if (!lock) return false
      if (wanted !== 'cancel') throw new EngineError('not-found', 'This run is not running. Resume it first.', { runId })
      const { epoch, totals } = await takeRun(runId, services.clock.date())
      const finish = 'Cancelled before it was resumed.'
      await patchRun(runId, epoch, { status: 'cancelled', finish, endedAt: services.clock.date() })
      relay.publish({ runId, status: 'cancelled', events: [], rollouts: [], meters: [], totals })
      return true
    })
    if (!isFree) relay.send(runId, wanted)
  }

  async function raiseCaps(runId: RunId, limits: Limits): Promise<void> {
    await withLock(runId, async () => {
      const record = await getRun(runId)
      if (!record) throw new EngineError('not-found', 'This run is no longer stored in this browser.', { runId })
      checkRoom(limits, record, await spentSoFar(record))
      await setRunLimits(runId, limits)
    })
  }

  return { createRun, start, command, raiseCaps }
}

/** Limits that are used up already would end the run again at once. */
function checkRoom({ budget, maxErrors }: Limits, record: RunRecord, { totals, caps, lost }: SpentBefore): void {
  const { maxCalls, maxTokens, maxCost, maxMs } = budget
  const { activeMs = 0, error } = record
  const failed = record.status === 'failed' && error?.code === 'too-many-errors' ? Number(error.facts?.['failed'] ?? 0) : 0
  if (failed > 0 && (maxErrors ?? record.spec.maxErrors) <= failed) {
    throw new EngineError('budget-too-small', `${failed} rows have failed in this run already. Allow more than that.`, {
      cap: maxErrors ?? record.spec.maxErrors,
      used: failed,
    })
  }
  // Requests whose end nobody saw count for the caps, though not for what is known to be spent.
  const [calls, tokens, cost] = [
    Math.max(totals.calls, caps.calls),
    Math.max(tokenCount(totals), caps.tokens),
    Math.max(totals.cost, caps.cost),
  ]
  const used = [
    ['calls', maxCalls, calls, `${calls} LM calls`],
    ['tokens', maxTokens, tokens, `${tokens} tokens`],
    ['cost', maxCost, cost, inDollars(cost)],
    ['time', maxMs, activeMs, `${Math.round(activeMs / 1000)} s`],
  ] as const
  for (const [name, cap, amount, words] of used) {
    if (cap === undefined || cap > amount) continue
    const room = name === 'time' ? undefined : roomLost(name, record.spec.budget[capNames[name]] ?? amount, lost)
    throw new EngineError(
      'budget-too-small',
      `This run has used ${words} already. ${room ? room.sentence : 'Give it a higher cap, or none.'}`,
      { cap, used: amount, ...(room && { raiseTo: room.raiseTo }) },
    )
  }
}

const capNames = { calls: 'maxCalls', tokens: 'maxTokens', cost: 'maxCost' } as const

function elsewhere(): EngineError {
  return new EngineError('run-stopped', 'This run is running in another tab. Watch it here, or stop it here or there.', {
    reason: 'elsewhere',
  })
}

const releaseMs = 8_000
const fullDiskMs = 5_000

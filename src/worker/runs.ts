import { EngineError, errorToJson, isEngineError } from '@/engine/errors'
import { chatAdapter } from '@/engine/adapters/chat'
import type { RunTotals } from '@/engine/run/events'
import type { LiveStatus, RunBatch, RunCommand, RunHandle, RunOutcome } from '@/engine/run/ports'
import { checkBudget, checkRun } from '@/engine/run/preflight'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/run/spec'
import { newId } from '@/lib/ids'
import { getExampleSet, putExampleSet } from '@/storage/example-sets'
import type { RunId, RunRecord, RunStatus } from '@/storage/records'
import { runLockName } from '@/storage/run-locks'
import { addRun, getRun, patchRun, takeRun } from '@/storage/runs'
import type { RunMessage, RunRequest } from './api'
import { freezeRun } from './freeze-run'
import type { RunRelay } from './run-relay'
import { spentBefore, storedCalls, storedJournal } from './run-stores'
import type { Services } from './services'

interface ActiveRun {
  readonly done: Promise<void>
  /** Kept until the run has been read and started. */
  handle?: RunHandle
  waiting?: RunCommand
}

/** Creates, runs, resumes and commands runs. One worker runs a run at a time, across all tabs. */
export function createRuns(services: Services, relay: RunRelay) {
  const active = new Map<RunId, ActiveRun>()
  relay.onCommand((runId, command) => commandHere(runId, command))

  async function createRun(request: RunRequest): Promise<RunId> {
    const { spec: frozen, train, val } = await freezeRun(request)
    const spec: RunSpec = { ...frozen, data: { ...frozen.data, train: await putExampleSet(train), val: await putExampleSet(val) } }
    checkRun(spec, { train, val })
    checkBudget(spec, { train, val }, chatAdapter)
    const id = newId('run')
    const now = Date.now()
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
    const run: ActiveRun = { done: hold(runId).finally(() => active.delete(runId)) }
    active.set(runId, run)
    return run.done
  }

  /** Runs it under its lock. A lock whose holder has been frozen by the browser is taken from it; its epoch then fences it off. */
  async function hold(runId: RunId): Promise<void> {
    const record = await getRun(runId)
    if (!record) throw new EngineError('not-found', 'This run is no longer stored in this browser.', { runId })
    if (record.status === 'done') throw new EngineError('params-invalid', 'This run has finished. Start a new one.', { runId })
    const isAsleep = record.status === 'running' && Date.now() - record.heartbeatAt > asleepAfterMs
    const options = isAsleep ? { steal: true } : { ifAvailable: true }
    await navigator.locks
      .request(runLockName(runId), options, async lock => {
        if (!lock)
          throw new EngineError('run-stopped', 'This run is running in another tab. Watch it here, or stop it here or there.', {
            reason: 'elsewhere',
          })
        await run(runId)
      })
      .catch((error: unknown) => {
        if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error
        commandHere(runId, 'cancel')
        throw new EngineError('run-stopped', 'This run has been moved to another tab.', { reason: 'elsewhere' })
      })
  }

  async function run(runId: RunId): Promise<void> {
    const record = await takeRun(runId, services.clock.now())
    const keeper = keepRecord(record)
    try {
      const { spec } = record
      const [train, val, journal] = await Promise.all([getExampleSet(spec.data.train), getExampleSet(spec.data.val), storedJournal(record)])
      const calls = await storedCalls(record, record.epoch > 1)
      const ports = {
        clock: services.clock,
        calls,
        sandbox: services.sandbox,
        journal,
        adapter: chatAdapter,
        connect: services.connect,
        spentBefore: record.epoch > 1 ? await spentBefore(record) : record.totals,
        elapsedBefore: record.activeMs ?? 0,
      }
      const handle = startRun(spec, { train, val }, ports, batch => keeper.tell(batch))
      keeper.startHeartbeat(() => handle.command('cancel'))
      const here = active.get(runId)
      if (here) {
        here.handle = handle
        if (here.waiting) handle.command(here.waiting)
      }
      const outcome = await handle.done
      await keeper.finish(outcome)
      // Only for the order of eviction: nobody waits for it, and nothing is lost without it.
      void calls.noteUse().catch(() => undefined)
    } catch (error) {
      await keeper.fail(error)
      throw error
    } finally {
      keeper.stop()
    }
  }

  /** The head of the run's record while this worker owns it. */
  function keepRecord(record: RunRecord) {
    const { id, epoch } = record
    const startedAt = services.clock.now()
    let written: LiveStatus = 'running'
    let writing: Promise<void> = Promise.resolve()
    let timer: ReturnType<typeof setInterval> | undefined
    const head = () => ({ heartbeatAt: services.clock.now(), activeMs: (record.activeMs ?? 0) + services.clock.now() - startedAt })
    const publish = (message: Partial<RunMessage> & { readonly status: RunStatus; readonly totals: RunTotals }): void =>
      relay.publish({ runId: id, events: [], rollouts: [], meters: [], ...message })

    return {
      startHeartbeat(onLost: () => void): void {
        timer = setInterval(() => {
          patchRun(id, epoch, head()).catch((error: unknown) => {
            if (isTakenOver(error)) onLost()
          })
        }, heartbeatMs)
      },
      stop: () => clearInterval(timer),
      tell(batch: RunBatch): void {
        publish(batch)
        const { status } = batch
        if (status === written || (status !== 'running' && status !== 'paused')) return
        written = status
        // A pause that cannot be noted (the disk is full) is still a pause; the page has been told.
        writing = writing.then(() => patchRun(id, epoch, { status, ...head() })).catch(() => undefined)
      },
      async finish(outcome: RunOutcome): Promise<void> {
        await writing
        const { status, sentence, result, error, totals, digest, divergence } = outcome
        await patchRun(id, epoch, {
          ...head(),
          status,
          totals,
          digest,
          finish: sentence,
          endedAt: services.clock.now(),
          ...(result && { result }),
          ...(error && { error }),
          ...(divergence && { divergence }),
        })
        publish({ status, totals })
      },
      /** The run could not be started or its end not be written. */
      async fail(error: unknown): Promise<void> {
        if (isTakenOver(error) || isEngineError(error, 'storage-full')) return
        await writing
        const json = errorToJson(error)
        await patchRun(id, epoch, { ...head(), status: 'failed', error: json, finish: json.message, endedAt: services.clock.now() }).catch(
          () => undefined,
        )
        publish({ status: 'failed', totals: record.totals })
      },
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
      const record = await takeRun(runId, services.clock.now())
      const finish = 'Cancelled before it was resumed.'
      await patchRun(runId, record.epoch, { status: 'cancelled', finish, endedAt: services.clock.now() })
      relay.publish({ runId, status: 'cancelled', events: [], rollouts: [], meters: [], totals: record.totals })
      return true
    })
    if (!isFree) relay.send(runId, wanted)
  }

  return { createRun, start, command }
}

const heartbeatMs = 5_000
const asleepAfterMs = 30_000

const noTotals: RunTotals = {
  calls: 0,
  cachedCalls: 0,
  failedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  unpricedCalls: 0,
  answered: 0,
}

function isTakenOver(error: unknown): boolean {
  return isEngineError(error, 'storage-failed') && error.facts.reason === 'epoch'
}

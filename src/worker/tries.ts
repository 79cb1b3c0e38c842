import { EngineError, errorToJson, isEngineError } from '@/engine/base/errors'
import { usualTryCalls, type Project } from '@/engine/project/project'
import type { RunTotals } from '@/engine/record/events'
import type { Budget, SpendNote } from '@/engine/lm/spend'
import { noTotals } from '@/engine/run/recording/tally'
import type { TryId, TryRecord } from '@/storage/records'
import { deleteTry, putTry, tryLockName } from '@/storage/tries'
import type { RunRelay } from './run-relay'
import type { Services } from './services'

/** What is tried, and for which project. */
export interface TryAbout extends Pick<TryRecord, 'id' | 'kind' | 'title'> {
  readonly project: Pick<Project, 'id' | 'run'>
}

/** What a try may use, and where it says what it used: whatever asks a model on its behalf goes through these. */
export interface TryScope {
  readonly signal: AbortSignal
  readonly budget: Budget
  /** The totals as they stand. */
  note(totals: RunTotals): void
  /** To be awaited before a request leaves: one whose end nobody sees still counts. */
  noteSpend(note: SpendNote): Promise<void>
}

export interface Tries {
  /** Does the work and leaves a record of what it used, where it used anything. Rejects as the work does, and with `run-stopped`. */
  make<T>(about: TryAbout, work: (scope: TryScope) => Promise<T>): Promise<T>
  /** Ends a try in whichever tab it is made. */
  stop(id: TryId): void
}

/** Everything that asks models without being a run: small, capped, stoppable, and on record. */
export function createTries({ clock }: Pick<Services, 'clock'>, relay: RunRelay): Tries {
  const active = new Map<TryId, AbortController>()
  const stopHere = (id: TryId): boolean => {
    active.get(id)?.abort(new EngineError('run-stopped', 'The try was stopped.'))
    return active.has(id)
  }
  relay.onCommand((id, command) => {
    if (command === 'stop') stopHere(id)
  })

  async function make<T>({ project, ...about }: TryAbout, work: (scope: TryScope) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const { signal } = controller
    const head = { ...about, projectId: project.id, startedAt: clock.now() }
    const budget = { ...project.run.budget, maxCalls: project.run.tryCalls ?? usualTryCalls }
    let totals = noTotals
    const end = (status: TryRecord['status'], finish?: string): Promise<void> => {
      if (totals.calls === 0) return deleteTry({ ...head })
      return putTry({ ...head, status, endedAt: clock.now(), totals, ...(finish !== undefined && { finish }) })
    }
    active.set(about.id, controller)
    try {
      await putTry({ ...head, status: 'running', totals })
      const result = await work({
        signal,
        budget,
        note: next => {
          totals = next
        },
        noteSpend: ({ spent, open }) => putTry({ ...head, status: 'running', totals: { ...totals, calls: spent.calls + open.length } }),
      })
      signal.throwIfAborted()
      await end('done')
      return result
    } catch (error) {
      const cause = signal.aborted ? signal.reason : capped(error, budget)
      const status = signal.aborted ? 'stopped' : isEngineError(cause, 'budget-exhausted') ? 'capped' : 'failed'
      await end(status, errorToJson(cause).message)
      throw cause
    } finally {
      active.delete(about.id)
    }
  }

  return {
    make: (about, work) => navigator.locks.request(tryLockName(about.id), () => make(about, work)),
    stop: id => {
      if (!stopHere(id)) relay.send(id, 'stop')
    },
  }
}

/** The budget's own words speak of a run. */
function capped(error: unknown, { maxCalls }: Budget): unknown {
  if (!isEngineError(error, 'budget-exhausted') || error.facts['cap'] !== 'calls') return error
  return new EngineError(
    'budget-exhausted',
    `A try may make ${maxCalls} LM calls, and this one has made them. Allow more in Compile, under Run.`,
    error.facts,
    error,
  )
}

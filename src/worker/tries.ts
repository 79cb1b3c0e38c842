import { EngineError, errorToJson, isEngineError } from '@/engine/base/errors'
import { usualTryCalls, type Project } from '@/engine/project/project'
import type { RunTotals } from '@/engine/record/events'
import type { Budget, SpendNote } from '@/engine/lm/spend'
import { noTotals } from '@/engine/record/totals'
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
  /** Says where the totals are read, whenever they are written down. */
  countBy(totals: () => RunTotals): void
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
export function createTries({ clock, keys, liveKeys }: Pick<Services, 'clock' | 'keys' | 'liveKeys'>, relay: RunRelay): Tries {
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
    const head = { ...about, projectId: project.id, startedAt: clock.date() }
    const budget = { ...project.run.budget, maxCalls: project.run.tryCalls ?? usualTryCalls }
    let totalsOf = (): RunTotals => noTotals
    const end = (status: TryRecord['status'], finish?: string): Promise<void> => {
      const totals = totalsOf()
      if (totals.calls === 0) return deleteTry(head)
      return putTry({ ...head, status, endedAt: clock.date(), totals, ...(finish !== undefined && { finish }) })
    }
    active.set(about.id, controller)
    const [endWork, endKeys] = [keys.beginWork(), liveKeys.open()]
    try {
      await putTry({ ...head, status: 'running', totals: noTotals })
      const result = await work({
        signal,
        budget,
        countBy: read => {
          totalsOf = read
        },
        noteSpend: ({ spent, open }) => putTry({ ...head, status: 'running', totals: { ...totalsOf(), calls: spent.calls + open.length } }),
      })
      signal.throwIfAborted()
      await end('done')
      return result
    } catch (error) {
      // Requests under way hear of the stop, too, and are counted.
      await clock.sleep(0)
      const cause = liveKeys.masker().error(signal.aborted ? signal.reason : capped(error, budget))
      const status = signal.aborted ? 'stopped' : isEngineError(cause, 'budget-exhausted') ? 'capped' : 'failed'
      await end(status, errorToJson(cause).message)
      throw cause
    } finally {
      active.delete(about.id)
      endKeys()
      endWork()
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

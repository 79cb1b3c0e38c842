import { errorToJson, isEngineError, type ErrorJson } from '@/engine/base/errors'
import type { RunTotals } from '@/engine/record/events'
import { patiently } from '@/engine/run/recording/patient-store'
import type { LiveStatus, RunBatch, RunOutcome } from '@/engine/run/base/ports'
import type { Clock } from '@/engine/base/clock'
import type { RunRecord, RunStatus } from '@/storage/records'
import { patchRun } from '@/storage/runs'
import type { RunMessage } from './api'
import type { RunRelay } from './run-relay'
import { activeMsOf } from './run-stores'

/** The head of a run's record while this worker owns it. */
export interface RunKeeper {
  /** Writes a sign of life every few seconds; `onLost` is told when another worker has taken the run. */
  startHeartbeat(onLost: () => void): void
  stop(): void
  tell(batch: RunBatch): void
  /** Writes how it ended. A full disk is waited for: `waitForRoom` resolves when it may be tried again. */
  finish(outcome: RunOutcome, waitForRoom: () => Promise<void>): Promise<void>
  /** The run could not be started, or its end not be written. */
  fail(error: unknown): Promise<void>
}

export function keepRecord(record: RunRecord, clock: Clock, relay: RunRelay): RunKeeper {
  const { id, epoch } = record
  const startedAt = clock.now()
  let written: LiveStatus = 'running'
  let writing: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setInterval> | undefined
  const head = () => ({ heartbeatAt: clock.date(), activeMs: activeMsOf(record, clock.now() - startedAt) })
  const publish = (message: Partial<RunMessage> & { readonly status: RunStatus; readonly totals: RunTotals }): void =>
    relay.publish({ runId: id, events: [], rollouts: [], meters: [], ...message })

  return {
    startHeartbeat(onLost) {
      timer = setInterval(() => {
        patchRun(id, epoch, head()).catch((error: unknown) => {
          if (isTakenOver(error)) onLost()
        })
      }, heartbeatMs)
    },
    stop: () => clearInterval(timer),
    tell(batch) {
      publish(batch)
      const { status } = batch
      if (status === written || (status !== 'running' && status !== 'paused')) return
      written = status
      // A pause that cannot be noted (the disk is full) is still a pause; the page has been told.
      writing = writing.then(() => patchRun(id, epoch, { status, ...head() })).catch(() => undefined)
    },
    async finish(outcome, waitForRoom) {
      await writing
      const { status, sentence, result, error, totals, digest, divergence } = outcome
      const end = {
        ...head(),
        status,
        totals,
        digest,
        finish: sentence,
        endedAt: clock.date(),
        ...(result && { result }),
        ...(error && { error }),
        ...(divergence && { divergence }),
      }
      await patiently(
        () => patchRun(id, epoch, end),
        full => {
          publish({ status: 'paused', totals, problem: errorToJson(full) })
          return waitForRoom()
        },
      )
      publish({ status, totals })
    },
    async fail(error) {
      if (isTakenOver(error) || isEngineError(error, 'storage-full')) return
      await writing
      const json: ErrorJson = errorToJson(error)
      await patchRun(id, epoch, { ...head(), status: 'failed', error: json, finish: json.message, endedAt: clock.date() }).catch(
        () => undefined,
      )
      publish({ status: 'failed', totals: record.totals })
    },
  }
}

const heartbeatMs = 5_000

function isTakenOver(error: unknown): boolean {
  return isEngineError(error, 'storage-failed') && error.facts.reason === 'epoch'
}

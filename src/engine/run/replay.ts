import type { CallKey } from '../lm/lm'
import type { CallRecord, JournalEvent } from '../record/events'
import { gapsOf } from '../record/gaps'
import type { RunHandle, RunOutcome, RunPorts } from './base/ports'
import type { CallStore } from '../lm/kept/call-store'
import type { RunData } from './work/preflight'
import { startRun } from './run'
import type { RunSpec } from '../record/spec'
import { storyDigest } from './story/story'

/** What is kept of a run, as far as it decides its story. */
export interface RunRecording {
  readonly events: readonly JournalEvent[]
  readonly failedCalls: ReadonlyMap<CallKey, CallRecord>
  readonly calls: Pick<CallStore, 'get'>
}

export interface ReplayReport {
  readonly digest: string
  readonly recordedDigest: string
  /** The run did the same again, step by step, as far as the record goes. */
  readonly isSame: boolean
  /** Requests sent: 0. */
  readonly calls: number
  readonly cachedCalls: number
  /** Answers that are in the story but no longer stored: the replay ends before the first of them. */
  readonly missingCalls: number
  readonly divergence?: RunOutcome['divergence']
}

/**
 * Runs a recorded run once more from its recorded answers alone, writes nothing, and compares the stories. A run that was ended
 * early is compared up to where it ended.
 */
export async function replayRun(
  spec: RunSpec,
  data: RunData,
  recording: RunRecording,
  ports: Pick<RunPorts, 'clock' | 'runner' | 'connect' | 'keys'>,
  onProgress?: (answeredCalls: number) => void,
): Promise<ReplayReport> {
  let missingCalls = 0
  let handle: RunHandle | undefined
  const calls: CallStore = {
    async get(key, how) {
      const found = await recording.calls.get(key)
      if (found || how?.mayMiss) return found
      missingCalls += 1
      handle?.command('stop')
      return undefined
    },
    add: async call => call,
  }
  const journal = { recorded: recording.events, failedCalls: recording.failedCalls, append: async () => undefined }
  // Nothing is paid for, so no cap can end it.
  const free = { ...spec, budget: {} }
  handle = startRun(free, data, { ...ports, calls, journal, offline: true }, ({ totals }) => onProgress?.(totals.answered))
  const { totals, digest, divergence } = await handle.done
  const recordedDigest = storyDigest(ports.keys?.masker().value(recording.events) ?? recording.events)
  // With events missing, the sums of the stories differ; that each event on record came again is told by the story itself.
  const isSame = digest === recordedDigest || (gapsOf(recording.events).length > 0 && missingCalls === 0 && divergence === undefined)
  return {
    digest,
    recordedDigest,
    isSame,
    calls: totals.calls,
    cachedCalls: totals.cachedCalls,
    missingCalls,
    ...(divergence && { divergence }),
  }
}

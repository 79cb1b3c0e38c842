import type { CallKey } from '../lm/lm'
import type { CallRecord, JournalEvent } from '../record/events'
import type { RunHandle, RunOutcome, RunPorts } from './ports'
import type { CallStore } from '../lm/call-store'
import type { RunData } from './plan/preflight'
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
  ports: Pick<RunPorts, 'clock' | 'sandbox' | 'connect'>,
  onProgress?: (answeredCalls: number) => void,
): Promise<ReplayReport> {
  let missingCalls = 0
  let handle: RunHandle | undefined
  const calls: CallStore = {
    async get(key) {
      const found = await recording.calls.get(key)
      if (found) return found
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
  const recordedDigest = storyDigest(recording.events)
  return {
    digest,
    recordedDigest,
    isSame: digest === recordedDigest,
    calls: totals.calls,
    cachedCalls: totals.cachedCalls,
    missingCalls,
    ...(divergence && { divergence }),
  }
}

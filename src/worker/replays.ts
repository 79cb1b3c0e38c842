import { EngineError } from '@/engine/base/errors'
import { replayRun, type ReplayReport } from '@/engine/run/replay'
import { getExampleSet } from '@/storage/example-sets'
import { isUnderWay, type RunId } from '@/storage/records'
import { failedRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { getRun } from '@/storage/runs'
import { storedCalls } from './run-stores'
import type { Services } from './services'

/** Replays a stored run from its record. The run itself is only read, so it may be done in any tab. */
export async function replayStoredRun(
  { clock, runner, connect, keys, liveKeys }: Services,
  runId: RunId,
  onProgress?: (answeredCalls: number) => void,
): Promise<ReplayReport> {
  const run = await getRun(runId)
  if (!run) throw new EngineError('not-found', 'This run is no longer stored in this browser.', { runId })
  if (isUnderWay(run.status))
    throw new EngineError('params-invalid', 'This run is still under way. Replay it when it has ended.', { runId })
  const [train, val, events, failedCalls, calls] = await Promise.all([
    getExampleSet(run.spec.data.train),
    getExampleSet(run.spec.data.val),
    listEvents(runId),
    failedRunCalls(runId),
    storedCalls(run, true),
  ])
  await keys.masker()
  const ports = { clock, runner, connect, keys: liveKeys }
  return replayRun(run.spec, { train, val }, { events, failedCalls, calls }, ports, onProgress)
}

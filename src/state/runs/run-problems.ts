import { useStore } from 'zustand'
import type { ErrorJson } from '@/engine/base/errors'
import type { RunId } from '@/storage/records'
import { liveRuns } from './live/live-runs'

/** Why a run stands still by itself, such as a full disk; gone once it moves again. */
export function useRunProblem(runId: RunId): ErrorJson | undefined {
  return useStore(liveRuns, state => state.runs[runId]?.problem)
}

/** Runs that stand still because there was no room to write. */
export function runsWithoutRoom(): readonly RunId[] {
  return Object.values(liveRuns.getState().runs)
    .filter(run => run.status === 'paused' && run.problem?.code === 'storage-full')
    .map(run => run.runId)
}

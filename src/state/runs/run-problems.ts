import { useEffect } from 'react'
import { createStore, useStore } from 'zustand'
import type { ErrorJson } from '@/engine/errors'
import type { RunId } from '@/storage/records'
import { engine } from '../engine-client'

const problems = createStore<Readonly<Record<RunId, ErrorJson | undefined>>>(() => ({}))
let subscribed: Promise<void> | undefined

/** Why a run stands still by itself, such as a full disk; gone once it moves again. */
export function useRunProblem(runId: RunId): ErrorJson | undefined {
  useEffect(() => {
    // Without the worker there are no runs to hear of, and who started it was told.
    subscribed ??= engine()
      .subscribe(({ runId: id, problem }) => {
        if (problems.getState()[id] !== problem) problems.setState({ [id]: problem })
      })
      .catch(() => undefined)
  }, [])
  return useStore(problems, state => state[runId])
}

import { prepareRuns } from '@/state/runs/before/prepare-runs'
import { CanvasPane, CommandPalette, CompileScreen, InspectorPane, ProjectFrame, RunScreen, ShortcutSheet } from './parts'

/** Fetches what a visit is likely to open first, once the page has been quiet. Returns a function that calls it off. */
export function preloadStudio(): () => void {
  return whenQuiet(() => load(ProjectFrame, CanvasPane, InspectorPane, CommandPalette, ShortcutSheet))
}

/** Fetches what the open project's first compile needs, on the page and in the worker. */
export function preloadCompile(): () => void {
  return whenQuiet(() => {
    load(CompileScreen, RunScreen)
    prepareRuns()
  })
}

/** A part that does not come now is asked for again when it is used, and told then. */
function load(...parts: readonly { load(): Promise<unknown> }[]): void {
  for (const part of parts) part.load().catch(() => undefined)
}

/** Waiting for files is idle, too: the first screen has this long to ask for its own. */
const headStartMs = 1_500
const latestMs = 5_000

function whenQuiet(work: () => void): () => void {
  let idle: number | undefined
  const timer = setTimeout(() => {
    // Safari has no idle callbacks.
    if (typeof requestIdleCallback === 'undefined') work()
    else idle = requestIdleCallback(work, { timeout: latestMs })
  }, headStartMs)
  return () => {
    clearTimeout(timer)
    if (idle !== undefined) cancelIdleCallback(idle)
  }
}

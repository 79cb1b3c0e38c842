import { closeProject, openProject } from '@/state/document/project-store'

let queue: Promise<unknown> = Promise.resolve()

/** Opens a project after whatever is opening or closing now: two of these at once would mix their documents. */
export function enterProject(id: string): Promise<unknown> {
  queue = queue.catch(ignore).then(() => openProject(id))
  return queue
}

/** Saves and lets go of the open project, unless another one is entered right after, which does the same. */
export function leaveProject(): void {
  queue = queue.catch(ignore).then(() => closeProject())
}

// Whoever asked for the failed step was told; the next step must still run.
function ignore(): void {}

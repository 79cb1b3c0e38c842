import { Worker } from 'node:worker_threads'
import { defaultCodeLimits, type CodeLimits, type ModuleChecker } from '@/engine/user-code/code-runner'
import { createWatchedRunner, type CodeThread } from '@/engine/user-code/watched-runner'

/**
 * The code runner in a thread of Node: user code that QuickJS cannot stop by itself neither hangs the run nor keeps Ctrl+C from being heard.
 * The thread starts with the first source that is loaded.
 */
export function createThreadRunner(limits: CodeLimits = defaultCodeLimits): ModuleChecker {
  return createWatchedRunner(spawnThread, limits)
}

/** `scripts/bundle.mjs` puts the thread's file beside every bundle for Node. */
function spawnThread(): CodeThread {
  const worker = new Worker(new URL('./code-thread.mjs', import.meta.url))
  // A request has a timer that keeps the process; a thread with nothing to do must not.
  worker.unref()
  return {
    post: request => worker.postMessage(request),
    onAnswer: listener => worker.on('message', listener),
    onFailure: listener => worker.on('error', listener),
    end: () => void worker.terminate(),
  }
}

import { defaultCodeLimits, type CodeLimits, type ModuleChecker } from '@/engine/user-code/code-runner'
import type { CodeAnswer } from '@/engine/user-code/code-messages'
import { createWatchedRunner, type CodeThread } from '@/engine/user-code/watched-runner'

/** The code runner in a worker of the browser. */
export function createWorkerRunner(limits: CodeLimits = defaultCodeLimits, spawn: () => Worker = spawnRunner): ModuleChecker {
  return createWatchedRunner(() => threadOf(spawn()), limits)
}

function threadOf(worker: Worker): CodeThread {
  return {
    post: request => worker.postMessage(request),
    onAnswer: listener => worker.addEventListener('message', ({ data }: MessageEvent<CodeAnswer>) => listener(data)),
    onFailure: listener =>
      worker.addEventListener('error', event => {
        event.preventDefault()
        listener()
      }),
    end: () => worker.terminate(),
  }
}

function spawnRunner(): Worker {
  return new Worker(new URL('./code.worker.ts', import.meta.url), { type: 'module', name: 'user code' })
}

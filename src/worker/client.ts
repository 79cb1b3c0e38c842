import { proxy, releaseProxy, wrap } from 'comlink'
import { EngineError } from '@/engine/errors'
import type { EngineApi } from './api'
import type { WorkerApi } from './engine.worker'
import { carryErrors } from './wire-errors'

export type EngineClient = EngineApi & {
  /** Ends the worker; runs it was running can be resumed later. */
  dispose(): void
}

/** Starts the engine's worker of this page. Keys, runs and imports live there; the page holds none of them. */
export function createEngineClient({ baseUrl = document.baseURI }: { readonly baseUrl?: string } = {}): EngineClient {
  carryErrors()
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' })
  const remote = wrap<WorkerApi>(worker)
  // A worker that does not load answers nothing: without this, every call would wait for ever.
  const failed = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', event => {
      event.preventDefault()
      reject(
        new EngineError('storage-failed', `The engine could not start${event.message ? ` (${event.message})` : ''}. Reload the page.`, {
          reason: 'worker',
        }),
      )
    })
  })
  failed.catch(() => undefined)
  const ask = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, failed])
  const ready = ask(remote.begin({ baseUrl }))
  ready.catch(() => undefined)

  return {
    createRun: request => ask(remote.createRun(request)),
    startRun: runId => ask(remote.startRun(runId)),
    command: (runId, command) => ask(remote.command(runId, command)),
    raiseCaps: (runId, limits) => ask(remote.raiseCaps(runId, limits)),
    replayRun: (runId, onProgress) => ask(remote.replayRun(runId, onProgress && proxy(onProgress))),
    exportRun: runId => ask(remote.exportRun(runId)),
    importRun: (projectId, file) => ask(remote.importRun(projectId, file)),
    estimate: request => ask(remote.estimate(request)),
    subscribe: listener => ask(remote.subscribe(proxy(listener))),
    previewImport: (file, name, onProgress) => ask(remote.previewImport(file, name, proxy(onProgress))),
    commitImport: (importId, name, columns) => ask(remote.commitImport(importId, name, columns)),
    discardImport: importId => ask(remote.discardImport(importId)),
    tryMetric: (project, metric, count) => ask(remote.tryMetric(project, metric, count)),
    tryTool: (tool, args) => ask(remote.tryTool(tool, args)),
    checkSource: (source, kind) => ask(remote.checkSource(source, kind)),
    runRows: (project, exampleIds) => ask(remote.runRows(project, exampleIds)),
    setKey: (origin, key, remember) => ask(remote.setKey(origin, key, remember)),
    keys: () => ask(remote.keys()),
    forgetKey: origin => ask(remote.forgetKey(origin)),
    forgetAllKeys: () => ask(remote.forgetAllKeys()),
    testConnection: model => ask(remote.testConnection(model)),
    exportTypeScript: project => ask(remote.exportTypeScript(project)),
    checkExport: (project, exampleIds) => ask(remote.checkExport(project, exampleIds)),
    exportProject: project => ask(remote.exportProject(project)),
    importProject: file => ask(remote.importProject(file)),
    makeBackup: () => ask(remote.makeBackup()),
    restoreBackup: file => ask(remote.restoreBackup(file)),
    evictCalls: bytes => ask(remote.evictCalls(bytes)),
    dispose() {
      remote[releaseProxy]()
      worker.terminate()
    },
  }
}

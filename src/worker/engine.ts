import { makeBackup, restoreBackup } from '@/storage/backup'
import { evictCalls } from '@/storage/lm-calls'
import type { EngineApi } from './api'
import { estimate } from './estimates'
import { checkTypeScript, zipTypeScript } from './exports'
import { createImports } from './imports'
import { testModel } from './models'
import { exportProject, importProject } from './project-files'
import { replayStoredRun } from './replays'
import { exportRun, importRun } from './run-files'
import { createRunRelay } from './run-relay'
import { createRuns } from './runs'
import { createServices } from './services'
import { checkSource, tryTool } from './source-tries'
import { runRows, tryMetric } from './trial-rows'

/** The engine as the page asks it: one object for the life of a worker. */
export function createEngine(environment: { readonly baseUrl: string }): EngineApi {
  const services = createServices(environment)
  const relay = createRunRelay()
  const runs = createRuns(services, relay)
  const imports = createImports()
  return {
    createRun: request => runs.createRun(request),
    startRun: runId => runs.start(runId),
    command: (runId, command) => runs.command(runId, command),
    raiseCaps: (runId, limits) => runs.raiseCaps(runId, limits),
    replayRun: (runId, onProgress) => replayStoredRun(services, runId, onProgress),
    exportRun,
    importRun,
    estimate,
    subscribe: async listener => relay.subscribe(listener),
    previewImport: (file, name, onProgress) => imports.preview(file, name, onProgress),
    commitImport: (importId, name, columns) => imports.commit(importId, name, columns),
    discardImport: importId => imports.discard(importId),
    tryMetric: (project, metric, count) => tryMetric(services, project, metric, count),
    tryTool: (tool, args) => tryTool(services.clock, tool, args),
    checkSource,
    runRows: (project, exampleIds) => runRows(services, project, exampleIds),
    setKey: (origin, key, remember) => services.keys.set(origin, key, remember),
    keys: () => services.keys.list(),
    forgetKey: origin => services.keys.forget(origin),
    forgetAllKeys: () => services.keys.forgetAll(),
    testConnection: model => testModel(services, model),
    exportTypeScript: project => zipTypeScript(services, project),
    checkExport: (project, exampleIds) => checkTypeScript(services, project, exampleIds),
    exportProject,
    importProject,
    makeBackup: () => makeBackup(services.clock.now()),
    restoreBackup,
    evictCalls,
  }
}

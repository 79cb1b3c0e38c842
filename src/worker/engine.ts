import { evictCalls } from '@/storage/lm-calls'
import type { EngineApi } from './api'
import { estimate } from './estimates'
import { onUse } from './on-use'
import { createRunRelay } from './run-relay'
import { createRuns } from './runs'
import { createServices } from './services'
import { runRows, tryMetric } from './trial-rows'

/** The engine as the page asks it: one object for the life of a worker. What few visits need is loaded when it is asked for. */
export function createEngine(environment: { readonly baseUrl: string }): EngineApi {
  const services = createServices(environment)
  const relay = createRunRelay()
  const runs = createRuns(services, relay)
  const imports = onUse(async () => (await import('./imports')).createImports())
  const exports = onUse(() => import('./exports'))
  const models = onUse(() => import('./models'))
  const projectFiles = onUse(() => import('./project-files'))
  const replays = onUse(() => import('./replays'))
  const runFiles = onUse(() => import('./run-files'))
  const sourceTries = onUse(() => import('./source-tries'))
  const backup = onUse(() => import('@/storage/backup'))
  return {
    createRun: request => runs.createRun(request),
    startRun: runId => runs.start(runId),
    command: (runId, command) => runs.command(runId, command),
    raiseCaps: (runId, limits) => runs.raiseCaps(runId, limits),
    replayRun: async (runId, onProgress) => (await replays()).replayStoredRun(services, runId, onProgress),
    exportRun: async runId => (await runFiles()).exportRun(runId),
    importRun: async (projectId, file) => (await runFiles()).importRun(projectId, file),
    estimate,
    subscribe: async listener => relay.subscribe(listener),
    previewImport: async (file, name, onProgress) => (await imports()).preview(file, name, onProgress),
    commitImport: async (importId, name, columns) => (await imports()).commit(importId, name, columns),
    discardImport: async importId => (await imports()).discard(importId),
    tryMetric: (project, metric, count) => tryMetric(services, project, metric, count),
    tryTool: async (tool, args) => (await sourceTries()).tryTool(services.clock, tool, args),
    checkSource: async (source, kind) => (await sourceTries()).checkSource(source, kind),
    runRows: (project, exampleIds) => runRows(services, project, exampleIds),
    setKey: (origin, key, remember) => services.keys.set(origin, key, remember),
    keys: () => services.keys.list(),
    forgetKey: origin => services.keys.forget(origin),
    forgetAllKeys: () => services.keys.forgetAll(),
    testConnection: async model => (await models()).testModel(services, model),
    exportTypeScript: async project => (await exports()).zipTypeScript(services, project),
    checkExport: async (project, exampleIds) => (await exports()).checkTypeScript(services, project, exampleIds),
    exportProject: async (project, options) => (await projectFiles()).exportProject(project, options),
    importProject: async file => (await projectFiles()).importProject(file),
    makeBackup: async () => (await backup()).makeBackup(services.clock.now()),
    restoreBackup: async file => (await backup()).restoreBackup(file),
    evictCalls,
  }
}

import { onUse } from '@/engine/base/on-use'
import type { EngineApi } from './api'
import { createKeyRing } from './keys'
import { createRunRelay } from './run-relay'

/** The engine as the page asks it: one object for the life of a worker. Every part but the keys is loaded when it is asked for. */
export function createEngine(environment: { readonly baseUrl: string }): EngineApi {
  const keys = createKeyRing()
  const relay = createRunRelay()
  const services = onUse(async () => (await import('./services')).createServices(environment, keys))
  const runs = onUse(async () => (await import('./runs')).createRuns(await services(), relay))
  const tries = onUse(async () => (await import('./tries')).createTries(await services(), relay))
  const imports = onUse(async () => (await import('./imports')).createImports())
  const estimates = onUse(() => import('./estimates'))
  const exports = onUse(() => import('./exports'))
  const models = onUse(() => import('./models'))
  const preparations = onUse(() => import('./preparations'))
  const projectFiles = onUse(() => import('./project-files'))
  const replays = onUse(() => import('./replays'))
  const runFiles = onUse(() => import('./run-files'))
  const sourceTries = onUse(() => import('./source-tries'))
  const trialRows = onUse(() => import('./trial-rows'))
  const backup = onUse(() => import('@/storage/backup'))
  const storedCalls = onUse(() => import('@/storage/lm-calls'))
  return {
    async prepare(wanted) {
      // Side by side: each is a file of its own.
      await Promise.all([runs(), estimates(), preparations().then(({ prepare }) => prepare(wanted))])
    },
    createRun: async request => (await runs()).createRun(request),
    startRun: async runId => (await runs()).start(runId),
    command: async (runId, command) => (await runs()).command(runId, command),
    raiseCaps: async (runId, limits) => (await runs()).raiseCaps(runId, limits),
    replayRun: async (runId, onProgress) => (await replays()).replayStoredRun(await services(), runId, onProgress),
    exportRun: async runId => (await runFiles()).exportRun(runId),
    importRun: async (projectId, file) => (await runFiles()).importRun(projectId, file),
    estimate: async request => (await estimates()).estimate(request),
    subscribe: async listener => relay.subscribe(listener),
    previewImport: async (file, name, onProgress) => (await imports()).preview(file, name, onProgress),
    commitImport: async (importId, name, columns) => (await imports()).commit(importId, name, columns),
    discardImport: async importId => (await imports()).discard(importId),
    tryMetric: async (project, metric, count, tryId) =>
      (await trialRows()).tryMetric(await services(), await tries(), { project, metric, count, tryId }),
    stopTry: async tryId => (await tries()).stop(tryId),
    tryTool: async (tool, args) => (await sourceTries()).tryTool((await services()).clock, tool, args),
    checkSource: async (source, kind) => (await sourceTries()).checkSource(source, kind),
    setKey: (origin, key, remember) => keys.set(origin, key, remember),
    keys: () => keys.list(),
    forgetKey: origin => keys.forget(origin),
    forgetAllKeys: () => keys.forgetAll(),
    testConnection: async (model, project) => (await models()).testModel(await services(), await tries(), model, project),
    exportTypeScript: async project => (await exports()).zipTypeScript(await services(), project),
    checkExport: async (project, exampleIds, tryId) =>
      (await exports()).checkTypeScript(await services(), await tries(), { project, exampleIds, tryId }),
    exportProject: async project => (await projectFiles()).exportProject(project),
    importProject: async file => (await projectFiles()).importProject(file),
    makeBackup: async () => (await backup()).makeBackup(Date.now()),
    restoreBackup: async file => (await backup()).restoreBackup(file),
    evictCalls: async bytes => (await storedCalls()).evictCalls(bytes),
  }
}

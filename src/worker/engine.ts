import { onUse } from '@/engine/base/on-use'
import { createLiveKeys } from '@/engine/lm/keys/live-keys'
import type { Masker } from '@/engine/lm/keys/mask'
import type { EngineApi } from './api'
import { createKeyRing } from './keys'
import type { EngineEnvironment } from './services'
import { createRunRelay } from './run-relay'
import { systemClock } from '@/lib/system-clock'

/** The engine as the page asks it: one object for the life of a worker. Every part but the keys is loaded when it is asked for. */
export function createEngine(environment: EngineEnvironment): EngineApi {
  const liveKeys = createLiveKeys()
  const keys = createKeyRing(liveKeys)
  const relay = createRunRelay()
  const services = onUse(async () => (await import('./services')).createServices(environment, keys, liveKeys))
  const runs = onUse(async () => (await import('./runs')).createRuns(await services(), relay))
  const tries = onUse(async () => (await import('./tries')).createTries(await services(), relay))
  const imports = onUse(async () => (await import('./imports')).createImports())
  const estimates = onUse(() => import('./estimates'))
  const rowLooks = onUse(() => import('./row-looks'))
  const exports = onUse(() => import('./exports'))
  const models = onUse(() => import('./models'))
  const preparations = onUse(() => import('./preparations'))
  const projectFiles = onUse(() => import('./project-files'))
  const replays = onUse(() => import('./replays'))
  const runFiles = onUse(() => import('./run-files'))
  const sourceTries = onUse(() => import('./source-tries'))
  const trialRows = onUse(() => import('./trial-rows'))
  const backup = onUse(() => import('@/storage/backup'))
  const toolHosts = onUse(() => import('@/storage/tool-hosts'))
  const storedCalls = onUse(() => import('@/storage/lm-calls'))
  return withCleanErrors(() => liveKeys.masker(), {
    async prepare(wanted) {
      // Side by side: each is a file of its own.
      await Promise.all([runs(), estimates(), preparations().then(({ prepare }) => prepare(wanted))])
    },
    createRun: async request => (await runs()).createRun(request),
    startRun: async runId => (await runs()).start(runId),
    command: async (runId, command) => (await runs()).command(runId, command),
    raiseCaps: async (runId, limits) => (await runs()).raiseCaps(runId, limits),
    replayRun: async (runId, onProgress) => (await replays()).replayStoredRun(await services(), runId, onProgress),
    exportRun: async runId => (await runFiles()).exportRun(runId, await keys.masker()),
    importRun: async (projectId, file) => (await runFiles()).importRun(projectId, file),
    estimate: async request => (await estimates()).estimate(request),
    startProblems: async request => (await rowLooks()).startProblemsOf(request),
    subscribe: async listener => relay.subscribe(listener),
    previewImport: async (file, name, onProgress, encoding) => (await imports()).preview(file, name, onProgress, encoding),
    commitImport: async (importId, name, columns) => (await imports()).commit(importId, name, columns),
    discardImport: async importId => (await imports()).discard(importId),
    columnValues: async datasetId => (await rowLooks()).columnValues(datasetId),
    tryMetric: async (project, metric, count, tryId) =>
      (await trialRows()).tryMetric(await services(), await tries(), { project, metric, count, tryId }),
    stopTry: async tryId => (await tries()).stop(tryId),
    tryTool: async (projectId, tool, args) => (await sourceTries()).tryTool(await services(), projectId, tool, args),
    listMcpTools: async (projectId, server) => (await sourceTries()).listToolsOf(await services(), projectId, server),
    toolHosts: async projectId => (await toolHosts()).allowedToolHosts(projectId),
    allowToolHosts: async (projectId, origins) => (await toolHosts()).putAllowedToolHosts(projectId, origins),
    checkSource: async (source, kind) => (await sourceTries()).checkSource(source, kind),
    setKey: (origin, key, remember) => keys.set(origin, key, remember),
    keys: () => keys.list(),
    forgetKey: origin => keys.forget(origin),
    forgetAllKeys: () => keys.forgetAll(),
    testConnection: async (model, project, typedKey) =>
      (await models()).testModel(await services(), await tries(), { model, project, typedKey }),
    withoutKeys: async value => (await keys.masker()).value(value),
    exportTypeScript: async project => (await exports()).zipTypeScript(await services(), project),
    checkExport: async (project, exampleIds, tryId) =>
      (await exports()).checkTypeScript(await services(), await tries(), { project, exampleIds, tryId }),
    exportPython: async (project, wording) => (await exports()).zipPython(await services(), project, wording),
    checkPython: async (project, exampleIds, tryId) =>
      (await exports()).checkPythonExport(await services(), await tries(), { project, exampleIds, tryId }),
    exportProject: async (project, options) => (await projectFiles()).exportProject(project, await keys.masker(), options),
    importProjectFile: async file => (await projectFiles()).importProjectFile(file),
    importProject: async file => (await projectFiles()).importProject(file),
    makeBackup: async () => (await backup()).makeBackup(systemClock.date(), await keys.masker()),
    restoreBackup: async file => (await backup()).restoreBackup(file),
    evictCalls: async bytes => (await storedCalls()).evictCalls(bytes),
  })
}

/** What is thrown is shown, and may come from anywhere: from a browser that quotes a header, or from a storage that quotes a record. */
function withCleanErrors(masker: () => Masker, api: EngineApi): EngineApi {
  const clean = Object.entries(api).map(([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await method(...args)
      } catch (error) {
        throw masker().error(error)
      }
    },
  ])
  // Each method is the one of this name.
  return Object.fromEntries(clean) as EngineApi
}

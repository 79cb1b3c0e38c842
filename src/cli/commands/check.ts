import { EngineError, isEngineError } from '@/engine/base/errors'
import { checkGraph, type GraphProblem } from '@/engine/graph/check'
import { userSources } from '@/engine/graph/user-sources'
import { bindMetric } from '@/engine/metrics/registry'
import { parseProjectFile } from '@/engine/project/read-project'
import type { Project } from '@/engine/project/project'
import { optimizerOf } from '@/engine/run/plan/estimate'
import { createQuickJsSandbox } from '@/engine/sandbox/quickjs'
import { requireFlag } from '../arguments'
import type { Command } from '../console'
import { readJsonFile } from '../load-project'

/** Says everything that keeps a project from running, without asking a model: its program, its code, metric and optimizer. */
export const checkProject: Command = async (flags, output) => {
  const { project } = parseProjectFile(readJsonFile(requireFlag(flags, 'project')))
  const problems = [...checkGraph(project.graph), ...(await checkSettings(project))]
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (flags.json) output.print(JSON.stringify({ ok: errors === 0, problems }))
  else
    output.print(
      problems.length === 0 ? 'The project can run.' : problems.map(({ severity, message }) => `${severity}: ${message}`).join('\n'),
    )
  return errors === 0 ? 0 : 1
}

async function checkSettings({ graph, metric, optimizer }: Project): Promise<readonly GraphProblem[]> {
  const sandbox = await createQuickJsSandbox()
  const problems: GraphProblem[] = []
  const attempt = async (work: () => unknown): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!isEngineError(error)) throw error
      problems.push({ severity: 'error', message: error.message })
    }
  }
  try {
    for (const { source, kind, title } of userSources(graph)) {
      await attempt(async () => {
        await sandbox.load(source, kind).catch((error: unknown) => {
          throw isEngineError(error) ? new EngineError(error.code, `${title}: ${error.message}`, error.facts, error) : error
        })
      })
    }
    await attempt(() => bindMetric(metric, { sandbox }))
    await attempt(() => optimizerOf({ id: optimizer.id, params: optimizer.params[optimizer.id] ?? {} }))
  } finally {
    sandbox.dispose()
  }
  return problems
}

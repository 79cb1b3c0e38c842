import { rowSurveyor } from '@/engine/advice/before/row-survey'
import { startProblems } from '@/engine/advice/before/start-problems'
import { EngineError, isEngineError } from '@/engine/base/errors'
import { splitOf, splits } from '@/engine/data/split'
import { checkGraph, type GraphProblem } from '@/engine/graph/check'
import { toolsOf } from '@/engine/graph/tools-of'
import { userSources } from '@/engine/graph/user-sources'
import { bindMetric } from '@/engine/metrics/registry'
import { parseProjectFile } from '@/engine/project/read-project-file'
import type { Project, ProjectFile } from '@/engine/project/project'
import { optimizerOf } from '@/engine/run/plan/estimate'
import { requireFlag, type Flags } from '../headless/arguments'
import type { Command, Console } from '../headless/console'
import { loadMapped, readJsonFile } from '../headless/load-project'
import { reachesOf } from '@/engine/tools/require-reach'
import { toolHostOf } from '../headless/tool-host'
import { createThreadRunner } from '../headless/thread-runner'

/**
 * Says everything that keeps a project from running, without asking a model: its program, its code, metric and optimizer; and where it has
 * rows, or they are given, what is certain or likely to make a compile of them come to nothing.
 */
export const checkProject: Command = async (flags, output) => {
  const file = parseProjectFile(readJsonFile(requireFlag(flags, 'project')))
  const { project } = file
  const settings = [...checkGraph(project.graph), ...(await checkSettings(project)), ...(await checkReach(project, flags))]
  const isSound = settings.every(({ severity }) => severity !== 'error')
  const problems = [...settings, ...(isSound ? await checkRows(file, flags, output) : [])]
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (flags.json) output.print(JSON.stringify({ ok: errors === 0, problems }))
  else
    output.print(
      problems.length === 0 ? 'The project can run.' : problems.map(({ severity, message }) => `${severity}: ${message}`).join('\n'),
    )
  return errors === 0 ? 0 : 1
}

async function checkRows(file: ProjectFile, flags: Flags, output: Console): Promise<readonly GraphProblem[]> {
  if (flags.data === undefined && file.dataset === undefined) return []
  const { project } = file
  const { columns, mapping, examples } = await loadMapped(file, flags.data, flags, { output })
  const { add, survey } = rowSurveyor(project.graph)
  for (const split of splits)
    add(
      split,
      examples.filter(({ id }) => splitOf(id, project.split) === split),
    )
  const addresses = project.models.flatMap(({ id, baseUrl }) => (id === project.roles.task && baseUrl !== undefined ? [baseUrl] : []))
  const found = startProblems({ project: { ...project, mapping }, columns, kind: 'compile', split: 'val', addresses }, survey())
  return found.map(({ severity, message, advice }) => ({
    severity: severity === 'stop' ? 'error' : 'warning',
    message: `${message} ${advice}`,
  }))
}

/** Where tools go without leave: a run refuses that until it is given. Nothing is contacted. */
async function checkReach({ graph }: Project, flags: Flags): Promise<readonly GraphProblem[]> {
  const host = toolHostOf(flags)
  const reaches = reachesOf(toolsOf(graph))
  const allowed = await Promise.all(reaches.map(({ origin }) => host.allows(origin)))
  const origins = new Set(reaches.flatMap(({ origin }, index) => (allowed[index] ? [] : [origin])))
  return [...origins].map(origin => {
    const tools = [...new Set(reaches.flatMap(reach => (reach.origin === origin ? [reach.tool] : [])))]
    const who = tools.length === 1 ? `The tool ${tools[0]} contacts` : `The tools ${tools.join(', ')} contact`
    return { severity: 'warning', message: `${who} ${origin}. If you trust who made the project, run it with --allow-host ${origin}.` }
  })
}

async function checkSettings({ graph, metric, optimizer }: Project): Promise<readonly GraphProblem[]> {
  const runner = createThreadRunner()
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
        await runner.load(source, kind).catch((error: unknown) => {
          throw isEngineError(error) ? new EngineError(error.code, `${title}: ${error.message}`, error.facts, error) : error
        })
      })
    }
    await attempt(() => bindMetric(metric, { runner }))
    await attempt(() => optimizerOf({ id: optimizer.id, params: optimizer.params[optimizer.id] ?? {} }))
  } finally {
    runner.dispose()
  }
  return problems
}

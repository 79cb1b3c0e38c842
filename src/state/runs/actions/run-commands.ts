import { bodyAlone } from '@/engine/graph/body-alone'
import { newId } from '@/lib/ids'
import type { Program } from '@/engine/program/program'
import { shownPath } from '../../document/shown-program'
import type { ExampleId, Values } from '@/engine/base/example'
import { errorToJson, isEngineError } from '@/engine/base/errors'
import type { Project } from '@/engine/project/project'
import type { RunCommand } from '@/engine/run/base/ports'
import type { SplitName } from '@/engine/record/spec'
import type { RunId } from '@/storage/records'
import type { RunRequest } from '@/worker/api'
import { ensureActiveRow, isSealed } from '../../document/active-row'
import { addReveal } from '../../document/edits/reveal-edit'
import { engine } from '../../session/engine-client'
import { expectRun, forgetRun, watchRuns } from '../live/live-runs'
import { goTo } from '../../session/navigation'
import { errorSentence, notify, notifyError, type Notice } from '../../session/notices'
import { paths } from '../../session/paths'
import { currentProject, flushSave, projectStore, projectTurn } from '../../document/project-store'
import { invalidate, queryKeys } from '../../session/query-client'
import { showRunInIcon } from '../notices/run-icon'
import { tellRunEnds } from '../notices/run-notices'
import { tellPauses } from '../notices/run-pause-notices'
import { isRunProblemShown, sessionStore, setActiveRow, setRowRun } from '../../session/session-store'

/**
 * Runs the program on one row: of the dataset, by id, if need be without the answers that are kept; on typed inputs; or on the active row. Resolves with the run's id once it has
 * started, with undefined when it cannot start: `session.runProblem` then says why, and a notice where no part of the page shows that.
 */
export async function runRow(row?: ExampleId | Values, { fresh = false } = {}): Promise<RunId | undefined> {
  if (row !== undefined && typeof row !== 'string') return startTypedRun(row)
  const exampleId = row ?? (await ensureActiveRow())
  if (exampleId === undefined) {
    const detail =
      currentProject().datasetId === undefined
        ? 'Import data, or type the inputs of a row in the run panel.'
        : 'No row of the dataset is outside of the sealed test split. Add rows, or type the inputs of one in the run panel.'
    notify({ title: 'No row to run', detail, tone: 'warn' })
    return undefined
  }
  if (isSealed(exampleId)) {
    notify({
      title: 'This row is sealed',
      detail: 'It belongs to the test split, which no run uses. Choose a train or val row.',
      tone: 'warn',
    })
    return undefined
  }
  setActiveRow(exampleId)
  return startRowRun({ exampleId }, {}, fresh)
}

/** Scores the program on a split, or on some rows of it. A run that uses sealed rows counts as a reveal, from its start on. */
export async function evaluate(split: SplitName = 'val', exampleIds?: readonly ExampleId[]): Promise<RunId | undefined> {
  const runId = await start({ kind: 'evaluate', split, ...(exampleIds === undefined ? {} : { exampleIds }) })
  if (runId !== undefined && (split === 'test' || split === 'all')) addReveal(runId)
  return runId
}

/** Scores the program with another state, and perhaps another metric, on the open rows of a split. The project stays as it is. */
export function evaluateOther(
  program: Partial<Pick<Project, 'graph' | 'state' | 'metric'>>,
  options: { readonly split: 'train' | 'val'; readonly title: string },
): Promise<RunId | undefined> {
  return start({ kind: 'evaluate', ...options }, program)
}

/** Scores the program on the sealed test split. */
export function revealTest(): Promise<RunId | undefined> {
  return evaluate('test')
}

/** Compiles the program with the chosen optimizer. */
export function compile(): Promise<RunId | undefined> {
  return start({ kind: 'compile' })
}

/** Takes a run up again where its journal ends. */
export async function resumeRun(runId: RunId): Promise<void> {
  await listen()
  expectRun(runId, { projectId: projectStore.getState().project?.id })
  runToEnd(runId)
}

export async function commandRun(runId: RunId, command: RunCommand): Promise<void> {
  try {
    await engine().command(runId, command)
  } catch (error) {
    notifyError(`The run did not ${command}`, error)
  }
}

/** What is typed are the fields of the program that is shown: within a step that program runs, alone. */
function startTypedRun(inputs: Values): Promise<RunId | undefined> {
  const project = currentProject()
  const path = shownPath(project)
  return startRowRun({ inputs }, path === undefined ? {} : bodyAlone(project, path))
}

async function startRowRun(
  row: NonNullable<RunRequest['row']>,
  program: Partial<Program> = {},
  isFresh = false,
): Promise<RunId | undefined> {
  const { graph, state } = currentProject()
  const runId = await start({ kind: 'row', row, ...(isFresh && { fresh: newId('fresh') }) }, program)
  if (runId !== undefined) {
    expectRun(runId, { rowProgram: { graph, state } })
    setRowRun(runId)
  }
  return runId
}

async function start(request: Omit<RunRequest, 'project'>, changes: Partial<Project> = {}): Promise<RunId | undefined> {
  sessionStore.setState({ runProblem: undefined })
  const turn = projectTurn()
  try {
    await listen()
    const { fillMapping } = await import('../../data/fill-mapping')
    await fillMapping()
    await flushSave()
    // Another project was opened before the run began.
    if (turn.isOver()) return undefined
    const project = currentProject()
    const runId = await engine().createRun({ ...request, project: { ...project, ...changes } })
    expectRun(runId, { projectId: project.id })
    invalidate(queryKeys.runs(project.id))
    runToEnd(runId)
    return runId
  } catch (error) {
    const { kind } = request
    turn.take(() => sessionStore.setState({ runProblem: { ...errorToJson(error), kind } }))()
    // Where the page shows it beside the button, a notice would say it twice.
    if (!isRunProblemShown(kind) || turn.isOver())
      notify({ title: startFailures[kind], detail: errorSentence(error), tone: 'bad', ...wayOn(kind) })
    return undefined
  }
}

// What kept a run from starting may have been put right: the sentence is about the program as it was.
projectStore.subscribe(({ project }, { project: before }) => {
  if (project !== before && sessionStore.getState().runProblem !== undefined) sessionStore.setState({ runProblem: undefined })
})

/** Where what stands against a run is told with what mends it. */
function wayOn(kind: RunRequest['kind']): Pick<Notice, 'action'> {
  const { project } = projectStore.getState()
  if (kind === 'row' || project === null) return {}
  return { action: { label: 'Go to Compile', run: () => goTo(paths.compile(project.id)) } }
}

function listen(): Promise<void> {
  tellRunEnds()
  tellPauses()
  showRunInIcon()
  return watchRuns()
}

const startFailures: Record<RunRequest['kind'], string> = {
  row: 'The row could not be run',
  evaluate: 'The evaluation could not start',
  compile: 'The compile could not start',
}

/** The run's own failures come as events; a rejection here means that it could not be taken up at all. */
function runToEnd(runId: RunId): void {
  engine()
    .startRun(runId)
    .catch((error: unknown) => {
      // Another tab may have it: then it is heard of like any foreign run.
      forgetRun(runId)
      const isElsewhere = isEngineError(error, 'run-stopped') && error.facts.reason === 'elsewhere'
      if (isElsewhere) notify({ title: 'The run goes on in another tab', detail: error.message, tone: 'neutral' })
      else notifyError('The run could not be taken up', error)
    })
    .finally(() => {
      invalidate(queryKeys.run(runId))
      invalidate(queryKeys.runLocks())
    })
}

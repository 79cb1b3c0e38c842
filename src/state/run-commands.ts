import type { ExampleId, Values } from '@/engine/data/example'
import { errorToJson } from '@/engine/errors'
import type { RunCommand } from '@/engine/run/ports'
import type { SplitName } from '@/engine/run/spec'
import { readRows } from '@/storage/datasets'
import type { RunId } from '@/storage/records'
import type { RunRequest } from '@/worker/api'
import { addReveal } from './edits/project-edits'
import { engine } from './engine-client'
import { expectRun, watchRuns } from './live-runs'
import { errorSentence, notify, notifyError } from './notices'
import { currentProject, flushSave } from './project-store'
import { invalidate, queryKeys } from './query-client'
import { sessionStore, setActiveRow, setRowRun } from './session-store'

/**
 * Runs the program on one row: of the dataset, by id; on typed inputs; or on the active row. Resolves with the run's id once it has
 * started, with undefined when it cannot start: `session.runProblem` and a notice then say why.
 */
export async function runRow(row?: ExampleId | Values): Promise<RunId | undefined> {
  if (row !== undefined && typeof row !== 'string') return startRowRun({ inputs: row })
  const exampleId = row ?? sessionStore.getState().activeRowId ?? (await firstRowId())
  if (exampleId === undefined) {
    notify({ title: 'No row to run', detail: 'Import data, or type the inputs of a row in the run panel.', tone: 'warn' })
    return undefined
  }
  setActiveRow(exampleId)
  return startRowRun({ exampleId })
}

/** Scores the program on a split, or on some rows of it. */
export function evaluate(split: SplitName = 'val', exampleIds?: readonly ExampleId[]): Promise<RunId | undefined> {
  return start({ kind: 'evaluate', split, ...(exampleIds === undefined ? {} : { exampleIds }) })
}

/** Scores the program on the sealed test split. Each look is counted, from the start of the run on. */
export async function revealTest(): Promise<RunId | undefined> {
  const runId = await evaluate('test')
  if (runId !== undefined) addReveal(runId)
  return runId
}

/** Compiles the program with the chosen optimizer. */
export function compile(): Promise<RunId | undefined> {
  return start({ kind: 'compile' })
}

/** Takes a run up again where its journal ends. */
export async function resumeRun(runId: RunId): Promise<void> {
  await watchRuns()
  expectRun(runId)
  runToEnd(runId)
}

export async function commandRun(runId: RunId, command: RunCommand): Promise<void> {
  try {
    await engine().command(runId, command)
  } catch (error) {
    notifyError(`The run did not ${command}`, error)
  }
}

async function startRowRun(row: NonNullable<RunRequest['row']>): Promise<RunId | undefined> {
  const { graph, state } = currentProject()
  const runId = await start({ kind: 'row', row })
  if (runId !== undefined) {
    expectRun(runId, { graph, state })
    setRowRun(runId)
  }
  return runId
}

async function start(request: Omit<RunRequest, 'project'>): Promise<RunId | undefined> {
  sessionStore.setState({ runProblem: undefined })
  try {
    await watchRuns()
    await flushSave()
    const project = currentProject()
    const runId = await engine().createRun({ ...request, project })
    expectRun(runId)
    invalidate(queryKeys.runs(project.id))
    runToEnd(runId)
    return runId
  } catch (error) {
    const { code } = errorToJson(error)
    sessionStore.setState({ runProblem: { code, message: errorSentence(error) } })
    notifyError(startFailures[request.kind], error)
    return undefined
  }
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
    .catch((error: unknown) => notifyError('The run could not be taken up', error))
    .finally(() => {
      invalidate(queryKeys.run(runId))
      invalidate(queryKeys.runLocks())
    })
}

async function firstRowId(): Promise<ExampleId | undefined> {
  const { datasetId } = currentProject()
  if (datasetId === undefined) return undefined
  const [first] = await readRows(datasetId, { start: 0, count: 1 })
  return first?.id
}

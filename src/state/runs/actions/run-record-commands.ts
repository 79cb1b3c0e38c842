import type { ReplayReport } from '@/engine/run/replay'
import type { RunId, RunRecord } from '@/storage/records'
import { downloadNamed } from '../../session/download'
import { engine } from '../../session/engine-client'
import { someOf } from '@/lib/some-of'
import { goTo } from '../../session/navigation'
import { notify, notifyError } from '../../session/notices'
import { paths } from '../../session/paths'
import { currentProject } from '../../document/project-store'
import { invalidate, queryKeys } from '../../session/query-client'

/** Runs it once more from its record alone, and tells how many calls are answered on the way. Rejects when it cannot be read. */
export function replayFromRecord(runId: RunId, onProgress: (answeredCalls: number) => void): Promise<ReplayReport> {
  return engine().replayRun(runId, onProgress)
}

/** The whole run as one file, with every request and answer; keys are never in it. */
export async function exportRunFile({ id, title }: Pick<RunRecord, 'id' | 'title'>): Promise<void> {
  try {
    await downloadNamed(await engine().exportRun(id), `${currentProject().name} ${title}`, '.dspy-studio-run.json')
  } catch (error) {
    notifyError('The run could not be exported', error)
  }
}

/** Puts a run of a file into the open project, and opens it. */
export async function importRunFile(file: Blob): Promise<void> {
  const projectId = currentProject().id
  try {
    const { runId, answers, leftOut, missingFiles } = await engine().importRun(projectId, file)
    invalidate(queryKeys.runs(projectId))
    const lost = [
      ...leftOut.map(
        ({ list, places, reason }) =>
          `${places.length} of its ${list} could not be read and ${places.length === 1 ? 'was' : 'were'} left out (number ${someOf(places)}): ${reason}.`,
      ),
      ...(missingFiles === 0 ? [] : [`${missingFiles} of its files came damaged or not at all.`]),
    ]
    notify({
      title: 'Run imported',
      detail: [`${answers} answers came with it. They are used for this run only.`, ...lost].join(' '),
      tone: lost.length === 0 ? 'good' : 'warn',
    })
    goTo(paths.run(projectId, runId))
  } catch (error) {
    notifyError('The run could not be imported', error)
  }
}

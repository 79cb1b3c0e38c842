import type { ExampleId } from '@/engine/base/example'
import type { CandidateView } from '@/engine/run/view/run-view'
import type { Project } from '@/engine/project/project'
import type { Limits } from '@/engine/run/plan/raise-limits'
import type { RolloutRecord } from '@/engine/record/events'
import type { Example } from '@/engine/base/example'
import type { RunId, RunRecord } from '@/storage/records'
import { deleteRun } from '@/storage/runs'
import { download, fileStem } from '../../session/download'
import { addReveal } from '../../document/edits/project-edits'
import { exportDspy } from '../../export/dspy-export'
import { applyState } from '../../document/edits/state-edits'
import { engine } from '../../session/engine-client'
import { checkExport } from '../../export/export-commands'
import { exportFiles } from '../../export/export-files-on-use'
import { forgetRun } from '../live/live-runs'
import { goTo } from '../../session/navigation'
import { notify, notifyError } from '../../session/notices'
import { paths } from '../../session/paths'
import { newTryId } from '../../session/tries'
import { currentProject, projectStore, undo } from '../../document/project-store'
import { invalidate, queryKeys } from '../../session/query-client'
import { evaluate, evaluateOther, resumeRun } from './run-commands'
import { rowsCsv } from '../rows-csv'

/** Deletes a run and its traces. The answers it paid for stay in the call cache. */
export async function removeRun({ id, projectId, title }: RunRecord): Promise<void> {
  try {
    await deleteRun(id)
    forgetRun(id)
    invalidate(queryKeys.runs(projectId))
    notify({ title: `${title} deleted`, detail: 'Its answers stay in the call cache.', tone: 'neutral' })
  } catch (error) {
    notifyError('The run could not be deleted', error)
  }
}

/** Gives a run that reached a cap new caps, or more errors, and goes on. */
export async function raiseCaps(runId: RunId, limits: Limits): Promise<void> {
  try {
    await engine().raiseCaps(runId, limits)
    await resumeRun(runId)
  } catch (error) {
    notifyError('The run could not go on', error)
  }
}

/** Scores a candidate on the whole split that its run was scored on, as a run of its own, and opens that. */
export async function evaluateCandidate(
  { projectId, spec }: RunRecord,
  { label, state }: Pick<CandidateView, 'label' | 'state'>,
): Promise<void> {
  const { graph, metric } = spec
  const split = spec.data.val.count > 0 ? 'val' : 'train'
  const title = `Evaluate ${split}: ${label}`
  const runId = await evaluateOther({ graph, state, ...(metric && { metric }) }, { split, title })
  if (runId !== undefined) goTo(paths.run(projectId, runId))
}

/** Makes a candidate's state the program's own, as a new version. */
export async function applyCandidate(runId: RunId, { label, state, full }: Pick<CandidateView, 'label' | 'state' | 'full'>): Promise<void> {
  try {
    const score = full?.summary.mean
    const version = await applyState(state, { note: `Applied ${label}`, runId, ...(score === undefined ? {} : { score }) })
    const applied = projectStore.getState().project
    notify({
      title: `Applied as version ${version.number}`,
      detail: 'The program now has these instructions and demos.',
      tone: 'good',
      action: { label: 'Undo', run: () => undoApply(applied) },
    })
  } catch (error) {
    notifyError('The candidate could not be applied', error)
  }
}

/** Undo takes back the last step: once others came after the apply, that would be the wrong one. */
function undoApply(applied: Project | null): void {
  if (projectStore.getState().undoLabel === 'Apply state' && projectStore.getState().project?.state === applied?.state) return undo()
  notify({
    title: 'Other changes came after it',
    detail: 'Undo them first, or restore an earlier version under Versions in the inspector.',
    tone: 'warn',
  })
}

/** Shows the score of a run on the test split. The look is counted in the project. */
export function revealRun(runId: RunId): void {
  addReveal(runId)
}

/** Scores the program as it is now on these rows of the run's split, as a run of its own. */
export async function retryRows({ projectId, spec }: RunRecord, ids: readonly ExampleId[]): Promise<void> {
  const { split } = spec.data
  if (split === 'row') return
  const runId = await evaluate(split, ids)
  if (runId !== undefined) goTo(paths.run(projectId, runId))
}

/** The candidate's state in the shape that Python's `program.load` reads. */
export function exportCandidateDspy({ spec }: RunRecord, { label, state }: Pick<CandidateView, 'label' | 'state'>): Promise<void> {
  return exportDspy(`${currentProject().name} ${label}`, { graph: spec.graph, state })
}

/** The TypeScript folder of the program with the candidate's state, once its requests have proved equal to the studio's. */
export async function exportCandidateTypeScript(
  { spec }: RunRecord,
  { label, state }: Pick<CandidateView, 'label' | 'state'>,
): Promise<void> {
  const project: Project = { ...currentProject(), graph: spec.graph, state }
  try {
    const { typeScriptExportRemarks } = await exportFiles()
    const check = await checkExport(newTryId(), project)
    if (check.rows.some(row => !row.isEqual)) {
      return notify({
        title: 'Not exported',
        detail: 'The exported code would send other requests than the studio. Please report this with the project file.',
        tone: 'bad',
      })
    }
    download(await engine().exportTypeScript(project), `${fileStem(`${project.name} ${label}`)}-typescript.zip`)
    const rowCount = check.rows.length
    const details = [
      ...(rowCount > 0 ? [`Its requests are equal to the studio's on ${rowCount === 1 ? '1 row' : `${rowCount} rows`}.`] : []),
      ...typeScriptExportRemarks(project),
    ]
    notify({
      title: 'TypeScript exported',
      ...(details.length > 0 && { detail: details.join(' ') }),
      tone: 'good',
    })
  } catch (error) {
    notifyError('The program could not be exported', error)
  }
}

export function exportRows(
  { title }: Pick<RunRecord, 'title'>,
  rollouts: readonly RolloutRecord[],
  exampleOf: (id: ExampleId) => Example | undefined,
): void {
  // The mark tells Excel that it is UTF-8.
  download(new Blob(['\uFEFF', rowsCsv(rollouts, exampleOf)], { type: 'text/csv' }), `${fileStem(`${currentProject().name} ${title}`)}.csv`)
}

import type { ExampleId } from '@/engine/base/example'
import type { CandidateView } from '@/engine/run/view/run-view'
import type { Project, StateVersion } from '@/engine/project/project'
import type { Limits } from '@/engine/run/plan/raise-limits'
import type { RolloutRecord } from '@/engine/record/events'
import type { Example } from '@/engine/base/example'
import type { RunId, RunRecord } from '@/storage/records'
import { deleteRun } from '@/storage/runs'
import { downloadNamed } from '../../session/download'
import { addReveal } from '../../document/edits/reveal-edit'
import { exportDspy } from '../../export/dspy-export'
import { engine } from '../../session/engine-client'
import { checkExport } from '../../export/export-commands'
import { exportFiles } from '../../export/export-files-on-use'
import { forgetRun } from '../live/live-runs'
import { goTo } from '../../session/navigation'
import { notify, notifyError } from '../../session/notices'
import { paths } from '../../session/paths'
import { newTryId } from '../../session/tries'
import { currentProject, projectStore } from '../../document/project-store'
import { undoStep } from '../../document/undo'
import { invalidate } from '../../session/query-client'
import { evaluate, evaluateOther, resumeRun } from './run-commands'
import { rowsCsv } from '../rows-csv'
import { applyProgram, replacesProgram } from '../../document/edits/apply'
import { candidateProgram } from '../applied'

/** Deletes a run and its traces. The answers it paid for stay in the call cache. */
export async function removeRun({ id, title }: Pick<RunRecord, 'id' | 'title'>): Promise<void> {
  try {
    await deleteRun(id)
    forgetRun(id)
    invalidate(['runs', 'of'])
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
  candidate: Pick<CandidateView, 'label' | 'state' | 'graph'>,
): Promise<void> {
  const { metric } = spec
  const { graph, state } = candidateProgram({ spec }, candidate)
  const split = spec.data.val.count > 0 ? 'val' : 'train'
  const title = `Evaluate ${split}: ${candidate.label}`
  const runId = await evaluateOther({ graph, state, ...(metric && { metric }) }, { split, title })
  if (runId !== undefined) goTo(paths.run(projectId, runId))
}

/** Makes a candidate's state the program's own, as a new version; the candidate itself, where it is another program. */
export async function applyCandidate(
  record: Pick<RunRecord, 'id' | 'spec'>,
  candidate: Pick<CandidateView, 'label' | 'state' | 'graph' | 'full'>,
): Promise<void> {
  try {
    const score = candidate.full?.summary.mean
    const program = candidateProgram(record, candidate)
    const { graph, name } = currentProject()
    const isReplaced = replacesProgram(graph, program)
    const about = { note: `Applied ${candidate.label}`, runId: record.id, ...(score !== undefined && { score }) }
    const { version, isApplied, step } = await applyProgram(program, about)
    if (projectStore.getState().project?.id !== version.projectId) return tellAppliedLate(version, { name, isApplied })
    notify({
      title: `Applied as version ${version.number}`,
      detail: isReplaced ? 'The program now has these steps, instructions and demos.' : 'The program now has these instructions and demos.',
      tone: 'good',
      ...(step && { action: { label: 'Undo', run: () => void undoStep(step) } }),
    })
  } catch (error) {
    notifyError('The candidate could not be applied', error)
  }
}

/** The user is in another project by now, or in none. */
function tellAppliedLate({ number }: StateVersion, { name, isApplied }: { readonly name: string; readonly isApplied: boolean }): void {
  if (isApplied) return notify({ title: `“${name}”: applied as version ${number}`, tone: 'good' })
  notify({
    title: `“${name}” was left before the candidate was applied`,
    detail: `It is kept there as version ${number}: restore it on Build, among the versions.`,
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
export function exportCandidateDspy(record: RunRecord, candidate: Pick<CandidateView, 'label' | 'state' | 'graph'>): Promise<void> {
  return exportDspy(`${currentProject().name} ${candidate.label}`, candidateProgram(record, candidate))
}

/** The TypeScript folder of the program with the candidate's state, once its requests have proved equal to the studio's. */
export async function exportCandidateTypeScript(
  record: RunRecord,
  candidate: Pick<CandidateView, 'label' | 'state' | 'graph'>,
): Promise<void> {
  const { graph, state } = candidateProgram(record, candidate)
  const project: Project = { ...currentProject(), graph, state }
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
    await downloadNamed(await engine().exportTypeScript(project), `${project.name} ${candidate.label}`, '-typescript.zip')
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

export async function exportRows(
  { title }: Pick<RunRecord, 'title'>,
  rollouts: readonly RolloutRecord[],
  exampleOf: (id: ExampleId) => Example | undefined,
): Promise<void> {
  const name = `${currentProject().name} ${title}`
  try {
    const written = await engine().withoutKeys({ rollouts, examples: rollouts.map(({ rollout }) => exampleOf(rollout.exampleId)) })
    const examples = new Map(written.examples.map(example => [example?.id, example]))
    // The mark tells Excel that it is UTF-8.
    const file = new Blob(['\uFEFF', rowsCsv(written.rollouts, id => examples.get(id))], { type: 'text/csv' })
    await downloadNamed(file, name, '.csv')
  } catch (error) {
    notifyError('The rows could not be exported', error)
  }
}

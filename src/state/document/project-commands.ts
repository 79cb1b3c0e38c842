import { newId } from '@/lib/ids'
import { parseExactJson } from '@/lib/exact-json'
import { EngineError } from '@/engine/base/errors'
import type { ProjectFile } from '@/engine/project/project'
import { isDspyFile, isWholeProgram, wholeProgramWords } from '@/export/is-dspy-state'
import { deleteProject as deleteStored } from '@/storage/delete-project'
import { getProject, listProjects, putProject } from '@/storage/projects'
import { blankProject } from './blank-project'
import { offerDspyFile } from './dspy-offer'
import type { ImportedProject } from '@/worker/api'
import { engine } from '../session/engine-client'
import { closeProject, flushSave, projectStore } from './project-store'
import { systemClock } from '@/lib/system-clock'

/** Stores a project with an empty canvas; returns its id. One without a name gets a number where others are called the same. */
export async function createBlank(name?: string): Promise<string> {
  const project = blankProject(newId('project'), name ?? (await freeTitle('Untitled project')), systemClock.date())
  await putProject(project)
  return project.id
}

async function freeTitle(base: string): Promise<string> {
  const taken = new Set((await listProjects()).projects.map(({ name }) => name))
  for (let number = 1; ; number += 1) {
    const title = number === 1 ? base : `${base} ${number}`
    if (!taken.has(title)) return title
  }
}

/** Stores a template's project with its data; returns its id. */
export function createFromTemplate(template: { build(newId: (prefix: string) => string): ProjectFile }): Promise<string> {
  return engine().importProject(template.build(newId))
}

/**
 * Reads a project file; returns the id of the new project, and what is not as it was in the file. Undefined for a state file of DSPy, which
 * is offered instead: the user says what becomes of it. Throws `project-invalid` and `project-newer` with the place of the fault.
 */
export async function importProjectFile(file: File): Promise<ImportedProject | undefined> {
  if (file.name.endsWith('.pkl')) throw new EngineError('project-invalid', wholeProgramWords)
  const text = await file.text()
  const parsed = parseExactJson(text)
  if (parsed.ok && isDspyFile(parsed.value)) return offerDspyFile({ name: file.name, text })
  if (parsed.ok && isWholeProgram(parsed.value)) throw new EngineError('project-invalid', wholeProgramWords)
  if (!parsed.ok)
    throw new EngineError(
      'project-invalid',
      `This file is not a project: it is not valid JSON (${parsed.reason}). Choose one that was saved with Export, Project file; rows are imported in Data.`,
    )
  return engine().importProjectFile(parsed.value)
}

/** A copy with its own data; runs are not copied. Returns its id. */
export async function duplicateProject(id: string): Promise<string> {
  await flushSave()
  const project = await getProject(id)
  if (project === undefined) throw new EngineError('not-found', 'This project does not exist in this browser any more.', { project: id })
  const file = await engine().exportProject(project, { withoutFiles: true })
  const copy = await engine().importProject({ ...file, project: { ...file.project, name: `${project.name} copy` } })
  // The same tools in the same browser: what they may contact was decided already.
  await engine().allowToolHosts(copy, await engine().toolHosts(id))
  return copy
}

/** Removes a project with its runs. There is no way back, so the caller asks first. */
export async function deleteProject(id: string): Promise<void> {
  if (projectStore.getState().project?.id === id) await closeProject()
  await deleteStored(id)
  await engine().allowToolHosts(id, [])
}

import { newId } from '@/lib/ids'
import { parseJson } from '@/lib/json'
import type { Project } from '@/engine/project/project'
import { deleteProject } from '@/storage/delete-project'
import { getProject, putProject } from '@/storage/projects'
import type { Template } from '@/templates/registry'
import { engine } from '@/state/engine-client'
import { goTo } from '@/state/navigation'
import { notify, notifyError } from '@/state/notices'
import { paths } from '@/state/paths'
import { blankProject } from './blank-project'

/** Makes a project of a template and opens it. */
export async function openTemplate(template: Template): Promise<void> {
  await store(template.build(newId), 'The template could not be opened')
}

export async function openBlank(): Promise<void> {
  await store(blankProject(newId, Date.now()), 'The project could not be made')
}

/** Opens a project file as a project of its own. */
export async function importFile(file: File): Promise<void> {
  const json = parseJson(await file.text())
  if (!json.ok) {
    notify({ title: 'This is not a project file', detail: `“${file.name}” does not hold JSON: ${json.reason}`, tone: 'bad' })
    return
  }
  await store(json.value, 'The project file could not be imported')
}

/** A copy under a new name, data and versions included, runs left behind. */
export async function duplicateProject(project: Project): Promise<void> {
  try {
    const file = await engine().exportProject(project)
    await engine().importProject({ ...file, project: { ...file.project, name: `${project.name} (copy)` } })
  } catch (error) {
    notifyError('The project could not be duplicated', error)
  }
}

export async function renameStoredProject(id: string, name: string): Promise<void> {
  const project = await getProject(id)
  if (!project) return
  await putProject({ ...project, name, updatedAt: Date.now() }).catch((error: unknown) => notifyError('The new name was not saved', error))
}

export async function removeProject(project: Project): Promise<void> {
  try {
    await deleteProject(project.id)
    notify({ title: `Deleted “${project.name}”`, tone: 'neutral' })
  } catch (error) {
    notifyError('The project could not be deleted', error)
  }
}

async function store(file: unknown, failure: string): Promise<void> {
  try {
    goTo(paths.project(await engine().importProject(file)))
  } catch (error) {
    notifyError(failure, error)
  }
}

import { EngineError } from '@/engine/base/errors'
import type { Project } from '@/engine/project/project'
import { wholeProgramWords } from '@/export/is-dspy-state'
import { getProject, putProject } from '@/storage/projects'
import type { Template } from '@/templates/registry'
import { goTo } from '@/state/session/navigation'
import { notify, notifyError } from '@/state/session/notices'
import { paths } from '@/state/session/paths'
import { createBlank, createFromTemplate, deleteProject, duplicateProject, importProjectFile } from '@/state/document/project-commands'
import { comfortableProgram } from '@/state/document/shown-program'
import { systemClock } from '@/lib/system-clock'

/** Makes a project of a template and opens it. */
export function openTemplate(template: Template): Promise<void> {
  return openNew(createFromTemplate(template), 'The template could not be opened')
}

export function openBlank(): Promise<void> {
  return openNew(createBlank(), 'The project could not be made')
}

/** Opens a project file as a project of its own. */
export function importFile(file: File): Promise<void> {
  return openNew(
    importProjectFile(file).then(imported => {
      if (imported === undefined) return undefined
      const { id, nodeCount, remarks } = imported
      if (nodeCount > comfortableProgram) notify({ title: sizeSentence(nodeCount), tone: 'warn' })
      if (remarks.length > 0)
        notify({ title: `“${file.name}” was imported, but not all as it was`, detail: remarks.join(' '), tone: 'warn' })
      return id
    }),
    `“${file.name}” could not be imported`,
  )
}

export async function duplicate(project: Project): Promise<void> {
  await duplicateProject(project.id).catch((error: unknown) => notifyError('The project could not be duplicated', error))
}

export async function renameStored(id: string, name: string): Promise<void> {
  try {
    const project = await getProject(id)
    if (project) await putProject({ ...project, name, updatedAt: systemClock.date() })
  } catch (error) {
    notifyError('The new name was not saved', error)
  }
}

export async function remove(project: Pick<Project, 'id' | 'name'>): Promise<void> {
  try {
    await deleteProject(project.id)
    notify({ title: `Deleted “${project.name}”`, tone: 'neutral' })
  } catch (error) {
    notifyError('The project could not be deleted', error)
  }
}

/** What a program of more nodes than the canvas shows with ease means for whoever opens it. */
function sizeSentence(nodeCount: number): string {
  const [has, shows] = [nodeCount, comfortableProgram].map(count => count.toLocaleString('en'))
  return `This program has ${has} nodes, and the canvas is made for up to ${shows}: it takes a while to open and to answer.`
}

/** What was dropped or pasted: a file; a folder, which is none; or the text of one. */
export function importTransfer({ items, files, getData }: Pick<DataTransfer, 'items' | 'files'> & { getData(): string }): boolean {
  const [file] = files
  if ([...items].some(item => item.kind === 'file' && item.webkitGetAsEntry?.()?.isDirectory === true))
    notifyError('A folder cannot be opened', new EngineError('project-invalid', wholeProgramWords))
  else if (file) void importFile(file)
  else {
    const text = getData().trim()
    if (!text.startsWith('{')) return false
    void importFile(new File([text], 'Pasted text', { type: 'application/json' }))
  }
  return true
}

async function openNew(made: Promise<string | undefined>, failure: string): Promise<void> {
  try {
    const id = await made
    if (id !== undefined) goTo(paths.project(id))
  } catch (error) {
    notifyError(failure, error)
  }
}

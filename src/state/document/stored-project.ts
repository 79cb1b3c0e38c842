import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { EngineError, isEngineError } from '@/engine/base/errors'
import { readProject } from '@/engine/project/read-project'
import type { Project } from '@/engine/project/project'
import { getProject, putProject } from '@/storage/projects'

export interface LoadedProject {
  readonly project: Project
  /** `updatedAt` of the record it came from. */
  readonly base: number
  /** True when the last page closed before its changes were written: they are in `project` and must be saved. */
  readonly isUnsaved: boolean
  /** What it names that this version does not have; empty for nearly every project. */
  readonly unknown: readonly string[]
}

/** Throws `not-found`, and `project-newer` or `project-invalid` for a project that cannot be opened. */
export async function loadStored(id: string): Promise<LoadedProject> {
  const { unknownKinds } = await registries()
  const project = await getProject(id)
  if (project === undefined) throw gone(id)
  const base = project.updatedAt
  const unsaved = takeUnsaved(id)
  const isUnsaved = unsaved?.bases.includes(base) === true
  const shown = isUnsaved ? unsaved.project : project
  return { project: shown, base, isUnsaved, unknown: unknownKinds(shown) }
}

/** The project as another tab has saved it; undefined for one that is gone, or that only a newer version can read. */
export async function loadSaved(id: string): Promise<LoadedProject | undefined> {
  const { unknownKinds } = await registries()
  const project = await getProject(id).catch(() => undefined)
  return project && { project, base: project.updatedAt, isUnsaved: false, unknown: unknownKinds(project) }
}

/** They are large, and the gallery is there before anybody needs them. */
function registries() {
  return import('./unknown-kinds')
}

/**
 * Writes the project if the record is still the one it came from; returns the new `updatedAt`. Throws `storage-failed` with the reason
 * `changed-elsewhere` when another tab wrote meanwhile, `not-found` when it was deleted.
 */
export function writeStored(project: Project, { base, updatedAt }: { readonly base: number; readonly updatedAt: number }): Promise<void> {
  return alone(`project:${project.id}`, async () => {
    const stored = await getProject(project.id)
    if (stored === undefined) throw gone(project.id)
    if (stored.updatedAt !== base) {
      throw new EngineError('storage-failed', 'This project was changed in another tab. Choose which of the two to keep.', {
        reason: changedElsewhere,
      })
    }
    await putProject({ ...project, updatedAt })
  })
}

export function isChangedElsewhere(error: unknown): boolean {
  return isEngineError(error, 'storage-failed') && error.facts.reason === changedElsewhere
}

/** Writes in place of whatever is stored: after the user chose this tab's project. */
export function overwriteStored(project: Project): Promise<void> {
  return alone(`project:${project.id}`, () => putProject(project))
}

/** For a page that is being closed: IndexedDB may not get to the end any more, this does. `bases` are the records that it is newer than. */
export function keepUnsaved(project: Project, ...bases: readonly number[]): void {
  try {
    localStorage.setItem(unsavedKey(project.id), JSON.stringify({ base: bases, project }))
  } catch {
    // Full or forbidden: the write to IndexedDB that is under way is then the only chance.
  }
}

const changedElsewhere = 'changed-elsewhere'
function takeUnsaved(id: string): { readonly bases: readonly Json[]; readonly project: Project } | undefined {
  if (typeof localStorage === 'undefined') return undefined
  const text = localStorage.getItem(unsavedKey(id))
  if (text === null) return undefined
  localStorage.removeItem(unsavedKey(id))
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { base = null, project } = parsed.value
  try {
    // One number in what earlier versions kept.
    return { bases: Array.isArray(base) ? base : [base], project: readProject(project) }
  } catch {
    return undefined
  }
}

function unsavedKey(id: string): string {
  return `dspy-studio:unsaved:${id}`
}

function gone(id: string): EngineError {
  return new EngineError('not-found', 'This project is not in this browser any more. It may have been deleted in another tab.', {
    project: id,
  })
}

/** One tab at a time. */
function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (typeof navigator === 'undefined' || navigator.locks === undefined) return work()
  // The lock manager's type loses the result's type when the callback is async.
  return navigator.locks.request(name, work) as Promise<T>
}

import { putDataset } from '@/storage/datasets'
import { putProject } from '@/storage/projects'
import type { DataRow, Project } from '@/engine/project/project'
import { currentProject, openProject, setStoreClock } from '@/state/document/project-store'
import { onNotice, type Notice } from '@/state/session/notices'
import { paths } from '@/state/session/paths'
import { toyProject } from './toy-project'

export const undoColumns = [
  { id: 'c-text', name: 'text', type: 'str' },
  { id: 'c-label', name: 'label', type: 'str' },
] as const

export const undoRows: readonly DataRow[] = Array.from({ length: 6 }, (_, n) => ({
  id: `r${n}`,
  cells: { 'c-text': `text ${n}`, 'c-label': 'a' },
}))

/** A stored toy project with the dataset `data`, open, at a clock on which no two edits merge. Returns what is told from then on. */
export async function openUndoProject(): Promise<Notice[]> {
  let time = 0
  sessionStorage.clear()
  setStoreClock(() => (time += 5_000))
  await putDataset({ id: 'data', name: 'Rows', columns: [...undoColumns], createdAt: 0, updatedAt: 0 }, undoRows)
  await putUndoProject()
  await openProject(toyProject().id)
  told.length = 0
  return told
}

export async function putUndoProject(changes: Partial<Project> = {}): Promise<string> {
  const project: Project = { ...toyProject(), datasetId: 'data', ...changes }
  await putProject(project)
  return project.id
}

export type UndoScreen = 'build' | 'data' | 'compile' | 'runs' | 'settings'

export function go(screen: UndoScreen): void {
  const { id } = currentProject()
  window.location.hash = screen === 'settings' ? paths.settings() : screen === 'build' ? paths.project(id) : paths[screen](id)
}

const told: Notice[] = []
onNotice(notice => told.push(notice))

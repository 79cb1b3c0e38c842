import { createStore, useStore } from 'zustand'
import { newId } from '@/lib/ids'
import { onChange } from '@/storage/change-notices'
import { listProjects } from '@/storage/projects'
import { isTemporaryStorage } from '@/storage/usage'
import { acceptWorkspace, checkWorkspace, readWipeMarker, writeWipeMarker, type WipeMarker } from '@/storage/wipe-marker'
import { notifyError } from './notices'
import { createTurns } from '@/lib/turns'

interface Workspace {
  /** The note of a workspace that was here and is gone. */
  readonly lost?: WipeMarker
  /** The browser will drop everything with the window: it is a private one. */
  readonly isTemporary: boolean
}

const store = createStore<Workspace>(() => ({ isTemporary: false }))
/** A loss that was accepted is not found again by a look that began before. */
const looks = createTurns()

/** Looks once whether the browser still has what it had, and keeps the note of it up to date. */
export async function watchWorkspace(): Promise<void> {
  try {
    const look = looks.next()
    const { lost } = await checkWorkspace(() => newId('db'))
    const isTemporary = await isTemporaryStorage()
    look.take(() => store.setState({ ...(lost && { lost }), isTemporary }))()
    onChange(({ store: name }) => {
      if (name === 'projects' && store.getState().lost === undefined) void countProjects()
    })
    await countProjects()
  } catch (error) {
    notifyError('The browser’s storage could not be opened', error)
  }
}

export function useWorkspace(): Workspace {
  return useStore(store)
}

/** The user has seen that the old workspace is gone: from now on this is theirs. */
export async function acceptLoss(): Promise<void> {
  try {
    const look = looks.next()
    await acceptWorkspace(() => newId('db'), await storedProjectCount())
    look.take(() => store.setState({ lost: undefined }))()
  } catch (error) {
    notifyError('The browser’s storage could not be written', error)
  }
}

/** When the workspace was last backed up from this browser; undefined when it never was. */
export function lastBackupAt(): number | undefined {
  return readWipeMarker()?.lastBackupAt
}

export function noteBackup(at: number): void {
  writeWipeMarker({ lastBackupAt: at })
}

async function countProjects(): Promise<void> {
  if (store.getState().lost === undefined) writeWipeMarker({ projectCount: await storedProjectCount() })
}

/** Those that cannot be opened are there, too. */
async function storedProjectCount(): Promise<number> {
  const { projects, unreadable } = await listProjects()
  return projects.length + unreadable.length
}

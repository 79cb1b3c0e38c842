import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Program } from '@/engine/program/program'
import { dspyFilesOf } from '@/export/dspy-files'
import { dspyMemberFiles } from '@/export/dspy-members'
import { dspyRemarks } from '@/export/export-remarks'
import { dspyStateText } from '@/export/to-dspy-json'
import { storedBlobs } from '@/storage/blobs'
import { download, fileStem } from '../session/download'
import { currentProject } from '../document/project-store'
import { notifyError } from '../session/notices'

/** A state on its way to DSPy that its file cannot hold in full: the user is told before the download. */
export interface PendingDspyExport {
  readonly name: string
  readonly program: Program
  readonly remarks: readonly string[]
}

const pending = createStore<{ readonly export?: PendingDspyExport | undefined }>(() => ({}))

export function usePendingDspyExport(): PendingDspyExport | undefined {
  return useStore(pending, state => state.export)
}

export function dismissDspyExport(): void {
  pending.setState({ export: undefined })
}

/** Downloads the state file, or first says what it cannot hold. */
export function exportDspy(name: string, program: Program): void {
  const remarks = dspyRemarks(program)
  if (remarks.length === 0) void downloadDspyState({ name, program })
  else pending.setState({ export: { name, program, remarks } })
}

export async function downloadDspyState({ name, program }: Pick<PendingDspyExport, 'name' | 'program'>): Promise<void> {
  try {
    const files = await dspyFilesOf(storedBlobs, program.state)
    download(new Blob([dspyStateText(program, ownModels(), files)], { type: 'application/json' }), `${fileStem(name)}-dspy.json`)
  } catch (error) {
    notifyError('The state could not be exported', error)
  }
  dismissDspyExport()
}

/** One state file for each member of an ensemble, zipped. */
export async function downloadDspyMembers({ name, program }: Pick<PendingDspyExport, 'name' | 'program'>): Promise<void> {
  const { zipFolder } = await import('@/export/zip')
  const folder = `${fileStem(name)}-dspy-members`
  const files = await dspyFilesOf(storedBlobs, program.state)
  download(new Blob([zipFolder(folder, dspyMemberFiles(program, ownModels(), files))], { type: 'application/zip' }), `${folder}.zip`)
  dismissDspyExport()
}

function ownModels() {
  return Object.fromEntries(currentProject().models.map(model => [model.id, model]))
}

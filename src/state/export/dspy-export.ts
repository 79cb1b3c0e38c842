import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Program } from '@/engine/program/program'
import { dspyRemarks } from '@/export/export-remarks'
import { dspyStateText } from '@/export/to-dspy-json'
import { download, fileStem } from '../session/download'
import { currentProject } from '../document/project-store'

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
  if (remarks.length === 0) downloadDspyState({ name, program })
  else pending.setState({ export: { name, program, remarks } })
}

export function downloadDspyState({ name, program }: Pick<PendingDspyExport, 'name' | 'program'>): void {
  download(new Blob([dspyStateText(program, ownModels())], { type: 'application/json' }), `${fileStem(name)}-dspy.json`)
  dismissDspyExport()
}

function ownModels() {
  return Object.fromEntries(currentProject().models.map(model => [model.id, model]))
}

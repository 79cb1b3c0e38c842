import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Program } from '@/engine/program/program'
import { downloadNamed } from '../session/download'
import { notifyError } from '../session/notices'
import { currentProject, projectTurn } from '../document/project-store'
import { exportFiles } from './export-files-on-use'

/** A state on its way to DSPy that its file cannot hold in full: the user is told before the download. */
export interface PendingDspyExport {
  readonly name: string
  readonly program: Program
  readonly remarks: readonly string[]
  /** Whether the program itself does more than the file says; else only its metric stays behind. */
  readonly doesMore: boolean
}

const pending = createStore<{ readonly export?: PendingDspyExport | undefined }>(() => ({}))

export function usePendingDspyExport(): PendingDspyExport | undefined {
  return useStore(pending, state => state.export)
}

export function dismissDspyExport(): void {
  pending.setState({ export: undefined })
}

/** Downloads the state file, or first says what it cannot hold. */
export function exportDspy(name: string, program: Program): Promise<void> {
  const turn = projectTurn()
  return told(async () => {
    const { dspyRemarks } = await exportFiles()
    if (turn.isOver()) return
    const { models: listed, metric } = currentProject()
    const models = Object.fromEntries(listed.map(model => [model.id, model]))
    const remarks = dspyRemarks(program, models, metric)
    if (remarks.length === 0) await downloadDspyState({ name, program })
    else turn.take(() => pending.setState({ export: { name, program, remarks, doesMore: dspyRemarks(program, models).length > 0 } }))()
  })
}

export function downloadDspyState({ name, program }: Pick<PendingDspyExport, 'name' | 'program'>): Promise<void> {
  return told(async () => {
    const { dspyStateFile } = await exportFiles()
    await downloadNamed(await dspyStateFile(program), name, '-dspy.json')
    dismissDspyExport()
  })
}

async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    notifyError('The program could not be exported', error)
  }
}

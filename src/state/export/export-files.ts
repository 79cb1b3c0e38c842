import type { Program } from '@/engine/program/program'
import type { Project } from '@/engine/project/project'
import { dspyMemberFiles } from '@/export/dspy-members'
import { typeScriptRemarks } from '@/export/export-remarks'
import { dspyStateText } from '@/export/to-dspy-json'
import { zipFolder } from '@/export/zip'
import { currentProject } from '../document/project-store'

export { dspyRemarks } from '@/export/export-remarks'

export function dspyStateFile(program: Program): Blob {
  return new Blob([dspyStateText(program, ownModels())], { type: 'application/json' })
}

/** One state file for each member of an ensemble, zipped. */
export function dspyMembersFile(program: Program, folder: string): Blob {
  return new Blob([zipFolder(folder, dspyMemberFiles(program, ownModels()))], { type: 'application/zip' })
}

/** What the exported TypeScript does beyond one prompt a step, as sentences. */
export function typeScriptExportRemarks({ graph, state, models, metric }: Project = currentProject()): readonly string[] {
  return typeScriptRemarks({ graph, state }, Object.fromEntries(models.map(model => [model.id, model])), metric)
}

function ownModels() {
  return Object.fromEntries(currentProject().models.map(model => [model.id, model]))
}

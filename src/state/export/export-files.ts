import type { Program } from '@/engine/program/program'
import type { Project } from '@/engine/project/project'
import { dspyFilesOf } from '@/export/dspy-files'
import { typeScriptRemarks } from '@/export/export-remarks'
import { keptDspyText } from '@/export/kept-dspy-file'
import type { Wording } from '@/export/python/messages-json'
import { pythonRemarks } from '@/export/python/python-remarks'
import { dspyStateText } from '@/export/to-dspy-json'
import { storedBlobs } from '@/storage/blobs'
import { engine } from '../session/engine-client'
import { currentProject } from '../document/project-store'

export { dspyRemarks } from '@/export/export-remarks'

export async function dspyStateFile(program: Program): Promise<Blob> {
  const written = await engine().withoutKeys({ program, models: ownModels() })
  const files = await dspyFilesOf(storedBlobs, written.program.state)
  const kept = await keptDspyText(storedBlobs, { ...currentProject(), ...written.program })
  // A key that got into the file leaves the studio in no export.
  if (kept !== undefined && (await engine().withoutKeys(kept)) === kept) return new Blob([kept], { type: 'application/json' })
  return new Blob([dspyStateText(written.program, written.models, files)], { type: 'application/json' })
}

/** What the exported TypeScript does beyond one prompt a step, as sentences. */
export function typeScriptExportRemarks({ graph, state, models, metric }: Project = currentProject()): readonly string[] {
  return typeScriptRemarks({ graph, state }, Object.fromEntries(models.map(model => [model.id, model])), metric)
}

/** What the Python package does otherwise than the studio, as sentences. */
export function pythonExportRemarks(
  wording: Wording,
  { graph, state, models, roles, metric }: Project = currentProject(),
): readonly string[] {
  const byId = Object.fromEntries(models.map(model => [model.id, model]))
  const task = byId[roles.task]
  if (task === undefined) return []
  return pythonRemarks({ program: { graph, state }, models: { task, overrides: byId }, metric, wording })
}

function ownModels() {
  return Object.fromEntries(currentProject().models.map(model => [model.id, model]))
}

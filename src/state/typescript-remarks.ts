import type { Project } from '@/engine/project/project'
import { typeScriptRemarks } from '@/export/export-remarks'
import { currentProject } from './project-store'

/** What the exported TypeScript does beyond one prompt a step, as sentences. */
export function typeScriptExportRemarks({ graph, state, models }: Project = currentProject()): readonly string[] {
  return typeScriptRemarks({ graph, state }, Object.fromEntries(models.map(model => [model.id, model])))
}

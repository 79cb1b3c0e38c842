import { z } from 'zod'
import { shortHash } from '@/lib/hash'
import { parseJson } from '@/lib/json'
import type { Project } from '@/engine/project/project'
import { emptyHistory, type History } from './history'

/**
 * Undo outlives a reload of the tab: the steps are kept for as long as the tab, beside a fingerprint of the document they lead to.
 * Steps of another document would tear it, so they are dropped when the fingerprint differs.
 */
export function keepHistory(project: Project, history: History): void {
  if (typeof sessionStorage === 'undefined') return
  const text = JSON.stringify({ document: fingerprint(project), ...history })
  try {
    if (text.length <= largestText) sessionStorage.setItem(keyOf(project.id), text)
    else sessionStorage.removeItem(keyOf(project.id))
  } catch {
    // No room: undo then starts afresh after a reload.
  }
}

export function takeHistory(project: Project): History {
  if (typeof sessionStorage === 'undefined') return emptyHistory
  const text = sessionStorage.getItem(keyOf(project.id))
  const parsed = text === null ? undefined : parseJson(text)
  const kept = parsed?.ok === true ? keptSchema.safeParse(parsed.value).data : undefined
  return kept === undefined || kept.document !== fingerprint(project) ? emptyHistory : { undo: kept.undo, redo: kept.redo }
}

const largestText = 2_000_000

const patchSchema = z.object({
  op: z.enum(['add', 'remove', 'replace']),
  path: z.array(z.union([z.string(), z.number()])),
  value: z.unknown().optional(),
})
const entrySchema = z.object({
  label: z.string(),
  at: z.number(),
  patches: z.array(patchSchema),
  inverse: z.array(patchSchema),
})
const keptSchema = z.object({ document: z.string(), undo: z.array(entrySchema), redo: z.array(entrySchema) })

function fingerprint({ updatedAt: _changesWithEachSave, ...document }: Project): string {
  return shortHash(document)
}

function keyOf(projectId: string): string {
  return `dspy-studio:history:${projectId}`
}

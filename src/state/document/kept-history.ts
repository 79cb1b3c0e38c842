import { z } from 'zod'
import { readSharedJson, writeSharedJson } from '@/lib/shared-json'
import { appVersion } from '@/lib/app-version'
import { projectSchemaVersion } from '@/engine/project/project'
import { emptyHistory, type History, type HistoryEntry } from './history'

/**
 * Undo outlives a reload of the tab: the steps are kept for as long as the tab. Each step knows the document before and after it, so it
 * can be carried over to the one that is opened then, also where another tab has changed that. A step with many rows may
 * be too large for that: it is there for as long as the page.
 */
export function keepHistory(projectId: string, history: History): void {
  if (typeof sessionStorage === 'undefined') return
  inMemory.delete(projectId)
  try {
    const text = textOf(history)
    if (text.length <= largestText) return sessionStorage.setItem(keyOf(projectId), text)
    inMemory.set(projectId, history)
    const smaller = textOf(withoutManyRows(history))
    if (smaller.length <= largestText) return sessionStorage.setItem(keyOf(projectId), smaller)
  } catch {
    // No room: undo starts with an empty list after a reload.
    inMemory.set(projectId, history)
  }
  sessionStorage.removeItem(keyOf(projectId))
}

export function keptHistory(projectId: string): History {
  if (typeof sessionStorage === 'undefined') return emptyHistory
  const whole = inMemory.get(projectId)
  if (whole !== undefined) return whole
  const text = sessionStorage.getItem(keyOf(projectId))
  const [kept] = (text === null ? undefined : readSharedJson(text)) ?? []
  const read = keptSchema.safeParse(kept)
  // Its documents were written by this version of the page for this tab alone.
  return read.success ? ({ undo: read.data.undo, redo: read.data.redo } as unknown as History) : emptyHistory
}

/** Another version of the page may know documents and edits of another shape: its steps are not taken over. */
const written = { schemaVersion: projectSchemaVersion, appVersion }
const largestText = 2_000_000
const manyRows = 200
/** Histories that the storage of the tab has no room for. */
const inMemory = new Map<string, History>()

function textOf({ undo, redo }: History): string {
  return writeSharedJson([{ ...written, undo, redo }])
}

function withoutManyRows({ undo, redo }: History): History {
  const isSmall = ({ change }: HistoryEntry) => change.kind === 'document' || !('rows' in change.back) || change.back.rows.length < manyRows
  return { undo: undo.filter(isSmall), redo: redo.filter(isSmall) }
}

const entrySchema = z.object({
  id: z.string(),
  order: z.number(),
  label: z.string(),
  places: z.array(z.string()),
  at: z.number(),
  change: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('document'), before: z.record(z.string(), z.unknown()), after: z.record(z.string(), z.unknown()) }),
    z.object({ kind: z.literal('dataset'), datasetId: z.string(), back: z.record(z.string(), z.unknown()) }),
  ]),
})
const keptSchema = z.object({
  schemaVersion: z.literal(written.schemaVersion),
  appVersion: z.literal(written.appVersion),
  undo: z.array(entrySchema),
  redo: z.array(entrySchema),
})

function keyOf(projectId: string): string {
  return `dspy-studio:history:${projectId}`
}

import { z } from 'zod'
import { isJsonObject, parseJson } from '@/lib/json'
import { getSetting, putSetting, readSetting } from './settings'
import { systemClock } from '@/lib/system-clock'

/**
 * A note outside of IndexedDB that a workspace exists. A browser that finds its database damaged opens an empty one without a
 * word; with this note the user is told, instead of being welcomed as a new one.
 */
export interface WipeMarker {
  readonly databaseId: string
  readonly createdAt: number
  readonly projectCount: number
  readonly lastBackupAt?: number
}

const storageKey = 'dspy-studio-workspace'
const settingKey = 'databaseId'
const markerSchema: z.ZodType<WipeMarker> = z.object({
  databaseId: z.string(),
  createdAt: z.number(),
  projectCount: z.number(),
  lastBackupAt: z.number().optional(),
})

export function readWipeMarker(): WipeMarker | undefined {
  const text = localStorage.getItem(storageKey)
  const json = text === null ? undefined : parseJson(text)
  return json?.ok && isJsonObject(json.value) ? markerSchema.safeParse(json.value).data : undefined
}

export function writeWipeMarker(patch: Partial<WipeMarker>): void {
  const marker = readWipeMarker()
  if (marker) localStorage.setItem(storageKey, JSON.stringify({ ...marker, ...patch }))
}

/**
 * Call once when the page starts. `lost` is the note of a workspace that had projects and is no longer there: offer to restore a
 * backup. It stays told until `acceptWorkspace`.
 */
export async function checkWorkspace(newId: () => string): Promise<{ readonly lost?: WipeMarker }> {
  const marker = readWipeMarker()
  const databaseId = await readSetting(settingKey, z.string())
  if (marker && databaseId.state === 'damaged') {
    // The database is the one that was here: one made again has no such record, damaged or not.
    await putSetting(settingKey, marker.databaseId)
    return {}
  }
  const isSame = databaseId.state === 'set' && databaseId.value === marker?.databaseId
  if (marker && !isSame && marker.projectCount > 0) return { lost: marker }
  if (!isSame) await acceptWorkspace(newId, 0)
  return {}
}

/** Starts a new note for the database as it is now. */
export async function acceptWorkspace(newId: () => string, projectCount: number): Promise<void> {
  const databaseId = (await getSetting(settingKey, z.string())) ?? newId()
  await putSetting(settingKey, databaseId)
  const marker: WipeMarker = { databaseId, createdAt: systemClock.date(), projectCount }
  localStorage.setItem(storageKey, JSON.stringify(marker))
}

import { z } from 'zod'
import { isJsonObject } from '@/lib/json'
import { appVersion } from '@/lib/app-version'
import { migrations } from './migrations/registry'

export const storageVersion = migrations.length

/** Records changed: in this tab or in another one. */
export interface ChangeNotice {
  readonly store: string
  /** The record's, or its owner's for rows, events and calls. Absent: any record of the store may have changed, as after a restore. */
  readonly id?: string | undefined
  /** What of a run was written, so that a list of it reads that alone. Absent: anything may have changed. */
  readonly wrote?: Wrote | undefined
  readonly appVersion: string
  readonly schemaVersion: number
}

/** The places of the records that one flush of a run wrote, new ones and ones in place of earlier ones. */
export interface Wrote {
  readonly events: readonly number[]
  readonly rollouts: readonly { readonly batch: number; readonly index: number }[]
  readonly calls: readonly string[]
}

/** What happened to the connection itself. */
export type StorageState =
  | 'open'
  /** Another tab still holds the old version: close it. */
  | 'blocked'
  /** A newer version of the app took over: this tab writes no more until it is reloaded. */
  | 'outdated'

const channelName = 'dspy-studio'
const wroteSchema = z.object({
  events: z.array(z.number()),
  rollouts: z.array(z.object({ batch: z.number(), index: z.number() })),
  calls: z.array(z.string()),
})
const noticeSchema = z.object({
  store: z.string(),
  id: z.string().optional(),
  wrote: wroteSchema.optional(),
  appVersion: z.string(),
  schemaVersion: z.number(),
})
const listeners = new Set<(notice: ChangeNotice) => void>()
const stateListeners = new Set<(state: StorageState) => void>()
let channel: BroadcastChannel | undefined
let state: StorageState = 'open'

/** Tells this tab's listeners and all other tabs and workers; without `id`, of the whole store. Call it after the transaction is complete. */
export function announce(store: string, id?: string, wrote?: Wrote): void {
  const notice: ChangeNotice = {
    store,
    ...(id !== undefined && { id }),
    ...(wrote && { wrote }),
    appVersion,
    schemaVersion: storageVersion,
  }
  for (const listener of listeners) listener(notice)
  openChannel()?.postMessage(notice)
}

/** Hears every change, own ones included. Returns the function that ends it. */
export function onChange(listener: (notice: ChangeNotice) => void): () => void {
  openChannel()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Hears when the storage is blocked by, or has been taken over by, another version of the app. Told the present state at once. */
export function onStorageState(listener: (state: StorageState) => void): () => void {
  stateListeners.add(listener)
  listener(state)
  return () => stateListeners.delete(listener)
}

export function storageState(): StorageState {
  return state
}

export function setStorageState(next: StorageState): void {
  if (state === next || state === 'outdated') return
  state = next
  for (const listener of stateListeners) listener(next)
}

function openChannel(): BroadcastChannel | undefined {
  if (channel || typeof BroadcastChannel === 'undefined') return channel
  channel = new BroadcastChannel(channelName)
  channel.addEventListener('message', event => {
    const notice = noticeSchema.safeParse(isJsonObject(event.data) ? event.data : undefined)
    if (!notice.success) return
    if (notice.data.schemaVersion > storageVersion) setStorageState('outdated')
    for (const listener of listeners) listener(notice.data)
  })
  return channel
}

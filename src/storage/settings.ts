import type { z } from 'zod'
import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { recordsIn } from './checked-records'
import { read, write } from './db'

/** What is known of a setting. `damaged`: it was set, but nobody can read to what. */
export type Setting<T> = { readonly state: 'unset' | 'damaged' } | { readonly state: 'set'; readonly value: T }

export async function readSetting<T>(key: string, schema: z.ZodType<T>): Promise<Setting<T>> {
  const [isThere, setting] = await read(['settings'], transaction =>
    Promise.all([transaction.objectStore('settings').count(key), recordsIn(transaction).get('settings', key)]),
  )
  if (isThere === 0) return { state: 'unset' }
  const result = setting && schema.safeParse(setting.value)
  return result?.success ? { state: 'set', value: result.data } : { state: 'damaged' }
}

/** A setting, or undefined when it was never set or cannot be read. */
export async function getSetting<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const setting = await readSetting(key, schema)
  return setting.state === 'set' ? setting.value : undefined
}

export async function putSetting(key: string, value: Json): Promise<void> {
  await write(['settings'], 'relaxed', transaction => transaction.objectStore('settings').put({ key, value }))
  announce('settings', key)
}

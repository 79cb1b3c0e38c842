import type { z } from 'zod'
import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { read, write } from './db'
import { checked } from './quarantine'
import { settingSchema } from './record-schemas'

/** A setting, or undefined when it was never set or no longer fits its schema. */
export async function getSetting<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const value = await read(['settings'], transaction => transaction.objectStore('settings').get(key))
  const setting = await checked('settings', key, settingSchema, value)
  return setting && schema.safeParse(setting.value).data
}

export async function putSetting(key: string, value: Json): Promise<void> {
  await write(['settings'], 'relaxed', transaction => transaction.objectStore('settings').put({ key, value }))
  announce('settings', key)
}

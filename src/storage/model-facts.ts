import { z } from 'zod'
import { modelFactsSchema } from '@/engine/lm/model-facts-schema'
import { joinFacts, type ModelFacts } from '@/engine/lm/refusable'
import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { write } from './db'
import { getSetting } from './settings'

const key = 'model-facts'
const schema = z.array(modelFactsSchema)

/** What runs in this browser found out about models, one entry for each model and endpoint. */
export async function listModelFacts(): Promise<readonly ModelFacts[]> {
  return (await getSetting(key, schema)) ?? []
}

/** Adds to what is known, also while another tab does. */
export function addModelFacts(found: readonly ModelFacts[]): Promise<void> {
  return change(known => joinFacts([...known, ...found]))
}

/** Forgets what was found out about one model at one endpoint. */
export function forgetModelFacts({ model, endpoint }: Pick<ModelFacts, 'model' | 'endpoint'>): Promise<void> {
  return change(known => known.filter(one => one.model !== model || one.endpoint !== endpoint))
}

async function change(next: (known: readonly ModelFacts[]) => readonly ModelFacts[]): Promise<void> {
  await write(['settings'], 'relaxed', async transaction => {
    const settings = transaction.objectStore('settings')
    const known = schema.safeParse((await settings.get(key))?.value).data ?? []
    const value: Json = next(known).map(({ model, endpoint, refused }) => ({ model, endpoint, refused: [...refused] }))
    await settings.put({ key, value })
  })
  announce('settings', key)
}

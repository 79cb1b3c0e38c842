import { joinFacts, type ModelFacts } from '@/engine/lm/refusable'
import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { noteDamage, recordsIn } from './checked-records'
import { read, write, type ReadTransaction, type WriteTransaction } from './db'
import { factsKey, soundFacts } from './record-readers'

const key = factsKey

/** What runs in this browser found out about models, one entry for each model and endpoint. A damaged entry is found out again. */
export function listModelFacts(): Promise<readonly ModelFacts[]> {
  return read(['settings'], transaction => knownFacts(transaction))
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
    const known = await knownFacts(transaction)
    const value: Json = next(known).map(({ model, endpoint, refused }) => ({ model, endpoint, refused: [...refused] }))
    await settings.put({ key, value })
  })
  announce('settings', key)
}

async function knownFacts(transaction: ReadTransaction | WriteTransaction): Promise<readonly ModelFacts[]> {
  const { facts, damaged } = soundFacts((await recordsIn(transaction).get('settings', key))?.value)
  if (damaged > 0) noteDamage('settings', key, `value: ${damaged} of ${damaged + facts.length} entries cannot be read`)
  return facts
}

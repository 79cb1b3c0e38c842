import fc from 'fast-check'
import { deleteDB } from 'idb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Project } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import { isJsonObject } from '@/lib/json'
import { pythonRandom } from '@/lib/rng'
import { closeDatabase, database, type StudioDatabase } from '@/storage/db'
import { belongingTo } from '@/storage/key-ranges'
import { getProject } from '@/storage/projects'
import { listQuarantine } from '@/storage/quarantine'
import { getRun, patchRun } from '@/storage/runs'
import { damagedFields } from '@/testing/damaged-lines'
import { toyFile } from '@/testing/toy-project'
import { createEngineClient, type EngineClient } from './client'

let engine: EngineClient
let project: Project
beforeAll(async () => {
  await closeDatabase()
  await deleteDB('dspy-studio')
  engine = createEngineClient()
  const stored = await getProject(await engine.importProject(toyFile(24)))
  if (!stored) throw new Error('not imported')
  project = stored
})
afterAll(async () => {
  engine.dispose()
  await closeDatabase()
})

/** What a run has of its own. */
const stores = ['runEvents', 'rollouts', 'runCalls', 'lmCalls'] as const
const ways = ['gone', 'another object', 'a missing field', 'a field of another type'] as const
const damage = fc.record({
  store: fc.constantFrom(...stores),
  way: fc.constantFrom(...ways),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  seed: fc.nat(),
})
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

/** Keys of the records of a run in the order of its store; answers are those that its calls name. */
async function keysOf(db: StudioDatabase, store: Damage['store'], runId: string): Promise<readonly IDBValidKey[]> {
  if (store !== 'lmCalls') return db.getAllKeys(store, belongingTo(runId))
  return (await db.getAllKeys('runCalls', belongingTo(runId))).map(([, key]) => key)
}

async function damageOne(db: StudioDatabase, runId: string, { store, way, at, seed }: Damage): Promise<void> {
  const keys = await keysOf(db, store, runId)
  const key = keys[Math.floor(at * keys.length)]
  const record: unknown = key === undefined ? undefined : await db.get(store, key as never)
  if (key === undefined || !isJsonObject(record)) return
  if (way === 'gone') return db.delete(store, key as never)
  const { keyPath } = db.transaction(store).store
  const own = Object.fromEntries((Array.isArray(keyPath) ? keyPath : [String(keyPath)]).map(field => [field, record[field]]))
  const other =
    way === 'another object' ? { colour: 'green', parts: [1, { deep: null }] } : damagedFields(record, way, pythonRandom(String(seed)))
  await db.put(store, { ...other, ...own } as never) // As a fault, or another version, would have left it.
}

it('an interrupted compile ends like an undamaged one, whichever of its records are damaged', { timeout: 240_000 }, async () => {
  let count = 0
  const compiled = async (damages: readonly Damage[]) => {
    // A run of its own each time, whose answers nobody else has.
    count += 1
    const runId = await engine.createRun({ project: { ...project, run: { ...project.run, seed: 1000 + count } }, kind: 'compile' })
    await engine.startRun(runId)
    const whole = await getRun(runId)
    const db = await database()
    const events = await db.getAllKeys('runEvents', belongingTo(runId))
    for (const key of events.slice(Math.floor(events.length * 0.7))) await db.delete('runEvents', key)
    await patchRun(runId, whole?.epoch ?? 0, { status: 'running' })
    for (const one of damages) await damageOne(db, runId, one)
    await engine.startRun(runId)
    return { whole, resumed: await getRun(runId) }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 5 }), async damages => {
      const { whole, resumed } = await compiled(damages)
      expect(resumed).toMatchObject({ status: 'done', finish: whole?.finish })
      expect(canonicalJson(resumed?.result)).toBe(canonicalJson(whole?.result))
      expect(resumed?.error).toBeUndefined()
    }),
    { numRuns: 25 },
  )
  // What was found damaged is named in the settings, in words.
  for (const { reason } of await listQuarantine()) expect(reason).not.toMatch(/Cannot read|undefined is not/)
})

import { deleteDB } from 'idb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { restoreBackup } from '../backup'
import { damageNoted } from '../checked-records'
import { closeDatabase, database, openStudio, useDatabase, type StoreName } from '../db'
import { getProject, listProjects } from '../projects'
import { listQuarantine } from '../quarantine'
import { recordMigrator } from '../record-migrations'
import { listRollouts } from '../rollouts'
import { listEvents } from '../run-events'
import { listRuns } from '../runs'
import { listVersions } from '../versions'
import { migrations } from './registry'

const name = 'dspy-studio-votes-test'
beforeEach(async () => {
  await useDatabase(name)
  await deleteDB(name)
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(name)
})

const backup = await oldBackup()
const records = backup
  .trim()
  .split('\n')
  .slice(1)
  .map((line): [StoreName, JsonObject] => {
    const read = parseJson(line)
    const [store, record] = read.ok && Array.isArray(read.value) ? read.value : []
    if (record === undefined || !isJsonObject(record)) throw new Error(line)
    return [store, record]
  })
const migrate = recordMigrator(2)
const expected = records.map(([store, record]): [StoreName, JsonObject] => [store, migrate(store, record)])

it('a database with ensembles opens as one with votes, every record of it', async () => {
  const old = await openStudio(name, migrations.slice(0, 2))
  for (const [store, record] of records) await old.put(store as 'projects', record as never) // As JSON knows it; the test is whether it is read.
  // A project that nobody can read must not keep the others from being opened.
  await old.put('projects', { id: 'project_broken', graph: 7, state: null } as never)
  old.close()
  await expectAll()
  expect((await listProjects()).projects.map(project => project.name)).toEqual(['Votes', 'Voted once', 'Never voted'])
  await damageNoted()
  expect((await listQuarantine()).map(({ key }) => key)).toEqual(['project_broken'])
})

it('a backup with ensembles comes back with votes', async () => {
  expect(await restoreBackup(new Blob([backup]))).toEqual({ restored: records.length, damaged: 0, lines: [] })
  await expectAll()
  for (const { id } of (await listProjects()).projects) expect((await listVersions(id)).length).toBeGreaterThan(0)
  const { runs } = await listRuns('project_a')
  expect(runs).toHaveLength(4)
  for (const { id } of runs) {
    expect((await listEvents(id)).length).toBeGreaterThan(3)
    expect((await listRollouts(id)).length).toBeGreaterThan(8)
  }
  expect((await getProject('project_a'))?.graph.nodes.map(({ id }) => id)).toEqual(['in', 'vote', 'out'])
  expect(await listQuarantine()).toEqual([])
})

async function expectAll(): Promise<void> {
  const connection = await database()
  for (const store of new Set(expected.map(([each]) => each))) {
    const known = new Map((await connection.getAll(store)).map(value => [keyOf(value), value]))
    const wanted = expected.flatMap(([of, record]) => (of === store ? [record] : []))
    expect(wanted.map(record => known.get(keyOf(record)))).toEqual(wanted)
  }
}

function keyOf(record: object): string {
  const { id, runId, seq, batch, index, key, hash, datasetId } = record as JsonObject
  return JSON.stringify([id, runId, seq, batch, index, key, hash, datasetId])
}

async function oldBackup(): Promise<string> {
  const packed = await fetch(new URL('../../testing/ensembles-2026-11-22/backup.jsonl.gz', import.meta.url))
  const bytes = await packed.arrayBuffer()
  // A server may unpack it on the way.
  const isPacked = new Uint8Array(bytes)[0] === 0x1f
  return isPacked
    ? new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
    : new TextDecoder().decode(bytes)
}

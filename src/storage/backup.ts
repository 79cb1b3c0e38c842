import { z } from 'zod'
import { EngineError } from '@/engine/base/errors'
import { isJsonObject, parseJson } from '@/lib/json'
import { announce, appVersion, storageVersion } from './change-notices'
import { database, write, type StoreName } from './db'

/** Everything of a workspace but the keys, which lie in a database of their own that this file cannot open. */
const stores = [
  'projects',
  'versions',
  'datasets',
  'datasetChunks',
  'exampleSets',
  'runs',
  'runEvents',
  'rollouts',
  'runCalls',
  'runSpending',
  'tries',
  'lmCalls',
  'lmCallUses',
  'settings',
] as const satisfies readonly StoreName[]

const headSchema = z.object({
  format: z.literal('dspy-studio-backup'),
  schemaVersion: z.number().int().positive(),
  appVersion: z.string(),
  at: z.number(),
})

/**
 * The whole workspace as one file of JSON lines: a head, then `[store, record]` a line. Read and written piece by piece, so that
 * neither side ever holds all of it as one text.
 */
export async function makeBackup(now: number): Promise<Blob> {
  const head = { format: 'dspy-studio-backup', schemaVersion: storageVersion, appVersion, at: now } satisfies z.output<typeof headSchema>
  const parts: Blob[] = [new Blob([`${JSON.stringify(head)}\n`])]
  const connection = await database()
  for (const store of stores) {
    let from: IDBKeyRange | null = null
    for (;;) {
      const keys: IDBValidKey[] = await connection.getAllKeys(store, from, batchSize)
      const values = await connection.getAll(store, from, batchSize)
      if (values.length === 0) break
      parts.push(new Blob(values.map(value => `${JSON.stringify([store, value])}\n`)))
      from = IDBKeyRange.lowerBound(keys.at(-1), true)
    }
  }
  return new Blob(parts, { type: 'application/jsonl' })
}

/**
 * Adds what a backup holds; a record of the same id is replaced, and a stored answer keeps its first text. Returns how many records
 * came back and how many lines could not be read. Throws `project-newer` or `project-invalid` before anything is written.
 */
export async function restoreBackup(file: Blob): Promise<{ readonly restored: number; readonly damaged: number }> {
  let isFirst = true
  let restored = 0
  let damaged = 0
  let batch: [StoreName, object][] = []
  for await (const line of linesOf(file)) {
    if (isFirst) {
      checkHead(line)
      isFirst = false
      continue
    }
    const record = recordOf(line)
    if (!record) {
      damaged += 1
      continue
    }
    batch.push(record)
    if (batch.length >= batchSize) {
      restored += await writeBatch(batch)
      batch = []
    }
  }
  if (isFirst) throw notABackup()
  restored += await writeBatch(batch)
  for (const store of stores) announce(store, 'all')
  return { restored, damaged }
}

const batchSize = 500

async function writeBatch(batch: readonly (readonly [StoreName, object])[]): Promise<number> {
  if (batch.length === 0) return 0
  const named = [...new Set(batch.map(([store]) => store))]
  await write(named, 'strict', async transaction => {
    for (const [store, value] of batch) {
      // Records are checked where they are read; a bad one is set aside there, as any other.
      const target = transaction.objectStore(store)
      const key = 'key' in value && typeof value.key === 'string' ? value.key : undefined
      if (store === 'lmCalls' && key !== undefined && (await transaction.objectStore('lmCalls').get(key))) continue
      await target.put(value as never)
    }
  })
  return batch.length
}

function checkHead(line: string): void {
  const json = parseJson(line)
  const head = headSchema.safeParse(json.ok ? json.value : undefined)
  if (!head.success) throw notABackup()
  if (head.data.schemaVersion > storageVersion) {
    throw new EngineError(
      'project-newer',
      `This backup was made by a newer version of DSPy Studio (${head.data.appVersion}). Update DSPy Studio, then restore it again.`,
      {
        version: head.data.schemaVersion,
        supported: storageVersion,
      },
    )
  }
}

function recordOf(line: string): [StoreName, object] | undefined {
  const json = parseJson(line)
  if (!json.ok || !Array.isArray(json.value)) return undefined
  const [name, value] = json.value
  const store = stores.find(known => known === name)
  return store && isJsonObject(value) ? [store, value] : undefined
}

async function* linesOf(file: Blob): AsyncGenerator<string> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function notABackup(): EngineError {
  return new EngineError('project-invalid', 'This is not a backup of DSPy Studio. Choose a file that was saved with "Back up everything".')
}

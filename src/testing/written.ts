import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { answer } from '../../scripts/old-version/model'
import type { RunTotals, RunResult } from '@/engine/record/events'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { parseJson } from '@/lib/json'
import { wireRequest } from '@/engine/providers/openai/openai-compatible'
import { blobReader } from '@/engine/providers/openai/wire-messages'
import { readStoredRequest } from '@/engine/lm/kept/stored-request'
import { decodeVectors, vectorsInText } from '@/engine/lm/vectors'
import { fakeFetch } from './fake-fetch'

/** A database as an old version left it: each store as it was made, with its records. */
export interface WrittenDatabase {
  readonly version: number
  readonly stores: Readonly<Record<string, WrittenStore>>
}
export interface WrittenStore {
  readonly keyPath: string | string[]
  readonly indexes: readonly {
    readonly name: string
    readonly keyPath: string | string[]
    readonly unique: boolean
    readonly multiEntry: boolean
  }[]
  readonly records: readonly Readonly<Record<string, unknown>>[]
}

/** How the old version itself ended the runs that were killed, and every answer it got on the way there. */
export interface WrittenEnds {
  readonly ends: Readonly<Record<string, WrittenEnd>>
  readonly later: readonly StoredCall[]
  readonly finished: string
}
export interface WrittenEnd {
  readonly projectId: string
  readonly runId: string
  readonly status: string
  readonly digest: string
  readonly result: RunResult
  readonly totals: RunTotals
}

const folder = new URL('./written-2026-11-22/', import.meta.url)

/** The text of a fixture that an old version wrote. */
export function writtenText(name: string): string {
  return gunzipSync(readFileSync(fileURLToPath(new URL(`${name}.gz`, folder)))).toString('utf8')
}

function written(name: string): unknown {
  const read = parseJson(writtenText(name))
  if (!read.ok) throw new Error(`${name}: ${read.reason}`)
  return read.value
}

// The shapes are what scripts/old-version/make.mjs writes; what is not so fails the test that reads it.
export const writtenDatabase = (): WrittenDatabase => written('database.json') as WrittenDatabase
export const writtenEnds = (): WrittenEnds => written('expected.json') as WrittenEnds

/** Makes a database as it was then, in whatever IndexedDB there is. Also runs inside a page, so it uses nothing from outside. */
export async function plantDatabase({ version, stores }: WrittenDatabase, name = 'dspy-studio'): Promise<void> {
  const done = (target: IDBRequest | IDBTransaction, success: 'success' | 'complete'): Promise<void> =>
    new Promise((resolve, reject) => {
      target.addEventListener(success, () => resolve())
      target.addEventListener('error', () => reject(target.error ?? new Error('not written')))
    })
  const request = indexedDB.open(name, version)
  request.addEventListener('upgradeneeded', () => {
    for (const [store, { keyPath, indexes }] of Object.entries(stores)) {
      const made = request.result.createObjectStore(store, { keyPath })
      for (const index of indexes) made.createIndex(index.name, index.keyPath, { unique: index.unique, multiEntry: index.multiEntry })
    }
  })
  await done(request, 'success')
  const transaction = request.result.transaction(Object.keys(stores), 'readwrite')
  for (const [store, { records }] of Object.entries(stores)) for (const record of records) transaction.objectStore(store).put(record)
  await done(transaction, 'complete')
  request.result.close()
}

/**
 * Answers as the model of that time did: what is not on record is refused, and so is what is asked more often than it was then. Only the
 * models whose answers are read otherwise today, so that their runs go on otherwise, are asked for more.
 */
export function writtenModel(answers: readonly StoredCall[]): {
  readonly asked: readonly string[]
  readonly unknown: readonly string[]
  reply(body: string): Promise<Response>
} {
  const left = new Map<string, StoredCall[]>()
  const isFilled = Promise.all(
    answers.map(async call => {
      const key = await writtenBody(call)
      left.set(key, [...(left.get(key) ?? []), call])
    }),
  )
  const { fetch: alive } = fakeFetch(answer)
  const asked: string[] = []
  const unknown: string[] = []
  return {
    asked,
    unknown,
    async reply(body) {
      asked.push(body)
      await isFilled
      const call = left.get(body)?.shift()
      if (call) return Response.json(completion(call))
      if (body.includes('"model":"thinking"') || body.includes('"model":"short"')) return alive(then, { method: 'POST', body })
      unknown.push(body)
      return Response.json({ error: { message: 'This was not asked then.' } }, { status: 418 })
    },
  }
}

const then = 'http://models.example/v1/chat/completions'

/** The body that a request of that time had. */
export function writtenBody({ request }: StoredCall): Promise<string> {
  return wireRequest(readStoredRequest(request), blobReader(undefined)).then(body => JSON.stringify(body))
}

function completion({ request, response }: StoredCall): unknown {
  const { text, usage } = response
  const spent = { prompt_tokens: usage.inputTokens, completion_tokens: usage.outputTokens }
  if (readStoredRequest(request).kind === 'embed') {
    const data = decodeVectors(vectorsInText(text)).map((vector, index) => ({ object: 'embedding', index, embedding: [...vector] }))
    return { model: request.model, data, usage: spent }
  }
  const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: response.finishReason ?? 'stop' }
  return { id: 'then', object: 'chat.completion', created: 0, model: request.model, choices: [choice], usage: spent }
}

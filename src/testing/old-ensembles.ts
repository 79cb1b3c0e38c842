import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import type { StoreName } from '@/storage/db'

/** Text of a file that the version of 2026-11-22 wrote; see the README beside them. */
export function oldText(name: string): string {
  return gunzipSync(readFileSync(new URL(`./ensembles-2026-11-22/${name}.gz`, import.meta.url))).toString('utf8')
}

export function oldJson(name: string): JsonObject {
  return objectOf(read(oldText(name)))
}

/** The records of the old backup in their order, as they were written. */
export function oldRecords(): readonly (readonly [StoreName, JsonObject])[] {
  const [, ...lines] = oldText('backup.jsonl').trim().split('\n')
  return lines.map(line => {
    const [store, record] = read(line) as readonly [StoreName, JsonObject]
    return [store, record]
  })
}

function read(text: string): Json {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

function objectOf(value: Json): JsonObject {
  if (!isJsonObject(value)) throw new Error('not an object')
  return value
}

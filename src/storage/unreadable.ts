import { cutText } from '@/lib/cut-text'
import type { ErrorJson } from '@/engine/base/errors'
import { isJsonObject } from '@/lib/json'
import type { Damaged } from './checked-records'

/** A record that a list shows although it cannot be read: what it can be named by, and why it cannot. */
export interface Unreadable {
  readonly id: string
  readonly name?: string
  /** Milliseconds since 1970, where the record says when it was last changed or made. */
  readonly at?: number
  readonly error: ErrorJson
}

export function unreadable({ key, value, error }: Damaged): Unreadable {
  const record: Readonly<Record<string, unknown>> = isJsonObject(value) ? value : {}
  const name = [record['name'], record['title']].find(found => typeof found === 'string')
  const at = [record['updatedAt'], record['createdAt']].find(found => typeof found === 'number')
  return {
    id: String(key),
    ...(typeof name === 'string' && { name: cutText(name, 200) }),
    ...(typeof at === 'number' && Number.isFinite(at) && { at }),
    error,
  }
}

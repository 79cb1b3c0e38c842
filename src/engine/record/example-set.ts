import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import type { Example } from '../base/example'
import type { ExampleSetRef } from './spec'

/** Names rows by their content. */
export function exampleSetRef(examples: readonly Example[]): ExampleSetRef {
  return { hash: sha256Hex(canonicalJson(examples)), count: examples.length }
}

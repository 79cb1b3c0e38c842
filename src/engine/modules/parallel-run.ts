import type { Json } from '@/lib/json'
import { workPool } from '@/lib/work-pool'
import type { Values } from '../base/example'
import { EngineError, isEngineError } from '../base/errors'
import type { SignatureNode } from '../program/program'
import { innerModule, innerPrefix, joinKeys, type innerKinds } from './inner-module'
import { namedFields } from './made-fields'
import { isMapping, itemNode } from './parallel'
import { saidBy } from './said-by'
import type { Scope } from './scope'
import { isStepFailure } from './step-failure'

interface ParallelParams {
  readonly module: keyof typeof innerKinds
  readonly num_threads: number
  readonly max_errors: number
  readonly max_items: number
}

/**
 * Source: dspy-spec §3.11. Throws `data-invalid` for lists of different lengths and for one that is too long, the first failure of an item
 * where there are `max_errors` of them, and what belongs to no item, such as a wrong key.
 */
export async function runParallel(node: SignatureNode, inputs: Values, scope: Scope, params: ParallelParams): Promise<Values> {
  const inner = innerModule(itemNode(node), params.module)
  const own: Scope = { ...scope, predict: (key, values, options) => scope.predict(joinKeys(innerPrefix, key), values, options) }
  if (!isMapping(node)) return inner.kind.run(inner.node, inputs, own)
  const items = itemsOf(node, inputs, params)
  const ends = await workPool(() => params.num_threads).map(items, item => inner.kind.run(inner.node, item, own).then(answered, failed))
  const errors = ends.flatMap((end, index) => ('error' in end ? [{ index, error: end.error }] : []))
  for (const { error } of errors) if (!isStepFailure(error)) throw error
  const [first] = errors
  if (first !== undefined && errors.length >= params.max_errors) throw tooMany(node, errors.length, items.length, first.error)
  const names = [...inner.added, ...namedFields(node, 'output')].map(({ name }) => name)
  return {
    ...Object.fromEntries(names.map(name => [name, ends.map((end): Json => ('error' in end ? null : (end.values[name] ?? null)))])),
    failed: errors.map(({ index, error }) => ({ index, error: saidBy(error) })),
  }
}

type End = { readonly values: Values } | { readonly error: unknown }

const answered = (values: Values): End => ({ values })
const failed = (error: unknown): End => ({ error })

/** The inputs of each item. */
function itemsOf(node: SignatureNode, inputs: Values, { max_items }: ParallelParams): readonly Values[] {
  const lists = namedFields(node, 'input').flatMap(({ name, type }) => {
    const value = inputs[name] ?? null
    return type.kind === 'list' ? [{ name, items: Array.isArray(value) ? (value as readonly Json[]) : [] }] : []
  })
  const count = lists[0]?.items.length ?? 0
  const other = lists.find(({ items }) => items.length !== count)
  if (other !== undefined)
    throw new EngineError(
      'data-invalid',
      `${node.name} takes its lists apart together, and "${lists[0]?.name}" has ${count} items where "${other.name}" has ${other.items.length}. Give it lists of one length.`,
    )
  if (count > max_items)
    throw new EngineError(
      'data-invalid',
      `${node.name} was given ${count} items, and takes at most ${max_items}. Raise its most items, or give it a shorter list.`,
    )
  return Array.from({ length: count }, (_, index) => ({
    ...inputs,
    ...Object.fromEntries(lists.map(({ name, items }) => [name, items[index] ?? null])),
  }))
}

function tooMany({ name }: SignatureNode, failures: number, count: number, first: unknown): unknown {
  if (!isEngineError(first)) return first
  return new EngineError(
    first.code,
    `${failures} of the ${count} items of ${name} failed. The first of them: ${first.message}`,
    first.facts,
    first,
  )
}

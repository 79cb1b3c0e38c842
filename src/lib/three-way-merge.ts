import { isJsonObject } from './json'

export type Merged<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly path: readonly string[] }

/**
 * Carries the change from `base` to `theirs` over to `mine`, which has changed since `base` in its own way. Objects are merged key by key
 * and lists whose items all have an `id` item by item; everything else is one value. Where both changed one value in different ways, the
 * merge is refused with the path of that value. What is equal in two of the three keeps its identity.
 */
export function mergeThree<T>(base: T, theirs: T, mine: T): Merged<T> {
  try {
    // Parts of three values of one type are put together again to that type.
    return { ok: true, value: mergeValue(base, theirs, mine, []) as T }
  } catch (error) {
    if (error instanceof Conflict) return { ok: false, path: error.path }
    throw error
  }
}

/** Whether two JSON values are equal; a key without a value counts as absent. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => isSameJson(item, right[index]))
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every(key => isSameJson(own(left, key), own(right, key)))
}

class Conflict extends Error {
  constructor(readonly path: readonly string[]) {
    super('both sides changed one value')
  }
}

type Path = readonly string[]
type Bag = { readonly [key: string]: unknown }
type Item = { readonly id: string }

function mergeValue(base: unknown, theirs: unknown, mine: unknown, path: Path): unknown {
  if (isSameJson(base, theirs)) return mine
  if (isSameJson(base, mine) || isSameJson(theirs, mine)) return theirs
  if (isJsonObject(base) && isJsonObject(theirs) && isJsonObject(mine)) return mergeObjects(base, theirs, mine, path)
  if (isItems(base) && isItems(theirs) && isItems(mine)) return mergeItems(base, theirs, mine, path)
  throw new Conflict(path)
}

function mergeObjects(base: Bag, theirs: Bag, mine: Bag, path: Path): Bag {
  const merged: [string, unknown][] = []
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const value = mergeValue(own(base, key), own(theirs, key), own(mine, key), [...path, key])
    if (value !== undefined) merged.push([key, value])
  }
  return Object.fromEntries(merged)
}

function mergeItems(base: readonly Item[], theirs: readonly Item[], mine: readonly Item[], path: Path): readonly Item[] {
  const [before, other, present] = [byId(base), byId(theirs), byId(mine)]
  const merged: Item[] = []
  for (const { id } of inOrder(base, theirs, mine, path)) {
    const value = mergeValue(before.get(id), other.get(id), present.get(id), [...path, id])
    // An item is merged with items of its own id, or is one of them.
    if (value !== undefined) merged.push(value as Item)
  }
  const known = new Set(merged.map(({ id }) => id))
  for (const [index, item] of theirs.entries()) {
    if (known.has(item.id) || (before.has(item.id) && isSameJson(before.get(item.id), item))) continue
    // It is gone here but was changed by the other side.
    if (before.has(item.id)) throw new Conflict([...path, item.id])
    const previous = theirs.slice(0, index).findLast(({ id }) => known.has(id))
    merged.splice(previous === undefined ? 0 : merged.findIndex(({ id }) => id === previous.id) + 1, 0, item)
    known.add(item.id)
  }
  return merged
}

/** The items of `mine`, in the order of `theirs` where that is the one that changed. */
function inOrder(base: readonly Item[], theirs: readonly Item[], mine: readonly Item[], path: Path): readonly Item[] {
  const [before, other, present] = [byId(base), byId(theirs), byId(mine)]
  const shared = (items: readonly Item[]) => items.filter(({ id }) => before.has(id) && other.has(id) && present.has(id))
  const order = (items: readonly Item[]) => shared(items).map(({ id }) => id)
  const [was, wanted, is] = [order(base), order(theirs), order(mine)]
  if (isSameJson(was, wanted) || isSameJson(wanted, is)) return mine
  if (!isSameJson(was, is)) throw new Conflict(path)
  const next = shared(theirs).values()
  const moved = new Set(wanted)
  return mine.map(item => (moved.has(item.id) ? (next.next().value ?? item) : item))
}

function own(bag: Bag, key: string): unknown {
  return Object.hasOwn(bag, key) ? bag[key] : undefined
}

function byId(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map(item => [item.id, item]))
}

function isItems(value: unknown): value is readonly Item[] {
  if (!Array.isArray(value)) return false
  const ids = new Set<unknown>(value.map((item: unknown) => (isJsonObject(item) ? item['id'] : undefined)))
  return !ids.has(undefined) && [...ids].every(id => typeof id === 'string') && ids.size === value.length
}

import type { Query, QueryClient, QueryFunctionContext, QueryKey } from '@tanstack/react-query'
import type { Wrote } from '@/storage/change-notices'

/** Records of a run that grow while it runs. What has been read stays; only what was written since is read, and checked, again. */
export interface GrowingList<T> {
  readonly queryKey: QueryKey
  /** Everything there is, in order. `onPart` takes what has been read so far, for the page to show. */
  readAll(onPart: (items: readonly T[]) => void): Promise<readonly T[]>
  /** Which of these records belong to the list; undefined for none. */
  pick(wrote: Wrote): Wrote | undefined
  readWritten(wrote: Wrote): Promise<readonly T[]>
  /** 0 for two records of one place: the later one read stands. */
  compare(a: T, b: T): number
}

/** What `useQuery` needs to keep such a list. */
export function growingQuery<T>(list: GrowingList<T>) {
  return {
    queryKey: list.queryKey,
    queryFn: (context: QueryFunctionContext) => readGrown(list, context),
    structuralSharing: false as const,
  }
}

/**
 * Tells the lists of a run what was written; those of every run without `runId`. Those that lack none of it are left alone. Without `wrote`,
 * all are read again.
 */
export function noteWritten(client: QueryClient, runId: string | undefined, wrote: Wrote | undefined): void {
  const stale = new Set<Query>()
  for (const query of client.getQueryCache().getAll()) {
    const grown = lists.get(query)
    if (grown === undefined || (runId !== undefined && query.queryKey[1] !== runId)) continue
    const missing = wrote === undefined ? 'all' : grown.list.pick(wrote)
    if (missing === undefined) continue
    grown.unread = grown.unread === 'all' || missing === 'all' ? 'all' : joinWrites([...(grown.unread ? [grown.unread] : []), missing])
    stale.add(query)
  }
  // A reading that is under way takes up what is noted here by itself: begun again each time, it might never end.
  void client.invalidateQueries({ predicate: query => stale.has(query) }, { cancelRefetch: false })
}

/** Several writes as one. */
export function joinWrites(writes: readonly Wrote[]): Wrote {
  return {
    events: writes.flatMap(one => one.events),
    rollouts: writes.flatMap(one => one.rollouts),
    calls: [...new Set(writes.flatMap(one => one.calls))],
  }
}

interface Grown {
  readonly list: Pick<GrowingList<unknown>, 'pick'>
  /** What was written since it was read. */
  unread?: Wrote | 'all' | undefined
}
const lists = new WeakMap<Query, Grown>()

async function readGrown<T>(list: GrowingList<T>, { client, signal }: QueryFunctionContext): Promise<readonly T[]> {
  const { queryKey } = list
  const query = client.getQueryCache().find({ queryKey, exact: true })
  const known = client.getQueryData<readonly T[]>(queryKey)
  const grown: Grown = (query && lists.get(query)) ?? { list }
  if (query) lists.set(query, grown)
  const takeUnread = (): Grown['unread'] => {
    const { unread } = grown
    grown.unread = undefined
    return unread
  }
  const readAll = (): Promise<readonly T[]> =>
    list.readAll(part => {
      signal.throwIfAborted()
      if (part.length > (client.getQueryData<readonly T[]>(queryKey)?.length ?? 0)) client.setQueryData(queryKey, part)
    })
  try {
    let wrote = takeUnread()
    // Whoever asks although nothing was noted wants all of it: it is the first reading, or a retry.
    let items = known === undefined || wrote === undefined ? await readAll() : known
    if (known === undefined || wrote === undefined) wrote = takeUnread()
    for (; wrote !== undefined; wrote = takeUnread()) {
      signal.throwIfAborted()
      items = wrote === 'all' ? await readAll() : mergeSorted(items, await list.readWritten(wrote), list.compare)
    }
    signal.throwIfAborted()
    return items
  } catch (error) {
    grown.unread = 'all'
    throw error
  }
}

/** Both in order; of two records of one place, the one of `later`. */
function mergeSorted<T>(earlier: readonly T[], later: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  const merged: T[] = []
  let next = 0
  for (const item of later.toSorted(compare)) {
    for (let known = earlier[next]; known !== undefined && compare(known, item) < 0; known = earlier[next]) {
      merged.push(known)
      next += 1
    }
    const known = earlier[next]
    if (known !== undefined && compare(known, item) === 0) next += 1
    const last = merged.at(-1)
    if (last !== undefined && compare(last, item) === 0) merged.pop()
    merged.push(item)
  }
  for (; next < earlier.length; next += 1) merged.push(earlier[next] as T)
  return merged
}

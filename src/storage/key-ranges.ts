/** All keys that are arrays beginning with `head`: in IndexedDB an array sorts after every number and string. */
export function belongingTo(...head: readonly (string | number)[]): IDBKeyRange {
  return IDBKeyRange.bound([...head], [...head, []])
}

/** Without the keys that were emptied: an absent setting is left out of the record rather than kept as undefined. */
export function filled<T extends object>(value: T): T {
  // Keys are only dropped, so what is left has the type's shape.
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}

/** Throws when something that must hold does not: a bug of ours, never a mistake of the user. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** Ends a closed union: the compiler refuses the call as long as a case is left over. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected case: ${JSON.stringify(value)}`)
}

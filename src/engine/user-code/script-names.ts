/** Names that the code of a model finds in place, and that no tool of a user can have. */
export const scriptNames: ReadonlySet<string> = new Set(['inputs', 'print', 'SUBMIT', 'console', 'globalThis', 'eval'])

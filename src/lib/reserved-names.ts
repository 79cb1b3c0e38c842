/** Property names that would reach into JavaScript's own objects. */
export const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

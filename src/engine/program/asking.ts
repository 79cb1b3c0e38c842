import type { ProgramGraph } from './program'

const askingKeys = ['adapter', 'jsonFallback', 'dspyExact', 'nativeTools'] as const

/** What of a program says how its steps ask, and programs within them. */
export type Asking = Pick<ProgramGraph, (typeof askingKeys)[number]>

/** These choices alone, as far as they are made. */
export function askingOf(graph: Asking): Asking {
  return Object.fromEntries(askingKeys.flatMap(key => (graph[key] === undefined ? [] : [[key, graph[key]]])))
}

/** The program with these choices in place of its own. */
export function askedLike<G extends Asking>(graph: G, asking: Asking): G {
  const bare: G = { ...graph }
  for (const key of askingKeys) delete bare[key]
  return { ...bare, ...askingOf(asking) }
}

export function isAskedAlike(one: Asking, other: Asking): boolean {
  return askingKeys.every(key => one[key] === other[key])
}

/** The choices as a key. */
export function askingText(asking: Asking): string {
  return askingKeys.map(key => String(asking[key])).join(' ')
}

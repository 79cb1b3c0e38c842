import type { ProgramGraph, ProgramNode } from './program'

/** The adapters a program or a step may choose; what is stored and exported. */
export const adapterIds = ['chat', 'json', 'xml', 'baml', 'two-step'] as const
export type AdapterId = (typeof adapterIds)[number]

/** The adapter of a program that names none. */
export const defaultAdapterId: AdapterId = 'chat'

export function isAdapterId(text: string): text is AdapterId {
  return adapterIds.some(id => id === text)
}

/** The adapter a step asks with: its own choice, else the program's, else chat. */
export function adapterIdFor(graph: Pick<ProgramGraph, 'adapter'>, node?: ProgramNode): AdapterId {
  const own = node && 'adapter' in node ? node.adapter : undefined
  const id = own ?? graph.adapter ?? defaultAdapterId
  // One of another version is shown by the usual one, and never asked with: the check of the program refuses it.
  return isAdapterId(id) ? id : defaultAdapterId
}

/** Requests of one question, those left out that only follow an answer that cannot be read. */
export function requestsOf(id: AdapterId): 1 | 2 {
  return id === 'two-step' ? 2 : 1
}

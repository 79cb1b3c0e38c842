/** The adapters a program or a step may choose; what is stored and exported. */
export const adapterIds = ['chat', 'json', 'xml', 'baml', 'two-step'] as const
export type AdapterId = (typeof adapterIds)[number]

/** The adapter of a program that names none. */
export const defaultAdapterId: AdapterId = 'chat'

export function isAdapterId(text: string): text is AdapterId {
  return adapterIds.some(id => id === text)
}

/** The choice of a step: its own, else the program's, else chat. One of another version counts as chat, and the check of the program refuses it. */
export function adapterIdOf(graph: { readonly adapter?: AdapterId }, node?: object): AdapterId {
  const own = node && 'adapter' in node ? node.adapter : undefined
  const id = String(own ?? graph.adapter ?? defaultAdapterId)
  return isAdapterId(id) ? id : defaultAdapterId
}

/** Requests of one question, those left out that only follow an answer that cannot be read: said here, where nothing of an adapter is loaded. */
export function requestsOf(id: AdapterId): 1 | 2 {
  return id === 'two-step' ? 2 : 1
}

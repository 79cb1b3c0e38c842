/** The adapters a program or a step may choose; what is stored and exported. */
export const adapterIds = ['chat', 'json', 'xml', 'baml', 'two-step'] as const
export type AdapterId = (typeof adapterIds)[number]

/** The adapter of a program that names none. */
export const defaultAdapterId: AdapterId = 'chat'

export function isAdapterId(text: string): text is AdapterId {
  return adapterIds.some(id => id === text)
}

/**
 * How often a question is asked again in JSON where its answer cannot be read: `once` as DSPy does from 3.4 on, `twice` as before that
 * (by schema, then as any JSON object), or `never` (`use_json_adapter_fallback=False`). What JSON alone asks for is asked again only
 * with `twice`.
 */
export const jsonFallbacks = ['once', 'twice', 'never'] as const
export type JsonFallback = (typeof jsonFallbacks)[number]

/** What people read of each choice. */
export const jsonFallbackHelp: Readonly<Record<JsonFallback, { readonly title: string; readonly help: string }>> = {
  once: { title: 'Once more, in JSON', help: 'As DSPy does: one request more for that row.' },
  twice: { title: 'Up to twice more, in JSON', help: 'By schema, then as any JSON object: as DSPy did before 3.4.' },
  never: { title: 'Not again', help: 'The row fails: use_json_adapter_fallback=False.' },
}

/** What a new program begins with. */
export const newJsonFallback = 'once'

/** The choice of a program. One that was made before there was a choice goes on as it did. */
export function jsonFallbackOf({ jsonFallback }: { readonly jsonFallback?: JsonFallback }): JsonFallback {
  return jsonFallback ?? 'twice'
}

export function isJsonFallback(text: string): text is JsonFallback {
  return jsonFallbacks.some(one => one === text)
}

import type { Json, JsonObject } from '@/lib/json'

/** `{name}` stands for an argument, `{secret:name}` for a secret of the key store. */
const place = /\{(secret:)?([A-Za-z_]\w{0,99})\}/g

export interface TemplatePlace {
  readonly name: string
  readonly isSecret: boolean
}

/** What a template names, in its order. */
export function placesIn(template: string): readonly TemplatePlace[] {
  return [...template.matchAll(place)].map(([, secret, name = '']) => ({ name, isSecret: secret !== undefined }))
}

/** The template with what `valueOf` gives for each of its places. */
export function filled(template: string, valueOf: (place: TemplatePlace) => string): string {
  return template.replace(place, (_all, secret: string | undefined, name: string) => valueOf({ name, isSecret: secret !== undefined }))
}

/** A value as it stands in an address or a header: texts as they are, nothing for null, anything else as JSON. */
export function inText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/**
 * A JSON body with its arguments: a text that is `{name}` and nothing else becomes the value itself, others have it within their text. The
 * template is parsed before, so no argument can leave its place.
 */
export function filledJson(template: Json, args: JsonObject): Json {
  if (typeof template === 'string') {
    const only = /^\{([A-Za-z_]\w{0,99})\}$/.exec(template)?.[1]
    if (only !== undefined) return args[only] ?? null
    return filled(template, ({ name }) => inText(args[name]))
  }
  if (Array.isArray(template)) return template.map((item: Json) => filledJson(item, args))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filledJson(value, args)]))
}

/** Every text in a JSON value. */
export function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsIn(item))
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

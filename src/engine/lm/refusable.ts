/** What a model may refuse in a request although it can answer without. `system` is the role; the formats are those of an answer; `stream` are answers in pieces. Without `tools` a question is another one: see `toolsRefused`. */
export const refusableParts = [
  'system',
  'json_schema',
  'json_object',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'reasoning_effort',
  'stream_options',
  'stream',
  'tools',
  'tool_choice',
] as const
export type RefusablePart = (typeof refusableParts)[number]

/** What a model at an endpoint was found not to take. */
export interface ModelFacts {
  readonly model: string
  /** The address as `endpointOf` gives it; empty for a model without one. */
  readonly endpoint: string
  readonly refused: readonly RefusablePart[]
}

/** The parts among what a record names: a newer version may know more of them. */
export function refusableOf(names: unknown): readonly RefusablePart[] {
  if (!Array.isArray(names)) return []
  return refusableParts.filter(part => names.includes(part))
}

/** Joins what several records say, one entry for each model and endpoint. */
export function joinFacts(all: readonly ModelFacts[]): readonly ModelFacts[] {
  const joined = new Map<string, ModelFacts>()
  for (const { model, endpoint, refused } of all) {
    const key = JSON.stringify([endpoint, model])
    joined.set(key, { model, endpoint, refused: inOrder([...(joined.get(key)?.refused ?? []), ...refused]) })
  }
  return [...joined.values()]
}

/** What is known of one model. */
export function factsOf(all: readonly ModelFacts[], model: string, endpoint: string): readonly RefusablePart[] {
  return inOrder(all.filter(one => one.model === model && one.endpoint === endpoint).flatMap(({ refused }) => refused))
}

/** Each part once, in the order of the list. */
export function inOrder(parts: readonly RefusablePart[]): readonly RefusablePart[] {
  return refusableParts.filter(part => parts.includes(part))
}

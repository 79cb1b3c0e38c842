import type { EmbedRequest } from './lm'

/** A request for the vectors of some texts, in their order. */
export function embedRequest(model: string, texts: readonly string[]): EmbedRequest {
  return { kind: 'embed', model, texts }
}

/** The sentence for models that cannot do it. */
export const chooseEmbeddings = 'Choose another embedding model, or the "lexical" vectorizer, which needs none.'

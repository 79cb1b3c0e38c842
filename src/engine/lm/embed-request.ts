import type { LmRequest } from './lm'

/** A request for the vectors of some texts, in their order. Sampling settings mean nothing to it, so none are part of it or of its key. */
export function embedRequest(model: string, texts: readonly string[]): LmRequest {
  return { model, task: 'embed', messages: texts.map(content => ({ role: 'user', content })), settings: {} }
}

/** The sentence for models that cannot do it. */
export const chooseEmbeddings = 'Choose another embedding model, or the "lexical" vectorizer, which needs none.'

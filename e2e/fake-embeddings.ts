/** A vector for a text: words, and the first letters of words, each at a place of their own. Equal texts get equal vectors, texts that share words alike ones. */
export function fakeVector(text: string, size = 64): number[] {
  const vector = Array.from({ length: size }, () => 0)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (const term of [word, `${word.slice(0, 4)}…`]) {
      const place = digest(term) % size
      vector[place] = (vector[place] ?? 0) + 1
    }
  }
  const length = Math.hypot(...vector) || 1
  return vector.map(value => value / length)
}

/** The body an embeddings API sends for these texts. */
export function embeddingsBody(model: string, texts: readonly string[]): object {
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0)
  return {
    object: 'list',
    data: texts.map((text, index) => ({ object: 'embedding', index, embedding: fakeVector(text) })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function digest(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}

/** The adapter and format of a request, as people read it. */
export function formatName(format: string): string {
  return formats[format] ?? format
}

const formats: Readonly<Record<string, string>> = {
  chat: 'Chat',
  embedding: 'Embeddings',
  text: 'Text',
  xml: 'XML',
  json: 'JSON',
  baml: 'BAML',
  'two-step': 'Plain words',
  'json-schema': 'JSON schema',
  'json-object': 'JSON object',
}

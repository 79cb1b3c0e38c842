import { isJsonObject, type JsonObject } from '@/lib/json'

/** DSPy's `Document`: a text that an answer may cite, or the pages of a PDF in base64. */
export type DocumentValue = {
  readonly data: string
  readonly title?: string
  /** Absent means plain text. */
  readonly media_type?: 'text/plain' | 'application/pdf'
  /** What is to be known of it and is no part of it. */
  readonly context?: string
}

export function isDocument(value: unknown): value is DocumentValue {
  if (!isJsonObject(value) || typeof value['data'] !== 'string') return false
  const { data: _data, title, media_type: mime, context, ...others } = value
  return (
    [title, context].every(text => text === undefined || typeof text === 'string') &&
    (mime === undefined || mime === 'text/plain' || mime === 'application/pdf') &&
    Object.keys(others).length === 0
  )
}

/** Models that take documents in blocks of their own and cite them: Anthropic's, behind a gateway that names them so, as in DSPy. */
export function citesDocuments(model: string): boolean {
  return model.startsWith('anthropic/')
}

/**
 * The block by which models that can cite take a document, as DSPy sends it. Source: dspy-spec-3.4 §A.2, X07: text as `text`, a PDF as
 * `base64`.
 */
export function documentBlock({ data, title, media_type: mime = 'text/plain', context }: DocumentValue): JsonObject {
  return {
    type: 'document',
    source: { type: mime === 'application/pdf' ? 'base64' : 'text', media_type: mime, data },
    citations: { enabled: true },
    ...(title && { title }),
    ...(context && { context }),
  }
}

/** A document as text, for whoever reads text only: its title and context above what it says. */
export function documentText({ data, title, media_type: mime, context }: DocumentValue): string {
  const shown = mime === 'application/pdf' ? '[application/pdf]' : data
  return [title && `Title: ${title}`, context && `Context: ${context}`, shown].filter(line => line !== undefined && line !== '').join('\n')
}

import type { ServerResponse } from 'node:http'

export interface PiecedAnswer {
  readonly id: string
  readonly content: string
  readonly usage: Readonly<Record<string, unknown>> | null
  readonly finish: string
}

/** Sends an answer as a stream of events, a few letters each; the count of tokens at the end where that is asked for. Ends where the caller hangs up. */
export async function sendPieces(
  response: ServerResponse,
  { model, body }: { readonly model: string; readonly body: Readonly<Record<string, unknown>> },
  { id, content, usage, finish }: PiecedAnswer,
  pieceMs = 0,
): Promise<void> {
  const head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: 0, model }
  const send = (event: object): void => void response.write(`data: ${JSON.stringify({ ...head, ...event })}\n\n`)
  for (let at = 0; at < content.length && !response.destroyed; at += lettersAtOnce) {
    send({ choices: [{ index: 0, delta: { content: content.slice(at, at + lettersAtOnce) }, finish_reason: null }] })
    if (pieceMs > 0) await new Promise(resolve => setTimeout(resolve, pieceMs))
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: finish }] })
  const wanted = body['stream_options']
  const isCounted = typeof wanted === 'object' && wanted !== null && 'include_usage' in wanted && wanted.include_usage === true
  if (isCounted && usage !== null) send({ choices: [], usage })
  response.end('data: [DONE]\n\n')
}

const lettersAtOnce = 7

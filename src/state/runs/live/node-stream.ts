import type { StreamEvent } from '@/engine/modules/stream-event'
import type { PredictorId } from '@/engine/program/program'

/** What has come of the answer that a step is being given. */
export interface NodeStream {
  readonly predictor?: PredictorId
  /** By output, in the order they came: the end of each, where it is long. */
  readonly fields: Readonly<Record<string, string>>
  /** The thoughts of the model that are no output. */
  readonly reasoning: string
  /** The request was given up: nothing more comes. */
  readonly isCut: boolean
}

const nothing: NodeStream = { fields: {}, reasoning: '', isCut: false }

/** A step may ask several times, and side by side: the answer that began last is shown. */
export function streamAfter(stream: NodeStream = nothing, predictor: PredictorId | undefined, event: StreamEvent): NodeStream {
  if (event.type === 'begin') return { ...nothing, ...(predictor !== undefined && { predictor }) }
  if (stream.predictor !== predictor) return stream
  switch (event.type) {
    case 'field':
      return { ...stream, fields: { ...stream.fields, [event.field]: ending((stream.fields[event.field] ?? '') + event.text) } }
    case 'replace':
      return { ...stream, fields: { ...stream.fields, [event.field]: ending(event.text) } }
    case 'reasoning':
      return { ...stream, reasoning: ending(stream.reasoning + event.text) }
    case 'cut':
      return { ...stream, isCut: true }
    default:
      // A newer engine in another tab may tell of more.
      event satisfies never
      return stream
  }
}

/** More than anybody reads while it runs by. */
export const shownLetters = 20_000

function ending(text: string): string {
  return text.length > shownLetters ? text.slice(-shownLetters) : text
}

/**
 * What came of an answer while it is written, for whoever shows it. The values themselves come with the end of the step; what is told here is
 * how they come about.
 */
export type StreamEvent =
  /** An answer begins: what was told of one before it, which broke off or could not be read, no longer counts. */
  | { readonly type: 'begin' }
  /** What an output gained; with `isLast` its value is over. */
  | { readonly type: 'field'; readonly field: string; readonly text: string; readonly isLast: boolean }
  /** The whole text of an output whose answer kept to its layout less than it looked: in place of what was told of it. */
  | { readonly type: 'replace'; readonly field: string; readonly text: string }
  /** What the model gained in thoughts that are no output. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** The request was given up while its answer came: what was told is all there is. */
  | { readonly type: 'cut' }

/** Two events that follow one another as one; undefined where they are two. */
export function joinedEvent(first: StreamEvent, second: StreamEvent): StreamEvent | undefined {
  if (first.type === 'reasoning' && second.type === 'reasoning') return { ...first, text: first.text + second.text }
  const isOneField = first.type === 'field' && second.type === 'field' && first.field === second.field && !first.isLast
  return isOneField ? { ...second, text: first.text + second.text } : undefined
}

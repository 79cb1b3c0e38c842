import type { Span, StopReason, Trace } from '@/engine/trace/span'

/** A step of a rollout with what it did on its way. */
export interface SpanBranch {
  readonly span: Span
  readonly children: readonly SpanBranch[]
}

/** The steps of a trace as trees, in their order. Traces of before there were trees are steps without children. */
export function spanTree(trace: Trace): readonly SpanBranch[] {
  const roots: SpanBranch[] = []
  const children = new Map<string, SpanBranch[]>()
  for (const span of trace) {
    const own: SpanBranch[] = []
    // A parent comes before its children; a span whose parent is missing is shown as a step rather than lost.
    const siblings = (span.parent === undefined ? undefined : children.get(span.parent)) ?? roots
    siblings.push({ span, children: own })
    if (span.id !== undefined) children.set(span.id, own)
  }
  return roots
}

/** Why a step ended at a bound, for the step itself. */
export const stopWords: Readonly<Record<StopReason, string>> = {
  'max-iterations': 'It reached its most steps and answered with what it had. Allow more steps, or give it better tools.',
  'max-attempts': 'No attempt reached the threshold: the best one was kept. Allow more attempts, or lower the threshold.',
  'unreadable-step': 'One of its turns could not be read: it answered with what it had.',
  'context-length': 'What it had done became too long for the model: it answered with what it had.',
}

/** The same in two or three words, for a row: undefined where every step came to its own end. */
export function stopNote(trace: Trace): string | undefined {
  const [reason] = stopsOf(trace)
  return reason && stopNames[reason]
}

/** The bounds at which its steps ended, each once, in order. Of a step inside an attempt that was not kept too. */
export function stopsOf(trace: Trace): readonly StopReason[] {
  return [...new Set(trace.flatMap(({ stopped }) => stopped ?? []))]
}

export const stopNames: Readonly<Record<StopReason, string>> = {
  'max-iterations': 'out of steps',
  'max-attempts': 'below the threshold',
  'unreadable-step': 'a turn unreadable',
  'context-length': 'too long to go on',
}

import type { BodyPath } from '@/engine/program/bodies'
import type { Span, Trace } from '@/engine/trace/span'

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

/** What a program within a step did, found by a step of it: its name may have changed since. Undefined where it was not asked. */
export function bodySpan(trace: Trace, path: BodyPath): Span | undefined {
  const child = trace.find(span => span.parent !== undefined && span.node.startsWith(`${path}/`))
  return child && trace.find(({ id }) => id === child.parent)
}

import type { Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Span, SpanCall, StopReason } from '../trace/span'
import type { NodeId, PredictorId } from '../program/program'

/** A span while its work is under way: filled in by what happens, written into the trace when its step is over. */
export interface SpanNode {
  readonly kind: NonNullable<Span['kind']>
  readonly name: string
  readonly predictor?: PredictorId
  /** Key of the predictor within the innermost step. */
  readonly key?: string
  readonly calls: SpanCall[]
  readonly children: readonly SpanNode[]
  inputs: Values
  outputs?: Values
  error?: ErrorJson
  reward?: number
  stopped?: StopReason
  isDiscarded: boolean
  ms: number
  /** Begins a piece of work below this one. Its place among its siblings is that of its beginning. */
  child(about: Pick<SpanNode, 'kind' | 'name' | 'inputs'> & { readonly predictor?: PredictorId; readonly key?: string }): SpanNode
}

export function spanNode(
  about: Pick<SpanNode, 'kind' | 'name' | 'inputs'> & { readonly predictor?: PredictorId; readonly key?: string },
): SpanNode {
  const children: SpanNode[] = []
  return {
    ...about,
    calls: [],
    children,
    isDiscarded: false,
    ms: 0,
    child(next) {
      const made = spanNode(next)
      children.push(made)
      return made
    },
  }
}

/** The spans of a step, parents before children. The step's own span keeps the form it always had where nothing hangs below it. */
export function flattened(root: SpanNode, node: NodeId, path: string = node): readonly Span[] {
  const spans: Span[] = []
  const write = (branch: SpanNode, id: string, parent: string | undefined, isDiscarded: boolean): void => {
    const { kind, name, predictor, inputs, outputs, calls, ms, error, reward, stopped, children } = branch
    const gone = isDiscarded || branch.isDiscarded
    spans.push({
      ...((parent !== undefined || children.length > 0 || id !== node) && { id }),
      ...(parent !== undefined && { parent, kind }),
      node,
      ...(predictor !== undefined && { predictor }),
      name,
      inputs,
      ...(outputs && { outputs }),
      calls,
      ms,
      ...(error && { error }),
      ...(reward !== undefined && { reward }),
      ...(gone && { discarded: true as const }),
      ...(stopped && { stopped }),
    })
    for (const [index, child] of children.entries()) write(child, `${id}/${index}`, id, gone)
  }
  write(root, path, undefined, false)
  return spans
}

import type { Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Lm, LmCall, ModelSpec } from '../lm/lm'
import type { Clock } from '../base/clock'
import type { Sandbox } from '../sandbox/sandbox'
import type { SpanCall } from '../trace/span'
import type { ModelId, NodeId, PredictorId } from '../program/program'

export type NodeEvent =
  | { readonly type: 'start'; readonly node: NodeId }
  | { readonly type: 'end'; readonly node: NodeId; readonly outputs?: Values; readonly error?: ErrorJson; readonly ms: number }

export interface ExecuteContext {
  readonly clock: Pick<Clock, 'now'>
  readonly sandbox: Sandbox
  /** The model that a predictor's state names, as its own or as its embedder; the task LM of the run for undefined. */
  modelFor(id: ModelId | undefined): { readonly lm: Lm; readonly model: ModelSpec }
  readonly call: Omit<LmCall, 'predictor'>
  readonly temperature?: number
  onNode?(event: NodeEvent): void
  /** Told of every request, also of failed ones, the moment it is over. */
  onCall?(predictor: PredictorId | undefined, call: SpanCall, isAnswered: boolean): void
}

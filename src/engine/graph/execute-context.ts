import type { Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Lm, LmCall, ModelSpec } from '../lm/lm'
import type { Clock } from '../base/clock'
import type { JsonObject, Json } from '@/lib/json'
import type { ToolHost } from '../tools/tool-kind'
import type { CodeRunner } from '../user-code/code-runner'
import type { StreamEvent } from '../modules/stream-event'
import type { SpanCall } from '../trace/span'
import type { ModelId, PredictorId, StepPath } from '../program/program'
import type { BodyPath } from '../program/bodies'

export type NodeEvent =
  | { readonly type: 'start'; readonly node: StepPath }
  /** A branch went another way. */
  | { readonly type: 'not-taken'; readonly node: StepPath }
  | { readonly type: 'end'; readonly node: StepPath; readonly outputs?: Values; readonly error?: ErrorJson; readonly ms: number }

/** Which outputs are told of while their answers are written, and to whom. */
export interface StreamOptions {
  /** Their names, or `all`. A predictor none of whose outputs is named is asked as without it. */
  readonly fields: StreamedFields
  tell(told: StreamTold): void
}
export type StreamedFields = 'all' | readonly string[]

/** What came of an answer, and whose it is: nodes run side by side. */
export interface StreamTold {
  readonly node: StepPath
  readonly predictor?: PredictorId
  /** Which sample of the same question, where several are asked for side by side; absent for the first. */
  readonly sample?: number
  readonly event: StreamEvent
}

/** A call of a tool that reaches outside, at its place in the trace of its row. */
export interface AskedTool {
  readonly name: string
  readonly args: JsonObject
  readonly path: string
  /** Whether a call that was cut off may be made once more. */
  readonly isRepeatable: boolean
  /** Throws `tool-refused` where the call cannot be made: asked before anything is noted of it. */
  ready(): Promise<void>
  readonly signal: AbortSignal
}

/** Answers a call from the record of the run, else by `work`, which is put on record. Throws what `work` throws. */
export type KeepToolCall = (asked: AskedTool, work: () => Promise<Json>) => Promise<Json>

export interface ExecuteContext {
  readonly clock: Pick<Clock, 'now'>
  readonly runner: CodeRunner
  /** The model that a predictor's state names, as its own or as its embedder; the task LM of the run for undefined. */
  modelFor(id: ModelId | undefined): { readonly lm: Lm; readonly model: ModelSpec }
  /** Who reads answers in plain words; who wrote one reads it where this is absent. */
  readonly extraction?: { readonly lm: Lm; readonly model: ModelSpec }
  readonly call: Omit<LmCall, 'predictor'>
  readonly temperature?: number
  /** How tools reach outside, and who keeps what they answered; absent where nothing outside may be reached. */
  readonly tools?: { readonly host?: ToolHost; readonly keep?: KeepToolCall }
  /** The body that is run; absent for the program itself. Everything told of its steps names them by their path in the program. */
  readonly at?: BodyPath
  /** How many levels of sampling it is within; see `sampled`. */
  readonly depth?: number
  onNode?(event: NodeEvent): void
  /** Set where somebody watches outputs come. */
  readonly stream?: StreamOptions
  /** Told of every request, also of failed ones, the moment it is over. */
  onCall?(predictor: PredictorId | undefined, call: SpanCall, isAnswered: boolean): void
}

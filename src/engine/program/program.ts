import type { Json, JsonObject } from '@/lib/json'
import type { AdapterId } from './adapter-id'
import type { JsonFallback } from './json-fallback'
import type { Field, FieldId } from '../signature/signature'

export type NodeId = string
export type EdgeId = string
export type ModuleId = string
export type ModelId = string

/** `<node id>` for modules with one predictor, `<node id>.<key>` for modules with several. Stable under renames. */
export type PredictorId = string

/** Hash of a `ProgramState`: the same state is the same candidate in every run. */
export type CandidateId = string

interface NodeBase {
  readonly id: NodeId
  /** A label, unique in its program; edges and state never refer to it. */
  readonly name: string
  readonly fields: readonly Field[]
}
/** Where a row enters. Its fields have role `output`: they feed the nodes on their right. */
export interface InputNode extends NodeBase {
  readonly kind: 'input'
}
export interface SignatureNode extends NodeBase {
  readonly kind: 'signature'
  readonly module: ModuleId
  readonly moduleParams: JsonObject
  readonly locks?: Locks
  /** Locks of single predictors by key, where a step has several. */
  readonly slotLocks?: Readonly<Record<string, Locks>>
  /** How its prompts are laid out and its answers read; absent means as the program says. */
  readonly adapter?: AdapterId
}
/** What no optimizer may change in the predictors of a step. It stands in the flow, not in the state, which is what is learned. */
export interface Locks {
  readonly instructions?: true
  readonly demos?: true
}
/** User JavaScript, run in the sandbox only: the body of a function of `inputs` that returns an object of outputs. */
export interface CodeNode extends NodeBase {
  readonly kind: 'code'
  readonly source: string
}
/** What the program returns. Its fields have role `input`. */
export interface OutputNode extends NodeBase {
  readonly kind: 'output'
}
export type ProgramNode = InputNode | SignatureNode | CodeNode | OutputNode

export interface EdgeEnd {
  readonly node: NodeId
  readonly field: FieldId
}
export interface Edge {
  readonly id: EdgeId
  readonly from: EdgeEnd
  readonly to: EdgeEnd
}

/** The flow: what an optimizer leaves alone. */
export interface ProgramGraph {
  readonly nodes: readonly ProgramNode[]
  readonly edges: readonly Edge[]
  /** How prompts are laid out and answers read in every step that says nothing else; absent means chat. */
  readonly adapter?: AdapterId
  /** How often an answer that cannot be read is asked for again in JSON; absent means `twice`. */
  readonly jsonFallback?: Exclude<JsonFallback, 'twice'>
}

/** Field values by name; `augmented: true` marks one that a bootstrap recorded. */
export type Demo = Readonly<Record<string, Json>>

/** The parameters of one predictor: what an optimizer learns. */
export interface PredictorState {
  readonly instructions: string
  readonly demos: readonly Demo[]
  /** A model for this predictor alone; absent means the task LM of the run. */
  readonly lm?: ModelId
  /**
   * Present: a call shows only the `k` demos whose inputs are most like its own, found anew for each call: by their vectors of the
   * model `embedder`, or by their words where it is absent.
   */
  readonly nearest?: { readonly k: number; readonly embedder?: ModelId }
  /**
   * Present: the program runs once with each member, and the answers are reduced to one. Every predictor of an ensemble has as many
   * members, in the same order; what stands beside them is the best single one.
   */
  readonly ensemble?: { readonly reduce: ReduceId; readonly members: readonly EnsembleMember[] }
}
/** `majority` takes the most frequent answer, `mean` and `median` work on numbers and take the majority of everything else. */
export type ReduceId = 'majority' | 'mean' | 'median'
export interface EnsembleMember {
  readonly instructions: string
  readonly demos: readonly Demo[]
  readonly lm?: ModelId
}
export type ProgramState = Readonly<Record<PredictorId, PredictorState>>

export interface Program {
  readonly graph: ProgramGraph
  readonly state: ProgramState
}

import type { Json, JsonObject } from '@/lib/json'
import type { AdapterId } from './adapter-id'
import type { JsonFallback } from './json-fallback'
import type { DecisionFields } from '../signature/decisions/decision'
import type { Field, FieldId } from '../signature/signature'

export type NodeId = string
export type EdgeId = string
export type ModuleId = string
export type ModelId = string
export type BodyId = string

/**
 * Where a step stands in a program: its node's id, behind the ids of the steps and bodies it is within. `n5/b1/n3` is the node `n3` of the
 * body `b1` of the node `n5`.
 */
export type StepPath = string

/** `<step path>` for modules with one predictor, `<step path>.<key>` for modules with several. Stable under renames. */
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
/** What any node that does something may have; its kind says what of it means anything. */
interface StepBase extends NodeBase {
  /** Settings by name. */
  readonly moduleParams?: JsonObject
  /** Hold for all predictors of the step, also for those of its bodies. */
  readonly locks?: Locks
  /** Locks of single predictors by key, where a step has several. */
  readonly slotLocks?: Readonly<Record<string, Locks>>
  /** How its prompts are laid out and its answers read; absent means as the program says. */
  readonly adapter?: AdapterId
  /** Programs that the step runs, in its own way. */
  readonly bodies?: readonly Body[]
  /** The attribute it is in the DSPy program it came from, such as `steps[0]` or `inner.gen`; absent where its name says it. */
  readonly dspyPath?: string
}
export interface SignatureNode extends StepBase {
  readonly kind: 'signature'
  readonly module: ModuleId
  readonly moduleParams: JsonObject
}
/** What no optimizer may change in the predictors of a step. It stands in the flow, not in the state, which is what is learned. */
export interface Locks {
  readonly instructions?: true
  readonly demos?: true
}
/** User JavaScript, run in the code runner only: the body of a function of `inputs` that returns an object of outputs. */
export interface CodeNode extends StepBase {
  readonly kind: 'code'
  readonly source: string
}
/** Several programs answer the same inputs, and their answers are joined to one (DSPy: `Ensemble`). */
export interface VoteNode extends StepBase {
  readonly kind: 'vote'
  readonly moduleParams: JsonObject
  readonly bodies: readonly Body[]
}
/** Text with the values of its inputs in it. */
export interface TemplateNode extends StepBase {
  readonly kind: 'template'
  readonly moduleParams: JsonObject
}
/** Values that are the same for every row: the defaults of its outputs. */
export interface ConstantNode extends StepBase {
  readonly kind: 'constant'
}
/** Hands a value on by one of its outputs, and leaves the others without any: see `presence.ts`. */
export interface BranchNode extends StepBase {
  readonly kind: 'branch'
  readonly moduleParams: JsonObject
}
/**
 * A program inside a step. It takes values at its own Input and returns them at its Output, by name. What its predictors have learned
 * stands in the state of the whole program, under their paths.
 */
export interface Body {
  /** Unique in its step, without a slash: part of the paths below it. */
  readonly id: BodyId
  /** A label, unique in its step. */
  readonly name: string
  readonly graph: ProgramGraph
}
/** What the program returns. Its fields have role `input`. */
export interface OutputNode extends NodeBase {
  readonly kind: 'output'
}
/** A node that does something: everything between the Input and the Output. */
export type StepNode = SignatureNode | CodeNode | VoteNode | TemplateNode | ConstantNode | BranchNode
export type ProgramNode = InputNode | StepNode | OutputNode

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
  /** Follows DSPy to the letter where the studio is more lenient: see `dspyExactHelp`. */
  readonly dspyExact?: true
  /** Tools are offered to models that take them, in place of being described in words: see `nativeToolsHelp`. */
  readonly nativeTools?: true
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
   * Present: a call shows only the `k` demos whose inputs are most like its own, found for each call: by their vectors of the
   * model `embedder`, or by their words where it is absent.
   */
  readonly nearest?: { readonly k: number; readonly embedder?: ModelId }
  /** How outputs are decided by their probabilities, by their names; absent means by the defaults. See `DecisionSettings`. */
  readonly fields?: DecisionFields
}
export type ProgramState = Readonly<Record<PredictorId, PredictorState>>

export interface Program {
  readonly graph: ProgramGraph
  readonly state: ProgramState
}

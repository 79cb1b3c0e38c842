import type { SourceKind } from '../user-code/source-kind'
import { z } from 'zod'
import { onUse } from '../base/on-use'
import type { JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import type {
  Body,
  BranchNode,
  CodeNode,
  ConstantNode,
  ModuleId,
  SignatureNode,
  StepNode,
  TemplateNode,
  VoteNode,
} from '../program/program'
import type { Field, Signature } from '../signature/signature'
import { exactly, type CallRange } from '../lm/call-range'
import type { Tool } from '../tools/registry'
import type { Scope } from './scope'
import { stepParams } from './step-params'

/** One place of a step where a model is asked with instructions and demos of its own. */
export interface PredictorSlot {
  /** Which predictor of its step; empty for the main one. The predictor's id is the node's id, a dot and this key. */
  readonly key: string
  /** What it is called on screen and in traces; empty for the only one of a step. */
  readonly title: string
  /** The attribute path below the module in DSPy; empty where the module is the predictor. */
  readonly dspyPath: string
  /** True where DSPy's module has no such predictor: it loads a file that names it, and leaves it out of its own. */
  readonly isOnlyHere?: true
  /** Requests of one run of the step. */
  readonly calls: CallRange
  readonly defaultInstructions: string
  /** Inputs that the step gives it with each question, the same for every row. */
  readonly given?: Values
  /** What it prompts with: the tuned instructions, and what the step adds to them and to the fields at call time. */
  signature(instructions: string): Signature
  /** What DSPy's module adds instead, where the two tell a model different things: Python there, JavaScript here. */
  dspySignature?(instructions: string): Signature
}

/** A program that a step runs. */
export interface StepBody {
  readonly body: Body
  /** The attribute path below the step in DSPy: `programs[0]`. */
  readonly dspyPath: string
  /** How often it runs in one run of the step. */
  readonly runs: CallRange
}

/** JavaScript of the user that a step runs in the code runner. */
export interface UserSource {
  /** Unique in its node: empty for the node's own code, `reward`, `tools.lookup`. */
  readonly key: string
  readonly kind: SourceKind
  readonly source: string
}

/** What users have to know of a step when its program leaves the studio, as sentences about the subject they were asked for. */
export interface StepRemarks {
  /** What DSPy's state file does not hold of it, and what to write in Python instead. It holds no settings and no code of the user. */
  readonly dspy: readonly string[]
  /** What a call of the exported TypeScript takes beyond one prompt a predictor. */
  readonly typeScript: readonly string[]
}

/** A text with places for inputs; a value for each output; a rule for each output. */
export type StepEditor = 'text' | 'values' | 'ways'

export const noRemarks: StepRemarks = { dspy: [], typeScript: [] }

/** What every node has. */
export type StepBase = Pick<StepNode, 'id' | 'name' | 'fields'>

/** That only one of the outputs of a step is given. */
export interface Choice {
  /** True where every run gives one; otherwise it may be none. */
  readonly isComplete: boolean
}

/** A kind of step: one file and one line in the registry. Shared code never asks which kind it holds; the kind declares the answer. */
export interface StepKind<N extends StepNode> {
  readonly id: ModuleId
  readonly title: string
  readonly help: string
  /** DSPy's class name, for exports and descriptions; `JavaScript` for code. */
  readonly dspyName: string
  /** Settings, drawn as a form. */
  readonly params: z.ZodObject
  /** A step of this kind that works as it stands, over these fields. */
  starter(base: StepBase): N
  /** True: str inputs reach it as text, however they were made. A prompt shows any value by the adapter's rules instead. */
  readonly takesText: boolean
  /** True where it cannot do anything without an input. */
  readonly needsInput: boolean
  /** True: an output may have the name of an input. Not where a prompt or a demo holds both. */
  readonly namesPerSide: boolean
  /** Outputs it adds in front of the written ones, with fixed field ids (ChainOfThought: `reasoning`). */
  addedOutputs(node: N): readonly Field[]
  slots(node: N): readonly PredictorSlot[]
  /** Requests of one run that no slot and no body makes (the advice of Refine). */
  ownCalls(node: N): CallRange
  /** The programs it runs; empty for most. */
  bodies(node: N): readonly StepBody[]
  /** Requests of one run in its bodies, given those of one run of each, in their order. */
  bodyCalls(node: N, each: readonly CallRange[]): CallRange
  /** What it is made of, where its name does not say it: `3 programs, majority of answers`. */
  facts?(node: N): string
  /** What it does, for a model that reads the program; for kinds whose class and signature do not say it. */
  account?(node: N): string
  /** Present where a run of it gives one of its outputs and leaves the others without a value; undefined where it gives all of them. */
  choice?(node: N): Choice | undefined
  /** What keeps it from running, as sentences that say what to do. */
  problems(node: N): readonly string[]
  sources(node: N): readonly UserSource[]
  /** What its models may call. */
  tools?(node: N): readonly Tool[]
  /** `subject` begins a sentence and stands for one step, whatever is called so: `The step "Answer"`. */
  remarks(node: N, subject: string): StepRemarks
  /** True where it runs code that a model wrote: what is exported needs a code runner then. */
  readonly runsModelCode?: true
  /** What its panel begins with, where a form of its settings does not do. Those settings have the widget `hidden`. */
  readonly editor?: StepEditor
  /** Throws what its parts throw. May run many predictors, tools and attempts, all through `scope`. */
  run(node: N, inputs: Values, scope: Scope): Promise<Values>
}

export type AnyStepKind =
  | StepKind<SignatureNode>
  | StepKind<CodeNode>
  | StepKind<VoteNode>
  | StepKind<TemplateNode>
  | StepKind<ConstantNode>
  | StepKind<BranchNode>

/** What a node does: its kind, asked about this one node. */
export interface Step extends Pick<
  StepKind<StepNode>,
  'id' | 'title' | 'help' | 'dspyName' | 'params' | 'takesText' | 'needsInput' | 'namesPerSide' | 'runsModelCode' | 'editor'
> {
  readonly node: StepNode
  addedOutputs(): readonly Field[]
  slots(): readonly PredictorSlot[]
  ownCalls(): CallRange
  bodies(): readonly StepBody[]
  bodyCalls(each: readonly CallRange[]): CallRange
  /** Undefined where its name says it all. */
  facts(): string | undefined
  account(): string | undefined
  choice(): Choice | undefined
  problems(): readonly string[]
  sources(): readonly UserSource[]
  tools(): readonly Tool[]
  remarks(subject: string): StepRemarks
  run(inputs: Values, scope: Scope): Promise<Values>
}

/** A kind with a node of its own: from here on the type of that node may be forgotten. */
export function bindStep<N extends StepNode>(kind: StepKind<N>, node: N): Step {
  const { id, title, help, dspyName, params, takesText, needsInput, namesPerSide } = kind
  return {
    node,
    id,
    title,
    help,
    dspyName,
    params,
    takesText,
    needsInput,
    namesPerSide,
    ...(kind.runsModelCode && { runsModelCode: true }),
    ...(kind.editor && { editor: kind.editor }),
    addedOutputs: () => kind.addedOutputs(node),
    slots: () => kind.slots(node),
    ownCalls: () => kind.ownCalls(node),
    bodies: () => kind.bodies(node),
    bodyCalls: each => kind.bodyCalls(node, each),
    facts: () => kind.facts?.(node),
    account: () => kind.account?.(node),
    choice: () => kind.choice?.(node),
    problems: () => kind.problems(node),
    sources: () => kind.sources(node),
    tools: () => kind.tools?.(node) ?? [],
    remarks: subject => kind.remarks(node, subject),
    run: (inputs, scope) => kind.run(node, inputs, scope),
  }
}

/** What a signature module has to say; everything else has an empty answer. */
export interface SignatureModule<S extends z.ZodObject> {
  readonly id: ModuleId
  readonly title: string
  readonly help: string
  readonly dspyName: string
  readonly params: S
  /** Settings of a new step where their defaults do not make it work. */
  readonly starter?: z.input<S> & JsonObject
  readonly runsModelCode?: true
  addedOutputs?(node: SignatureNode, params: z.output<S>): readonly Field[]
  slots(node: SignatureNode, params: z.output<S>): readonly PredictorSlot[]
  ownCalls?(node: SignatureNode, params: z.output<S>): CallRange
  problems?(node: SignatureNode, params: z.output<S>): readonly string[]
  sources?(node: SignatureNode, params: z.output<S>): readonly UserSource[]
  tools?(node: SignatureNode, params: z.output<S>): readonly Tool[]
  /** What DSPy's state file does not hold of it. Everything that is set or written for it, so all but those without settings have some. */
  dspyRemarks?(node: SignatureNode, params: z.output<S>, subject: string): readonly string[]
  /** What a call of the exported TypeScript takes beyond one prompt a predictor. */
  typeScriptRemarks?(node: SignatureNode, params: z.output<S>, subject: string): readonly string[]
  run(node: SignatureNode, inputs: Values, scope: Scope, params: z.output<S>): Promise<Values>
}

/** Ties the type of `params` to the functions that read them, then forgets it for the registry. */
export function defineModule<S extends z.ZodObject>(module: SignatureModule<S>): StepKind<SignatureNode> {
  const params = stepParams(module)
  return {
    id: module.id,
    title: module.title,
    help: module.help,
    dspyName: module.dspyName,
    params: module.params,
    starter: base => ({ ...base, kind: 'signature', module: module.id, moduleParams: module.starter ?? {} }),
    takesText: false,
    needsInput: true,
    namesPerSide: false,
    ...(module.runsModelCode && { runsModelCode: true }),
    addedOutputs: node => module.addedOutputs?.(node, params.of(node)) ?? [],
    slots: node => module.slots(node, params.of(node)),
    ownCalls: node => module.ownCalls?.(node, params.of(node)) ?? noCalls,
    bodies: () => [],
    bodyCalls: () => noCalls,
    problems(node) {
      const unfit = params.problem(node)
      return unfit === undefined ? (module.problems?.(node, params.of(node)) ?? []) : [unfit]
    },
    tools: node => (params.problem(node) === undefined ? (module.tools?.(node, params.of(node)) ?? []) : []),
    sources: node => (params.problem(node) === undefined ? (module.sources?.(node, params.of(node)) ?? []) : []),
    remarks: (node, subject) => ({
      dspy: module.dspyRemarks?.(node, params.of(node), subject) ?? [],
      typeScript: module.typeScriptRemarks?.(node, params.of(node), subject) ?? [],
    }),
    async run(node, inputs, scope) {
      params.mustFit(node)
      return module.run(node, inputs, scope, params.of(node))
    },
  }
}

/**
 * How a module runs, loaded when a row first comes to it: whoever draws modules, counts their calls or shows their prompts has no use for
 * it. Throws `storage-failed` where its file does not come, and what it throws itself.
 */
export function runOnUse<A extends readonly unknown[]>(
  load: () => Promise<(...args: A) => Promise<Values>>,
): (...args: A) => Promise<Values> {
  const loaded = onUse(load)
  return async (...args) => (await loaded())(...args)
}

const noCalls: CallRange = exactly(0)

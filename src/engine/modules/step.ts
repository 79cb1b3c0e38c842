import { z } from 'zod'
import type { JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { CodeNode, ModuleId, SignatureNode } from '../program/program'
import type { Field, Signature } from '../signature/signature'
import type { CallRange } from '../lm/call-range'
import type { Scope } from './scope'

/** A node that does something: everything between the Input and the Output. */
export type StepNode = SignatureNode | CodeNode

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
  /** What it prompts with: the tuned instructions, and what the step adds to them and to the fields at call time. */
  signature(instructions: string): Signature
}

/** JavaScript of the user that a step runs in the sandbox. */
export interface UserSource {
  /** Unique in its node: empty for the node's own code, `reward`, `tools.lookup`. */
  readonly key: string
  readonly kind: 'metric' | 'code'
  readonly source: string
}

/** A kind of step: one file and one line in the registry. Shared code never asks which kind it holds; the kind declares the answer. */
export interface StepKind<N extends StepNode = StepNode> {
  readonly id: ModuleId
  readonly title: string
  readonly help: string
  /** DSPy's class name, for exports and descriptions; `JavaScript` for code. */
  readonly dspyName: string
  /** Settings, drawn as a form. */
  readonly params: z.ZodObject
  /** True: str inputs reach it as text, however they were made. A prompt shows any value by the adapter's rules instead. */
  readonly takesText: boolean
  /** Outputs it adds in front of the written ones, with fixed field ids (ChainOfThought: `reasoning`). */
  addedOutputs(node: N): readonly Field[]
  slots(node: N): readonly PredictorSlot[]
  /** Requests of one run that no slot makes (the advice of Refine). */
  ownCalls(node: N): CallRange
  /** What keeps it from running, as sentences that say what to do. */
  problems(node: N): readonly string[]
  sources(node: N): readonly UserSource[]
  /** Throws what its parts throw. May run many predictors, tools and attempts, all through `scope`. */
  run(node: N, inputs: Values, scope: Scope): Promise<Values>
}

/** What a signature module has to say; everything else has an empty answer. */
export interface SignatureModule<S extends z.ZodObject> {
  readonly id: ModuleId
  readonly title: string
  readonly help: string
  readonly dspyName: string
  readonly params: S
  addedOutputs?(node: SignatureNode, params: z.output<S>): readonly Field[]
  slots(node: SignatureNode, params: z.output<S>): readonly PredictorSlot[]
  ownCalls?(node: SignatureNode, params: z.output<S>): CallRange
  problems?(node: SignatureNode, params: z.output<S>): readonly string[]
  sources?(node: SignatureNode, params: z.output<S>): readonly UserSource[]
  run(node: SignatureNode, inputs: Values, scope: Scope, params: z.output<S>): Promise<Values>
}

/** Ties the type of `params` to the functions that read them, then forgets it for the registry. Settings are read once a node. */
export function defineModule<S extends z.ZodObject>(module: SignatureModule<S>): StepKind<SignatureNode> {
  const read = new WeakMap<JsonObject, z.output<S>>()
  /** Settings found to fit: a node runs many times with the same. */
  const fitting = new WeakSet<JsonObject>()
  const paramsOf = ({ moduleParams }: SignatureNode): z.output<S> => {
    let params = read.get(moduleParams)
    if (params === undefined) read.set(moduleParams, (params = readableParams(module.params, moduleParams)))
    return params
  }
  return {
    id: module.id,
    title: module.title,
    help: module.help,
    dspyName: module.dspyName,
    params: module.params,
    takesText: false,
    addedOutputs: node => module.addedOutputs?.(node, paramsOf(node)) ?? [],
    slots: node => module.slots(node, paramsOf(node)),
    ownCalls: node => module.ownCalls?.(node, paramsOf(node)) ?? noCalls,
    problems(node) {
      const parsed = module.params.safeParse(node.moduleParams)
      if (!parsed.success) return [unfit(module, node, parsed.error)]
      return module.problems?.(node, parsed.data) ?? []
    },
    sources: node => (isReadable(module, node) ? (module.sources?.(node, paramsOf(node)) ?? []) : []),
    async run(node, inputs, scope) {
      mustFit(module, node, fitting)
      return module.run(node, inputs, scope, paramsOf(node))
    },
  }
}

const noCalls: CallRange = { low: 0, expected: 0, high: 0 }

/**
 * A node with a setting that does not fit, as while one is typed, is drawn and edited as if that setting stood at its default: its
 * outputs, predictors and wires stay. `problems` says what is wrong with it, and it does not run.
 */
function readableParams<S extends z.ZodObject>(schema: S, written: JsonObject): z.output<S> {
  const parsed = schema.safeParse(written)
  if (parsed.success) return parsed.data
  const unfitting = new Set(parsed.error.issues.map(issue => String(issue.path[0] ?? '')))
  const fitting = schema.safeParse(Object.fromEntries(Object.entries(written).filter(([key]) => !unfitting.has(key))))
  return fitting.success ? fitting.data : schema.parse({})
}

function isReadable<S extends z.ZodObject>(module: SignatureModule<S>, node: SignatureNode): boolean {
  return module.params.safeParse(node.moduleParams).success
}

function mustFit<S extends z.ZodObject>(module: SignatureModule<S>, node: SignatureNode, fitting: WeakSet<JsonObject>): void {
  if (fitting.has(node.moduleParams)) return
  const parsed = module.params.safeParse(node.moduleParams)
  if (!parsed.success) throw new EngineError('graph-invalid', unfit(module, node, parsed.error), { node: node.id })
  fitting.add(node.moduleParams)
}

function unfit({ title }: { readonly title: string }, node: SignatureNode, error: z.ZodError): string {
  const [first] = error.issues
  const where = first && first.path.length > 0 ? `"${first.path.join('.')}" ` : ''
  return `${node.name} has a setting of ${title} that does not fit: ${where}${first?.message ?? 'unknown reason'}. Correct it in the node.`
}

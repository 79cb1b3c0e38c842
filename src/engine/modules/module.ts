import type { Values } from '../data/example'
import type { ModuleId } from '../graph/program'
import type { Field, Signature } from '../signature/signature'

/** A way to answer a signature: Predict, ChainOfThought, … */
export interface ModuleKind {
  readonly id: ModuleId
  readonly title: string
  readonly help: string
  /** DSPy's class name, for exports. */
  readonly dspyName: string
  /** Its predictors: `key` is our suffix (empty for the only one), `dspyPath` the attribute path below the module in DSPy. */
  readonly predictors: readonly { readonly key: string; readonly dspyPath: string }[]
  /** Outputs the module adds in front of the written ones, with fixed field ids (ChainOfThought: `reasoning`). */
  readonly addedOutputs: readonly Field[]
  /** The signature that the predictor `key` really prompts with. */
  signatureOf(key: string, written: Signature): Signature
  run(inputs: Values, call: (key: string, inputs: Values) => Promise<Values>): Promise<Values>
}

import type { Json, JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import type { LmSettings } from '../lm/lm'
import type { Tool } from '../tools/registry'
import type { BodyId } from '../program/program'
import type { CodeRunner } from '../user-code/code-runner'
import type { Signature } from '../signature/signature'
import type { StopReason } from '../trace/span'

export interface PredictOptions {
  /** Which of several samples of the same request; 0 by default. It enters the call key only when it is not 0. */
  readonly sample?: number
  /** Overrides the temperature of model and run. */
  readonly temperature?: number
  /** Settings of the step's own: they go before those of model and run, and before `temperature`. */
  readonly settings?: Partial<LmSettings>
  /** True for one of several completions of the same request: they need some chance. See `settingsOf` of `predict.ts`. */
  readonly isOneOfSeveral?: boolean
  /** Advice of an earlier attempt, shown as one more input. */
  readonly hint?: string
  /** The tool that the model has to call, where it is offered tools; where it is asked in words, `orHint` says so. */
  readonly toolChoice?: { readonly name: string; readonly orHint: string }
}

export interface AttemptOptions {
  /** What the keys of the predictors below start with: `module` makes `predict('react')` ask `module.react`. */
  readonly prefix: string
  readonly temperature: number
  /** Advice by predictor key, without the prefix. */
  readonly hints?: Readonly<Record<string, string>>
}

/** One of several tries of the same work. Its steps stand in the trace whether it is kept or not. */
export interface Attempt {
  readonly index: number
  readonly outputs?: Values
  /** Why it came to nothing; only failures of the program itself, everything else ends the step. */
  readonly error?: unknown
  /** Notes what the attempt is worth, as shown in the trace. */
  score(reward: number, feedback?: string): void
  /** From now on the attempt counts as the one that answered: optimizers learn from its steps alone. */
  keep(): void
  /** What its predictors were given and said, for advice. */
  steps(): readonly AttemptStep[]
}
export interface AttemptStep {
  readonly key: string
  readonly inputs: Values
  readonly outputs: Values
}

/** What a step may do while it runs. Everything goes on record: a span for each predictor, tool and attempt. */
export interface Scope {
  readonly signal: AbortSignal
  readonly runner: CodeRunner
  /** Which sample of everything this run of the step takes; 0 at first. */
  readonly rollout: number
  /** One named value as the step's adapter shows it in a prompt. */
  block(name: string, value: string): string
  /** Asks the predictor `key` of this step. Throws what the way to the model or the adapter throws. */
  predict(key: string, inputs: Values, options?: PredictOptions): Promise<Values>
  /** Asks the step's model a question that no optimizer tunes. */
  ask(title: string, signature: Signature, inputs: Values): Promise<Values>
  /** Runs a tool and notes its arguments and result; what `work` does within is noted below it. Throws what `work` throws. */
  tool(name: string, args: Values, work: (within: Scope) => Promise<Json>): Promise<Json>
  /** Calls a tool of the user with arguments that fit: from the record of the run, from its fixed answers, or for real. Throws what its kind throws. */
  call(tool: Tool, args: JsonObject): Promise<Json>
  /** The JavaScript by which a tool may run right beside other code; undefined where it has to be called. */
  sourceOf(tool: Tool): string | undefined
  /** Runs `work` as try number `index`; failures of the program itself come back in the attempt. Sample and temperature hold for all in it. */
  attempt(index: number, options: AttemptOptions, work: (inner: Scope) => Promise<Values>): Promise<Attempt>
  /** Runs one of the step's programs on these inputs. Throws what its steps throw. */
  run(body: BodyId, inputs: Values): Promise<Values>
  /** Says that the step ended at a bound rather than by itself. */
  stop(reason: StopReason): void
}

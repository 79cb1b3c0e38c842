import type { SourceKind } from './source-kind'
import type { Json } from '@/lib/json'

/**
 * Runs user JavaScript with no access to anything outside. `metric` sources are a function expression
 * `(example, prediction, trace) => …`; `code` sources are the body of `(inputs) => outputs`.
 */
export interface CodeRunner {
  /** Throws `EngineError` `code-failed` with line and message when the source does not compile. */
  load(source: string, kind: SourceKind): Promise<UserFunction>
  dispose(): void
}

/** A code runner that can also tell whether code would compile elsewhere. */
export interface ModuleChecker extends CodeRunner {
  /** Throws `code-failed` where this text is no module that compiles. Nothing of it runs. */
  checkModule(text: string): Promise<void>
}

export interface UserFunction {
  /** Throws `code-failed`, `sandbox-timeout` or `sandbox-memory`. */
  call(args: readonly Json[]): Promise<Json>
}

export interface CodeLimits {
  readonly timeoutMs: number
  readonly memoryBytes: number
}
export const defaultCodeLimits: CodeLimits = { timeoutMs: 2000, memoryBytes: 32 * 1024 * 1024 }

/**
 * How long a call may take. What a model wrote ends at a count of steps, which is the same on every machine, so that it runs again as it
 * ran; it has more time, in which a slow machine gets there, too.
 */
export function timeLimitOf({ timeoutMs }: CodeLimits, kind: SourceKind): number {
  return kind === 'script' ? 5 * timeoutMs : timeoutMs
}

/** The most steps (jumps and calls) of what a model wrote. */
export const mostScriptSteps = 10_000_000

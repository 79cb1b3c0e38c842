import type { Json } from '@/lib/json'

/**
 * Runs user JavaScript with no access to anything outside. `metric` sources are a function expression
 * `(example, prediction, trace) => …`; `code` sources are the body of `(inputs) => outputs`.
 */
export interface Sandbox {
  /** Throws `EngineError` `code-failed` with line and message when the source does not compile. */
  load(source: string, kind: 'metric' | 'code'): Promise<SandboxFunction>
  dispose(): void
}

export interface SandboxFunction {
  /** Throws `code-failed`, `sandbox-timeout` or `sandbox-memory`. */
  call(args: readonly Json[]): Promise<Json>
}

export interface SandboxLimits {
  readonly timeoutMs: number
  readonly memoryBytes: number
}
export const defaultSandboxLimits: SandboxLimits = { timeoutMs: 2000, memoryBytes: 32 * 1024 * 1024 }

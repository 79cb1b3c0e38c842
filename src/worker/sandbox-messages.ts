import type { ErrorJson } from '@/engine/base/errors'
import type { SandboxLimits } from '@/engine/sandbox/sandbox'
import type { Json } from '@/lib/json'

/** What the engine's worker asks the sandbox's worker: one at a time, each answered once. */
export type SandboxRequest =
  | { readonly type: 'open'; readonly limits: SandboxLimits }
  | { readonly type: 'load'; readonly handle: number; readonly source: string; readonly kind: 'metric' | 'code' }
  | { readonly type: 'call'; readonly handle: number; readonly args: readonly Json[] }

export type SandboxAnswer = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: ErrorJson }

import type { SourceKind } from './source-kind'
import type { Json } from '@/lib/json'
import type { ErrorJson } from '../base/errors'
import type { CodeLimits } from './code-runner'

/** What a host asks the thread of its code runner: one at a time, each answered once. */
export type CodeRequest =
  | { readonly type: 'open'; readonly limits: CodeLimits }
  | { readonly type: 'load'; readonly handle: number; readonly source: string; readonly kind: SourceKind }
  | { readonly type: 'check-module'; readonly text: string }
  | { readonly type: 'call'; readonly handle: number; readonly args: readonly Json[] }

export type CodeAnswer = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: ErrorJson }

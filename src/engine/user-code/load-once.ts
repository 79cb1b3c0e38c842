import type { SourceKind } from './source-kind'
import type { CodeRunner, UserFunction } from './code-runner'

/** Compiled once per code runner: a run calls the same source thousands of times. */
export function loadOnce(runner: CodeRunner, source: string, kind: SourceKind): Promise<UserFunction> {
  let functions = loaded.get(runner)
  if (functions === undefined) loaded.set(runner, (functions = new Map()))
  const key = `${kind} ${source}`
  let body = functions.get(key)
  if (body === undefined) functions.set(key, (body = runner.load(source, kind)))
  return body
}

const loaded = new WeakMap<CodeRunner, Map<string, Promise<UserFunction>>>()

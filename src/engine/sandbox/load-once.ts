import type { Sandbox, SandboxFunction } from './sandbox'

/** Compiled once per sandbox: a run calls the same source thousands of times. */
export function loadOnce(sandbox: Sandbox, source: string, kind: 'metric' | 'code'): Promise<SandboxFunction> {
  let functions = loaded.get(sandbox)
  if (functions === undefined) loaded.set(sandbox, (functions = new Map()))
  const key = `${kind} ${source}`
  let body = functions.get(key)
  if (body === undefined) functions.set(key, (body = sandbox.load(source, kind)))
  return body
}

const loaded = new WeakMap<Sandbox, Map<string, Promise<SandboxFunction>>>()

import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'
import { EngineError } from '../base/errors'
import type { Clock } from '../base/clock'
import { prelude } from './prelude'
import { defaultSandboxLimits, type Sandbox, type SandboxLimits } from './sandbox'
import { readUserSource } from './user-source'

/**
 * A sandbox of QuickJS in WebAssembly, in this very thread: user code sees no global of ours, no clock and no chance, and is stopped
 * at its limits. A loaded function lives in a runtime of its own; a runtime that broke a limit is thrown away.
 * One native operation can outlive the deadline for seconds (a sort of millions), so the page puts this in a worker it can end.
 */
export async function createQuickJsSandbox(
  limits: SandboxLimits = defaultSandboxLimits,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<Sandbox> {
  const load = (): Promise<QuickJSWASMModule> => newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory: boundedMemory(limits) }))
  let wasm = await load()
  /** Least recently used first. */
  const live = new Map<object, Instance>()

  function start(owner: object, source: string, kind: 'metric' | 'code'): Instance {
    const started = compile(wasm, source, kind, limits, clock)
    live.set(owner, started)
    const [oldest] = live.keys()
    if (live.size > mostLive && oldest) stop(oldest)
    return started
  }

  function stop(owner: object): void {
    live.get(owner)?.dispose()
    live.delete(owner)
  }

  /** After a failure inside the WebAssembly machine itself nothing in it can be trusted. */
  async function replace(): Promise<void> {
    live.clear()
    wasm = await load()
  }

  async function guarded<T>(owner: object, work: () => T): Promise<T> {
    try {
      return work()
    } catch (error) {
      if (error instanceof EngineError) {
        if (error.code !== 'code-failed') stop(owner)
        throw error
      }
      await replace()
      throw brokenMachine(error)
    }
  }

  return {
    async load(source, kind) {
      const owner = {}
      await guarded(owner, () => start(owner, source, kind))
      return {
        call: args =>
          guarded(owner, () => {
            const instance = live.get(owner) ?? start(owner, source, kind)
            live.delete(owner)
            live.set(owner, instance)
            return instance.call(args)
          }),
      }
    },
    dispose() {
      for (const owner of live.keys()) stop(owner)
    },
  }
}

/** QuickJS does not count typed arrays towards a runtime's limit; the machine's own memory is what ends them. */
function boundedMemory({ memoryBytes }: SandboxLimits): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: startPages, maximum: startPages + Math.ceil((3 * memoryBytes) / pageBytes) })
}

const pageBytes = 65_536
/** What the module is built to start with. */
const startPages = 256

interface Instance {
  call(args: readonly Json[]): Json
  dispose(): void
}

const mostLive = 8
/** Characters of JSON a function may return. */
const maxResultLength = 1024 * 1024
/** Bytes; more lets deep recursion reach the end of the host's own stack first. */
const stackBytes = 192 * 1024

function compile(
  wasm: QuickJSWASMModule,
  source: string,
  kind: 'metric' | 'code',
  limits: SandboxLimits,
  clock: Pick<Clock, 'now'>,
): Instance {
  const runtime = wasm.newRuntime()
  runtime.setMemoryLimit(limits.memoryBytes)
  runtime.setMaxStackSize(stackBytes)
  const vm = runtime.newContext()
  const guard: Guard = { vm, runtime, limits, clock, kind, lineCount: source.trimEnd().split('\n').length }
  // QuickJS ends the whole machine when a runtime is freed while something in it is still held.
  const held: QuickJSHandle[] = []
  const hold = (handle: QuickJSHandle): QuickJSHandle => {
    held.push(handle)
    return handle
  }
  try {
    const wrap = hold(unwrap(guard, vm.evalCode(prelude, 'prelude.js')))
    const userFunction = hold(timed(guard, () => evaluate(guard, source)))
    const run = hold(unwrap(guard, vm.callFunction(wrap, vm.undefined, userFunction, hold(vm.newNumber(maxResultLength)))))
    if (vm.typeof(run) !== 'function') {
      throw new EngineError(
        'code-failed',
        'The metric is not a function. Write (example, prediction, trace) => a number, a boolean or { score, feedback }.',
      )
    }
    return {
      call: args => callFunction(guard, run, args),
      dispose: () => end(guard, held),
    }
  } catch (error) {
    if (error instanceof EngineError) end(guard, held)
    throw error
  }
}

interface Guard {
  readonly vm: QuickJSContext
  readonly runtime: QuickJSRuntime
  readonly limits: SandboxLimits
  readonly clock: Pick<Clock, 'now'>
  readonly kind: 'metric' | 'code'
  /** Lines the user wrote. */
  readonly lineCount: number
}

function evaluate(guard: Guard, source: string): QuickJSHandle {
  const scripts = readUserSource(source, guard.kind)
  for (const script of scripts.slice(0, -1)) {
    const result = guard.vm.evalCode(script.code, script.fileName)
    if (!result.error) return result.value
    const thrown: unknown = guard.vm.dump(result.error)
    if (!isJsonObject(thrown) || thrown['name'] !== 'SyntaxError') return unwrap(guard, result)
    result.error.dispose()
  }
  const last = scripts.at(-1)
  if (!last) throw new Error('a source has at least one reading')
  return unwrap(guard, guard.vm.evalCode(last.code, last.fileName))
}

function callFunction(guard: Guard, run: QuickJSHandle, args: readonly Json[]): Json {
  const { vm } = guard
  const text = vm.newString(JSON.stringify(args))
  try {
    const tagged = timed(guard, () => unwrap(guard, vm.callFunction(run, vm.undefined, text)).consume(handle => vm.getString(handle)))
    return readResult(tagged, guard.kind)
  } finally {
    text.dispose()
  }
}

function readResult(tagged: string, kind: 'metric' | 'code'): Json {
  if (tagged.startsWith('=')) {
    const parsed = parseJson(tagged.slice(1))
    if (parsed.ok) return parsed.value
    throw new EngineError('code-failed', 'The result is nested too deeply to be read.')
  }
  const what = kind === 'metric' ? 'The metric' : 'The code'
  const wanted = kind === 'metric' ? 'a number, a boolean or { score, feedback }' : 'an object with one value for each output'
  const [tag = '', ...rest] = tagged.split(' ')
  const detail = rest.join(' ')
  const sentences: Readonly<Record<string, string>> = {
    undefined: `${what} returned nothing. Return ${wanted} on every path.`,
    function: `${what} returned a function. Return ${wanted}.`,
    promise: `${what} is asynchronous. Remove async and await: it has nothing to wait for.`,
    number: `${what} returned ${detail}. Look for a division by zero or a missing value.`,
    part: `${what} returned ${rest.at(-1) ?? 'NaN'} in "${rest.slice(0, -1).join(' ')}". Look for a division by zero or a missing value.`,
    long: `${what} returned ${Math.round(Number(detail) / 1024)} KB of JSON; at most 1 MB is taken.`,
  }
  throw new EngineError('code-failed', sentences[tag] ?? `${what} returned something that is not JSON.`, { returned: tagged })
}

function timed<T>({ runtime, limits, clock }: Guard, work: () => T): T {
  const deadline = clock.now() + limits.timeoutMs
  runtime.setInterruptHandler(() => clock.now() > deadline)
  try {
    return work()
  } finally {
    runtime.removeInterruptHandler()
  }
}

function unwrap(guard: Guard, result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
  if (!result.error) return result.value
  const thrown: unknown = result.error.consume(handle => guard.vm.dump(handle))
  throw userError(thrown, guard)
}

function userError(thrown: unknown, { limits, kind, lineCount }: Guard): EngineError {
  const what = kind === 'metric' ? 'The metric' : 'The code'
  // With no memory left there is none for an error object either, and QuickJS throws null.
  if (thrown === null) return outOfMemory(what, limits)
  if (!isJsonObject(thrown)) return new EngineError('code-failed', `${what} threw ${JSON.stringify(thrown)}.`)
  const name = typeof thrown['name'] === 'string' ? thrown['name'] : 'Error'
  const message = typeof thrown['message'] === 'string' ? thrown['message'] : ''
  if (name === 'InternalError' && message === 'interrupted')
    return new EngineError(
      'sandbox-timeout',
      `${what} ran longer than ${limits.timeoutMs} ms and was stopped. Look for a loop that does not end.`,
      { timeoutMs: limits.timeoutMs },
    )
  if (name === 'InternalError' && /out of memory/.test(message)) return outOfMemory(what, limits)
  if (/stack (overflow|size exceeded)/.test(message))
    return new EngineError('code-failed', `${what} calls itself too deeply. Look for a recursion that does not end.`)
  const found = lineOf(thrown['stack'])
  // Behind the user's last line stands only what closes our frame around it: met there, the source itself was not at its end.
  const isPastEnd = found !== undefined && found > lineCount
  const line = isPastEnd ? lineCount : found
  const reason = isPastEnd ? 'a bracket is missing or one too many, or the last expression is not finished' : message
  const where = line === undefined ? '' : ` (line ${line})`
  const verb = name === 'SyntaxError' ? 'does not compile' : 'failed'
  return new EngineError(
    'code-failed',
    `${what} ${verb}${where}: ${name === 'Error' || name === 'SyntaxError' ? '' : `${name}: `}${reason}`,
    // What was thrown, without words of ours: an agent reads it, and reads the same where the code runs outside of a sandbox.
    { thrown: `${name}: ${message}`, ...(line !== undefined && { line }) },
  )
}

/** The first frame in the user's file: `at f (metric.js:3:5)` or `at metric.js:3`. */
function lineOf(stack: Json | undefined): number | undefined {
  const line = typeof stack === 'string' ? /(?:metric|code)\.js:(\d+)/.exec(stack)?.[1] : undefined
  return line === undefined ? undefined : Number(line)
}

function outOfMemory(what: string, { memoryBytes }: SandboxLimits): EngineError {
  return new EngineError(
    'sandbox-memory',
    `${what} used more than ${Math.round(memoryBytes / 1024 / 1024)} MB of memory and was stopped.`,
    { memoryBytes },
  )
}

function brokenMachine(error: unknown): EngineError {
  const reason = error instanceof Error ? error.message : String(error)
  return new EngineError(
    'sandbox-memory',
    `The code broke the sandbox and was stopped: it is nested too deeply or needs too much memory (${reason.slice(0, 120)}).`,
    {},
    error,
  )
}

/** QuickJS asserts that nothing is left when it ends; after an out-of-memory something may be. */
function end({ vm, runtime }: Guard, held: readonly QuickJSHandle[]): void {
  try {
    for (const handle of held) handle.dispose()
    vm.dispose()
    runtime.dispose()
  } catch {
    // The runtime is not used again either way.
  }
}

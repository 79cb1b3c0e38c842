import { cutText } from '@/lib/cut-text'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import { deepestValue, parseJson, type Json } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'
import { EngineError } from '../base/errors'
import type { Clock } from '../base/clock'
import { prelude } from './prelude'
import { defaultCodeLimits, mostScriptSteps, timeLimitOf, type CodeLimits, type ModuleChecker } from './code-runner'
import { longestResult, pauseName, returnedWords, sourceWords, type BadReturn, type SourceKind } from './source-kind'
import { readThrown, unreadable, userError, type Thrown } from './user-error'
import { readUserSource } from './user-source'

/**
 * A code runner of QuickJS in WebAssembly, in this very thread: user code sees no global of ours, no clock and no chance, and is stopped
 * at its limits. A loaded function lives in a runtime of its own; a runtime that broke a limit is thrown away.
 * One native operation can outlive the deadline for seconds (a sort of millions), so the page puts this in a worker it can end.
 */
export async function createQuickJsRunner(
  limits: CodeLimits = defaultCodeLimits,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<ModuleChecker> {
  let machine = await startMachine(limits)
  /** Least recently used first. */
  const live = new Map<object, Instance>()

  function start(owner: object, source: string, kind: SourceKind): Instance {
    const started = compile(machine, source, kind, limits, clock)
    live.set(owner, started)
    const [oldest] = live.keys()
    if (live.size > mostLive && oldest) stop(oldest)
    return started
  }

  function stop(owner: object): void {
    live.get(owner)?.dispose()
    live.delete(owner)
  }

  /**
   * After a failure inside the WebAssembly machine itself nothing in it can be trusted. A machine whose memory has reached the limit
   * never gives it back: in a new one, a full memory says something about the call at hand.
   */
  async function replace(): Promise<void> {
    live.clear()
    machine = await startMachine(limits)
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
    } finally {
      if (machine.isFull()) await replace()
    }
  }

  return {
    async load(source, kind) {
      const owner = {}
      await guarded(owner, () => start(owner, source, kind))
      return {
        call: args =>
          guarded(owner, () => {
            if (sourceWords[kind].isFresh) stop(owner)
            const instance = live.get(owner) ?? start(owner, source, kind)
            live.delete(owner)
            live.set(owner, instance)
            return instance.call(args)
          }),
      }
    },
    checkModule: text => guarded({}, () => checkModule(machine, text, limits, clock)),
    dispose() {
      for (const owner of live.keys()) stop(owner)
    },
  }
}

interface Machine {
  readonly wasm: QuickJSWASMModule
  /** Whether its memory has grown to what a single function may use. */
  isFull(): boolean
}

async function startMachine(limits: CodeLimits): Promise<Machine> {
  const wasmMemory = boundedMemory(limits)
  const wasm = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }))
  return { wasm, isFull: () => wasmMemory.buffer.byteLength >= Math.max(limits.memoryBytes, (startPages + 1) * pageBytes) }
}

/** QuickJS does not count typed arrays towards a runtime's limit; the machine's own memory is what ends them. */
function boundedMemory({ memoryBytes }: CodeLimits): WebAssembly.Memory {
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
/** Bytes; more lets deep recursion reach the end of the host's own stack first. */
const stackBytes = 192 * 1024

function newRuntime(machine: Machine, limits: CodeLimits): QuickJSRuntime {
  const runtime = machine.wasm.newRuntime()
  runtime.setMemoryLimit(limits.memoryBytes)
  runtime.setMaxStackSize(stackBytes)
  return runtime
}

function compile(machine: Machine, source: string, kind: SourceKind, limits: CodeLimits, clock: Pick<Clock, 'now'>): Instance {
  const runtime = newRuntime(machine, limits)
  const vm = runtime.newContext()
  const guard: Guard = { vm, runtime, machine, limits, clock, kind, lineCount: source.trimEnd().split('\n').length, steps: 0 }
  // QuickJS ends the whole machine when a runtime is freed while something in it is still held.
  const held: QuickJSHandle[] = []
  const hold = (handle: QuickJSHandle): QuickJSHandle => {
    held.push(handle)
    return handle
  }
  try {
    const ours = hold(unwrap(guard, vm.evalCode(prelude, 'prelude.js')))
    const wrap = hold(vm.getProp(ours, 'wrap'))
    guard.describe = hold(vm.getProp(ours, 'describe'))
    if (kind === 'script') givePause(guard)
    const userFunction = hold(timed(guard, () => evaluate(guard, source)))
    const run = hold(unwrap(guard, vm.callFunction(wrap, vm.undefined, userFunction, hold(vm.newNumber(longestResult)))))
    if (vm.typeof(run) !== 'function') {
      throw new EngineError(
        'code-failed',
        `${sourceWords[kind].what} is not a function. Write ${sourceWords[kind].head} => ${sourceWords[kind].wanted}.`,
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

/** What it imports is found nowhere, which is noticed between compiling and running: so nothing of a module that compiles ever runs. */
function checkModule(machine: Machine, text: string, limits: CodeLimits, clock: Pick<Clock, 'now'>): void {
  const runtime = newRuntime(machine, limits)
  const vm = runtime.newContext()
  const guard: Guard = { vm, runtime, machine, limits, clock, kind: 'code', lineCount: text.trimEnd().split('\n').length, steps: 0 }
  const held: QuickJSHandle[] = []
  try {
    const ours = unwrap(guard, vm.evalCode(prelude, 'prelude.js'))
    held.push(ours)
    guard.describe = vm.getProp(ours, 'describe')
    held.push(guard.describe)
    const result = timed(guard, () => vm.evalCode(`import ${JSON.stringify(nowhere)};${text}`, 'code.js', { type: 'module' }))
    if (!result.error) throw new Error('a module without what it imports has run')
    const thrown = result.error.consume(handle => describeThrown(guard, handle))
    const isCompiled = thrown.type === 'error' && thrown.name === 'ReferenceError' && thrown.message.includes(nowhere)
    if (!isCompiled) throw whatFailed(thrown, guard)
  } finally {
    end(guard, held)
  }
}
const nowhere = 'nowhere:'

interface Guard {
  readonly vm: QuickJSContext
  readonly runtime: QuickJSRuntime
  readonly machine: Machine
  readonly limits: CodeLimits
  readonly clock: Pick<Clock, 'now'>
  readonly kind: SourceKind
  /** Lines the user wrote. */
  readonly lineCount: number
  /** The prelude's; there is none while the prelude itself is read. */
  describe?: QuickJSHandle
  /** When the work at hand is stopped. */
  deadline?: number
  /** Steps taken so far, about. */
  steps: number
  /** JSON that the code handed out before its end, and that is what the call returns; the code is stopped and cannot notice. */
  paused?: string
}

/**
 * Gives a script `pauseScript`, by which it ends with what it hands over, wherever it is. What it throws instead could be caught by the
 * code that it runs.
 */
function givePause(guard: Guard): void {
  const { vm } = guard
  vm.newFunction(pauseName, handed => {
    guard.paused ??= vm.getString(handed)
    return vm.undefined
  }).consume(pause => vm.setProp(vm.global, pauseName, pause))
}

function evaluate(guard: Guard, source: string): QuickJSHandle {
  const scripts = readUserSource(source, guard.kind)
  for (const script of scripts.slice(0, -1)) {
    const result = guard.vm.evalCode(script.code, script.fileName)
    if (!result.error) return result.value
    const thrown = result.error.consume(handle => describeThrown(guard, handle))
    if (thrown.type !== 'error' || thrown.name !== 'SyntaxError') throw whatFailed(thrown, guard)
  }
  const last = scripts.at(-1)
  if (!last) throw new Error('a source has at least one reading')
  return unwrap(guard, guard.vm.evalCode(last.code, last.fileName))
}

function callFunction(guard: Guard, run: QuickJSHandle, args: readonly Json[]): Json {
  const { vm } = guard
  const text = vm.newString(JSON.stringify(args))
  try {
    const tagged = timed(guard, () => {
      const result = vm.callFunction(run, vm.undefined, text)
      if (guard.paused === undefined) return unwrap(guard, result).consume(handle => vm.getString(handle))
      result.dispose()
      return `=${guard.paused}`
    })
    return readResult(tagged, guard.kind)
  } finally {
    text.dispose()
  }
}

function readResult(tagged: string, kind: SourceKind): Json {
  const parsed = parseJson(tagged.slice(1), { deepest: deepestValue })
  if (!parsed.ok) throw new EngineError('code-failed', 'The result is nested too deeply to be read.')
  if (tagged.startsWith('=')) return parsed.value
  // What the prelude wrote; user code cannot reach its `JSON`.
  throw new EngineError('code-failed', returnedWords(kind, parsed.value as unknown as BadReturn))
}

function timed<T>(guard: Guard, work: () => T, timeoutMs = timeLimitOf(guard.limits, guard.kind)): T {
  const { runtime, clock } = guard
  const outer = guard.deadline
  const deadline = clock.now() + timeoutMs
  const until = (end: number): void => {
    guard.deadline = end
    runtime.setInterruptHandler(() => {
      guard.steps += stepsPerLook
      return guard.paused !== undefined || isOverSteps(guard) || clock.now() > end
    })
  }
  until(deadline)
  try {
    return work()
  } finally {
    if (outer !== undefined) until(outer)
    else {
      delete guard.deadline
      runtime.removeInterruptHandler()
    }
  }
}

/** What QuickJS does between two looks at whether to go on. */
const stepsPerLook = 10_000

function isOverSteps({ kind, steps }: Guard): boolean {
  return kind === 'script' && steps > mostScriptSteps
}

function unwrap(guard: Guard, result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
  if (!result.error) return result.value
  throw whatFailed(
    result.error.consume(handle => describeThrown(guard, handle)),
    guard,
  )
}

function whatFailed(thrown: Thrown, guard: Guard): EngineError {
  const { kind, limits, lineCount, machine } = guard
  return userError(thrown, { kind, limits, lineCount, isFull: machine.isFull(), isOverSteps: isOverSteps(guard) })
}

/** Looked at inside the machine, where a getter or a proxy can do no harm; it has a time of its own, as the code may have used up its. */
function describeThrown(guard: Guard, handle: QuickJSHandle): Thrown {
  const { vm, describe, machine } = guard
  if (describe === undefined) return unreadable
  return timed(
    guard,
    () => {
      const result = vm.callFunction(describe, vm.undefined, handle)
      if (!result.error) return readThrown(result.value.consume(said => vm.getString(said)))
      result.error.dispose()
      return machine.isFull() ? { type: 'null' } : unreadable
    },
    describeMs,
  )
}

const describeMs = 200

function brokenMachine(error: unknown): EngineError {
  const reason = error instanceof Error ? error.message : String(error)
  return new EngineError(
    'sandbox-memory',
    `The code broke its runner and was stopped: it is nested too deeply or needs too much memory (${cutText(reason, 120)}).`,
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

import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import { isEngineError } from '../base/errors'
import type { CodeRunner } from './code-runner'
import { loadOnce } from './load-once'

/** Code that a model wrote, with what it may use. */
export interface ModelScript {
  /** What it finds under `inputs`. */
  readonly inputs: Values
  /** Functions of the user, which it may call by their names: with an object of arguments, or with the arguments in their order. */
  readonly tools?: readonly ScriptTool[]
  /** Blocks of code in the order they were written. Those before the last ran before, and run again: what they left is there again. */
  readonly blocks: readonly string[]
}

export interface ScriptTool {
  readonly name: string
  readonly args: readonly { readonly name: string; readonly isOptional: boolean }[]
  /** The body of a function of `inputs`. */
  readonly source: string
}

/** What the last block did. */
export interface ScriptEnd {
  /** What it printed, the longest of it cut off at its end. */
  readonly printed: string
  /** What it handed to `SUBMIT`, which ends it. */
  readonly submitted?: Json
  /** The value of its last expression; absent where there is none. */
  readonly value?: Json
  /** Why it failed, in words for whoever wrote it. */
  readonly error?: string
  /** True where it was stopped at the count of steps: to run it again would end there, too. */
  readonly isStopped?: true
  readonly calls: readonly ScriptCall[]
}

/** One call of a tool by the last block. */
export interface ScriptCall {
  readonly name: string
  readonly args: JsonObject
  readonly result?: Json
  readonly error?: string
}

/**
 * Runs what a model wrote, in a machine that nothing ran in before and that is thrown away after it: no network, no files, no clock, no
 * chance, bounds on memory, time and steps. What goes wrong in the code is part of the end, as whoever wrote it may do better. Throws
 * `sandbox-timeout` and `sandbox-memory` where the machine itself gave up: how far it comes is no property of the code, and an answer
 * that depended on it would not come again.
 * Differs: DSPy keeps a Python interpreter from block to block. The blocks before run again instead, so that a run that is resumed, its
 * replay and the exported program are where the first one was without anything that is kept between two calls.
 */
export async function runModelScript(runner: CodeRunner, { inputs, tools = [], blocks }: ModelScript): Promise<ScriptEnd> {
  const script = await loadOnce(runner, scriptBody, 'script')
  try {
    // Tools are plain objects of texts and flags.
    return readEnd(await script.call([{ values: inputs, tools: tools as unknown as Json, blocks, longest: longestPrinted }]))
  } catch (error) {
    if (isEngineError(error, 'sandbox-timeout') && error.facts['steps'] !== undefined)
      return { printed: '', error: error.message, isStopped: true, calls: [] }
    if (isEngineError(error, 'code-failed')) return { printed: '', error: error.message, calls: [] }
    throw error
  }
}

/** Characters that a block may print: more would push everything else out of a prompt. */
const longestPrinted = 10_000

function readEnd(end: Json): ScriptEnd {
  // Our own code made it; what a model's code put into it are its texts and values.
  return isJsonObject(end) ? (end as unknown as ScriptEnd) : { printed: '', error: 'The code broke what runs it.', calls: [] }
}

/**
 * The body of a function in the code runner. It holds on to what it needs of the language before anything of the model's runs. Blocks are
 * scripts of the global scope: what they declare by `var` or `function` is there for the next, and the value of the last expression is theirs.
 */
export const scriptBody = `
const { values, tools, blocks, longest } = inputs
const { stringify, parse } = JSON, { keys, fromEntries, hasOwn } = Object
const evaluate = eval, Make = Function, Wrong = TypeError, Missing = ReferenceError, isList = Array.isArray, text = String
const stop = {}
let printed, calls, submitted, isDone
const json = value => {
  if (typeof value === 'number' && !(value - value === 0)) return text(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return text(value)
  if (typeof value === 'function') return 'a function'
  const written = stringify(value, (at, part) => typeof part === 'bigint' ? text(part) : part)
  return written === undefined ? null : parse(written)
}
const shown = value => {
  if (typeof value === 'string') return value
  if (value === undefined) return 'undefined'
  if (value instanceof Error) return value.name + ': ' + value.message
  const safe = json(value)
  return typeof safe === 'string' ? safe : stringify(safe)
}
const print = (...parts) => {
  if (printed.length > longest) return
  const line = parts.map(shown).join(' ')
  printed += (printed === '' ? '' : '\\n') + line.slice(0, longest + 1)
}
const lasting = { value: undefined, writable: true, enumerable: false, configurable: true }
const give = (name, value) => Object.defineProperty(globalThis, name, { ...lasting, value })
give('print', print)
give('console', { log: print, info: print, warn: print, error: print, debug: print })
give('SUBMIT', (...given) => {
  if (given.length !== 1 || given[0] === undefined) throw new Wrong('SUBMIT takes one object with the outputs by name.')
  submitted = json(given[0])
  isDone = true
  throw stop
})
for (const { name, args, source } of tools) {
  const run = new Make('inputs', source)
  const names = args.map(one => one.name)
  give(name, (...given) => {
    const [only] = given
    const isNamed = given.length === 1 && typeof only === 'object' && only !== null && !isList(only) && keys(only).every(key => names.includes(key))
    if (!isNamed && given.length > names.length) throw new Wrong(name + ' takes ' + names.length + ' arguments: ' + names.join(', '))
    const taken = json(isNamed ? only : fromEntries(given.map((value, at) => [names[at], value])))
    for (const { name: argument, isOptional } of args) {
      if (hasOwn(taken, argument)) continue
      if (!isOptional) throw new Wrong(name + ': the argument "' + argument + '" is missing')
      taken[argument] = null
    }
    const call = { name, args: parse(stringify(taken)) }
    if (calls.length < 100) calls.push(call)
    try {
      const result = run(taken)
      call.result = json(result)
      return result
    } catch (error) {
      call.error = shown(error)
      throw error
    }
  })
}
const placeOf = thrown => {
  const line = thrown instanceof Error ? /<input>:([0-9]{1,6})/.exec(text(thrown.stack)) : null
  return line === null ? '' : ' (line ' + line[1] + ')'
}
let value, error
for (const block of blocks) {
  printed = ''
  calls = []
  submitted = value = error = undefined
  isDone = false
  give('inputs', parse(stringify(values)))
  try {
    value = evaluate(block)
  } catch (thrown) {
    if (!isDone) error = shown(thrown) + placeOf(thrown)
    if (!isDone && blocks.length > 1 && thrown instanceof Missing) error += '. What a later block needs is declared by var or function.'
  }
}
if (!isDone && value !== null && typeof value === 'object' && typeof value.then === 'function') {
  error = 'The code is asynchronous, and nothing here waits for it. Write it without async, await and promises.'
}
const end = { printed: printed.length > longest ? printed.slice(0, longest) + '… (the rest is left out)' : printed, calls }
if (isDone) return { ...end, submitted }
if (error !== undefined) return { ...end, error }
try {
  return value === undefined ? end : { ...end, value: json(value) }
} catch (wrong) {
  return { ...end, error: shown(wrong) }
}
`

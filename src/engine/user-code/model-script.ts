import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import { isEngineError } from '../base/errors'
import type { CodeRunner } from './code-runner'
import { loadOnce } from './load-once'
import { pauseName } from './source-kind'

/** Code that a model wrote, with what it may use. */
export interface ModelScript {
  /** What it finds under `inputs`. */
  readonly inputs: Values
  /** Functions of the user, which it may call by their names: with an object of arguments, or with the arguments in their order. */
  readonly tools?: readonly ScriptTool[]
  /** Blocks of code in the order they were written. Those before the last ran before, and run again: what they left is there again. */
  readonly blocks: readonly string[]
  /** Set where the code explores its inputs and asks a model about them. */
  readonly repl?: ReplScript
  /** What tools outside of the machine answered, in the order they were called; `callOutside` adds to them. */
  readonly answers?: ScriptAnswer[]
  /** Calls such a tool. Throws what ends the work of the step; a failure for the code to see is an answer. */
  callOutside?(name: string, args: JsonObject): Promise<ScriptAnswer>
}

/** What code that explores its inputs has beside those without: each input as a variable of its name, and a model to ask. */
export interface ReplScript {
  /** What `SUBMIT` takes in their order, where it is not given an object. */
  readonly outputs: readonly string[]
  /** The most prompts of all blocks together; more are an error of the code. */
  readonly mostQueries: number
  /** What came of the questions asked so far, in their order; each may have been several prompts. */
  readonly answers: readonly QueryAnswers[]
  /** Characters that a block may print. */
  readonly longest: number
}

export type QueryAnswers = readonly ({ readonly text: string } | { readonly error: string })[]

export interface ScriptTool {
  readonly name: string
  readonly args: readonly { readonly name: string; readonly isOptional: boolean }[]
  /** The body of a function of `inputs`; absent for a tool that is called outside of the machine. */
  readonly source?: string
}

/** What a tool outside of the machine answered. */
export interface ScriptAnswer {
  readonly value?: Json
  readonly error?: string
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
  /** The prompts of the question at which it waits. It goes on where it is run again with their answers. */
  readonly asks?: readonly string[]
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
 * Code that asks a model ends at its question; it runs again from the start with the answer, and so on to its end.
 * Differs: DSPy keeps a Python interpreter from block to block. The blocks before run again instead, so that a run that is resumed, its
 * replay and the exported program are where the first one was without anything that is kept between two calls. So does a block that calls a
 * tool outside of the machine: it ends there, the tool is called, and the block runs again with what was answered, up to its next such call.
 */
export async function runModelScript(runner: CodeRunner, script: ModelScript): Promise<ScriptEnd> {
  const { answers = [], callOutside } = script
  const before = answers.length
  for (;;) {
    const end = await runOnce(runner, { ...script, answers })
    if (end.outside === undefined) return end
    if (callOutside === undefined) throw new Error('a script calls a tool that nobody can call')
    const { name, args } = end.outside
    answers.push(answers.length - before < mostOutside ? await callOutside(name, args) : tooMany)
  }
}

/** Each call outside runs the blocks once more. */
const mostOutside = 50
const tooMany: ScriptAnswer = { error: `a block of code calls such tools ${mostOutside} times at most` }

async function runOnce(runner: CodeRunner, { inputs, tools = [], blocks, answers = [], repl }: ModelScript): Promise<StoppedEnd> {
  const script = await loadOnce(runner, scriptBody, 'script')
  try {
    // Tools and answers are plain objects of values, texts and flags.
    const parts = { tools: tools as unknown as Json, answers: answers as unknown as Json, repl: (repl ?? null) as unknown as Json }
    return readEnd(await script.call([{ values: inputs, ...parts, blocks, longest: repl?.longest ?? longestPrinted }]))
  } catch (error) {
    if (isEngineError(error, 'sandbox-timeout') && error.facts['steps'] !== undefined)
      return { printed: '', error: error.message, isStopped: true, calls: [] }
    if (isEngineError(error, 'code-failed')) return { printed: '', error: error.message, calls: [] }
    throw error
  }
}

/** `outside` is there where the machine stopped at a call of a tool outside of it. */
type StoppedEnd = ScriptEnd & { readonly outside?: { readonly name: string; readonly args: JsonObject } }

/** Characters that a block may print: more would push everything else out of a prompt. */
const longestPrinted = 10_000

function readEnd(end: Json): StoppedEnd {
  // Our own code made it; what a model's code put into it are its texts and values.
  return isJsonObject(end)
    ? { printed: '', calls: [], ...(end as unknown as Partial<StoppedEnd>) }
    : { printed: '', error: 'The code broke what runs it.', calls: [] }
}

/**
 * The body of a function in the code runner. It holds on to what it needs of the language before anything of the model's runs. Blocks are
 * scripts of the global scope: what they declare by `var` or `function` is there for the next, and the value of the last expression is theirs.
 */
export const scriptBody = `
const { values, tools, blocks, repl = null, longest, answers = [] } = inputs
const pause = globalThis.${pauseName}
delete globalThis.${pauseName}
const { stringify, parse } = JSON, { keys, fromEntries, hasOwn } = Object
const evaluate = eval, Make = Function, Wrong = TypeError, Failed = Error, Missing = ReferenceError, isList = Array.isArray, text = String
const stop = {}
let printed, calls, submitted, isDone
let outsideCalls = 0
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
const isPlain = value => typeof value === 'object' && value !== null && !isList(value)
give('SUBMIT', (...given) => {
  const [only] = given
  const isNamed = given.length === 1 && only !== undefined && (repl === null || (isPlain(only) && keys(only).some(key => repl.outputs.includes(key))))
  if (!isNamed && (repl === null || given.length !== repl.outputs.length)) throw new Wrong('SUBMIT takes one object with the outputs by name.')
  submitted = json(isNamed ? only : fromEntries(given.map((value, at) => [repl.outputs[at], value === undefined ? null : value])))
  isDone = true
  throw stop
})
if (repl !== null) {
  const { mostQueries, answers } = repl
  let asked = 0, question = 0
  const ask = prompts => {
    for (const prompt of prompts) if (typeof prompt !== 'string' || prompt === '') throw new Wrong('A prompt has to be a text that is not empty.')
    if (asked + prompts.length > mostQueries)
      throw new Failed('The limit of ' + mostQueries + ' prompts is reached: ' + asked + ' were asked, and ' + prompts.length + ' more are too many. Go on without asking.')
    asked += prompts.length
    const known = answers[question]
    question += 1
    if (known !== undefined) return known
    pause(stringify({ asks: prompts }))
    for (;;);
  }
  give('llm_query', prompt => {
    const [{ text: answer, error }] = ask([prompt])
    if (error !== undefined) throw new Failed(error)
    return answer
  })
  give('llm_query_batched', prompts => {
    if (!isList(prompts)) throw new Wrong('llm_query_batched takes a list of prompts.')
    return prompts.length === 0 ? [] : ask(prompts).map(({ text: answer, error }) => error === undefined ? answer : '[ERROR] ' + error)
  })
}
const ask = (name, taken) => {
  const answer = answers[outsideCalls]
  if (answer === undefined) {
    pause(stringify({ outside: { name, args: taken } }))
    for (;;);
  }
  outsideCalls += 1
  if (hasOwn(answer, 'error')) throw new Failed(answer.error)
  return parse(stringify(answer.value))
}
for (const { name, args, source } of tools) {
  const run = source === undefined ? taken => ask(name, taken) : new Make('inputs', source)
  const names = args.map(one => one.name)
  give(name, (...given) => {
    const [only] = given
    const isNamed = given.length === 1 && isPlain(only) && keys(only).every(key => names.includes(key))
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
  const own = fromEntries(keys(values).map(key => [key, typeof values[key] === 'string' ? values[key] : parse(stringify(values[key]))]))
  if (repl !== null) for (const key of keys(own)) give(key, own[key])
  give('inputs', own)
  try {
    value = evaluate(block)
  } catch (thrown) {
    if (!isDone) error = shown(thrown) + placeOf(thrown)
    if (error !== undefined && blocks.length > 1 && thrown instanceof Missing) error += '. What a later block needs is declared by var or function.'
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

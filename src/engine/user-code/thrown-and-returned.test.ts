import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isEngineError, type EngineError } from '../base/errors'
import { createQuickJsRunner } from './quickjs'
import { badReturn, returnedWords, sourceWords, type SourceKind } from './source-kind'
import type { CodeRunner } from './code-runner'
import { longestThrown, thrownText } from './thrown-text'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner({ timeoutMs: 25_000, memoryBytes: 32 * 1024 * 1024 })
})
afterAll(() => runner.dispose())

const kinds = Object.keys(sourceWords) as SourceKind[]
const written = (kind: SourceKind, body: string): string => (sourceWords[kind].form === 'body' ? body : `() => { ${body} }`)
const failure = async (kind: SourceKind, body: string): Promise<EngineError> => {
  try {
    const value = await (await runner.load(written(kind, body), kind)).call([{}])
    throw new Error(`returned ${JSON.stringify(value)}`)
  } catch (error) {
    if (!isEngineError(error)) throw error
    return error
  }
}

/** What is thrown, and the words that must tell it. The same bodies run here, outside the code runner. */
const thrown: readonly (readonly [body: string, words: string | RegExp])[] = [
  ['throw null', 'threw null.'],
  ['throw undefined', 'threw undefined.'],
  ['throw 42', 'threw 42.'],
  ['throw NaN', 'threw null.'],
  ['throw true', 'threw true.'],
  ['throw 10n', 'threw 10.'],
  ['throw Symbol("x")', 'threw Symbol(x).'],
  ['throw () => 1', 'threw a function.'],
  ['throw ""', 'threw "".'],
  ['throw "no such page"', 'threw "no such page".'],
  ['throw "x".repeat(1000000)', /threw a text of 1,000,000 characters that starts "x{200}"\.$/],
  ['throw { status: 404 }', 'threw {"status":404}.'],
  ['throw { list: Array(10000).fill("long") }', /threw \{"list":\["long","long",.{150,}…/],
  ['throw [1, 2]', 'threw [1,2].'],
  ['const a = {}; a.a = a; throw a', 'threw [object Object].'],
  ['throw Object.create(null)', 'threw {}.'],
  ['throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } })', 'threw a value that cannot be read.'],
  ['throw { toJSON() { throw 1 }, toString() { throw 2 } }', 'threw a value that cannot be read.'],
  ['const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw 1 } }); throw e', 'threw Error.'],
  ['const e = new TypeError("x"); Object.defineProperty(e, "message", { value: { no: "text" } }); throw e', 'threw TypeError.'],
  ['const e = new Error("shown"); Object.defineProperty(e, "name", { get() { throw 1 } }); throw e', 'failed (line 1): shown'],
  ['const e = new Error("shown"); Object.defineProperty(e, "stack", { get() { throw 1 } }); throw e', 'failed: shown'],
  ['throw new Error("")', 'failed (line 1): '],
  ['throw new RangeError("too far")', 'failed (line 1): RangeError: too far'],
  ['throw new Error("y".repeat(1000000))', /failed \(line 1\): y{1000}…$/],
  ['throw { message: "only this" }', 'failed: only this'],
  ['throw { name: 7, message: "out of memory" }', 'failed: out of memory'],
]

const pattern = (words: string | RegExp): RegExp =>
  typeof words === 'string' ? new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : words

describe.each(kinds)('a %s', kind => {
  it.each(thrown)('that runs `%s` is told by what it threw', async (body, words) => {
    const error = await failure(kind, body)
    expect(error.code).toBe('code-failed')
    expect(error.message.startsWith(sourceWords[kind].what)).toBe(true)
    expect(error.message).toMatch(pattern(words))
    expect(error.message.length).toBeLessThan(1200)
    expect(String(error.facts['thrown']).length).toBeLessThanOrEqual(longestThrown + 1)
  })

  it.each([
    ['return', 'returned nothing'],
    ['return undefined', 'returned nothing'],
    ['return async () => 1', 'returned a function'],
    ['return Promise.resolve(1)', 'is asynchronous'],
    ['return Symbol.iterator', 'returned a symbol'],
    ['return NaN', 'returned NaN.'],
    ['return { a: { b: 1 / 0 } }', 'returned Infinity in "b"'],
    ['return 5n', 'returned a BigInt'],
    ['return { big: 5n }', 'returned a BigInt in "big"'],
    ['const a = []; a.push(a); return a', 'holds itself'],
    ['return "x".repeat(10000000)', 'at most 1 MB'],
    ['return Array(30000).fill("x".repeat(40))', 'at most 1 MB'],
  ])('that runs `%s` is told by what it returned', async (body, words) => {
    const error = await failure(kind, body)
    expect(error).toMatchObject({ code: 'code-failed', message: expect.stringContaining(words) })
    expect(error.message.startsWith(sourceWords[kind].what)).toBe(true)
    const saysWhat = /nothing|function|symbol|asynchronous|itself/.test(words)
    expect(error.message.includes(`Return ${sourceWords[kind].wanted}`)).toBe(saysWhat)
  })
})

it('reads the same in an exported folder, where the code runs plainly', async () => {
  for (const [body] of thrown) {
    const inside = String((await failure('tool', body)).facts['thrown'])
    let outside = 'returned'
    try {
      // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the bodies above, as an exported folder would run them
      new Function('inputs', body)()
    } catch (error) {
      outside = thrownText(error)
    }
    expect({ body, thrown: inside }).toEqual({ body, thrown: outside })
  }
  for (const body of [
    'return',
    'return () => 1',
    'return Symbol.iterator',
    'return { a: NaN }',
    'return { a: 5n }',
    'const a = {}; a.a = a; return a',
  ]) {
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- as above
    const bad = badReturn(new Function('inputs', body)())
    expect((await failure('tool', body)).message).toBe(bad && returnedWords('tool', bad))
  }
})

describe('null and the lack of memory', () => {
  const bomb = 'const a = []; for (;;) a.push({ at: a.length })'

  it('are told apart, whichever came first', async () => {
    const patient = await createQuickJsRunner({ timeoutMs: 25_000, memoryBytes: 32 * 1024 * 1024 })
    const nothing = await patient.load('throw null', 'code')
    const full = await patient.load(bomb, 'code')
    const much = await patient.load('let a = []; for (let i = 0; i < 500000; i++) a.push({}); return { count: a.length }', 'code')
    for (let round = 0; round < 2; round++) {
      await expect(nothing.call([{}])).rejects.toMatchObject({ code: 'code-failed', message: expect.stringContaining('threw null') })
      await expect(full.call([{}])).rejects.toMatchObject({ code: 'sandbox-memory' })
      await expect(nothing.call([{}])).rejects.toMatchObject({ code: 'code-failed', message: expect.stringContaining('threw null') })
      await much.call([{}]).catch(() => undefined)
    }
    await expect(nothing.call([{}])).rejects.toMatchObject({ code: 'code-failed', message: expect.stringContaining('threw null') })
    patient.dispose()
  }, 120_000)

  it('ends a getter that loops in what was thrown', async () => {
    expect(await failure('tool', 'throw { get message() { for (;;); } }')).toMatchObject({ code: 'code-failed' })
  })
})

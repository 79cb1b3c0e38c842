import type { SourceKind } from './source-kind'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQuickJsRunner } from './quickjs'
import type { CodeRunner } from './code-runner'
import type { Json } from '@/lib/json'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner({ timeoutMs: 300, memoryBytes: 32 * 1024 * 1024 })
})
afterAll(() => runner.dispose())

const run = async (source: string, args: readonly Json[] = [], kind: SourceKind = 'metric') => (await runner.load(source, kind)).call(args)
const failure = (source: string, args: readonly Json[] = [], kind: SourceKind = 'metric') =>
  run(source, args, kind).then(
    value => ({ code: 'none', message: JSON.stringify(value), facts: {} }),
    error => error,
  )

describe('how a source may be written', () => {
  it.each([
    ['an arrow', '(example, prediction) => example.labels.a === prediction.a'],
    ['an arrow with a semicolon', '(example, prediction) => example.labels.a === prediction.a;\n'],
    ['a comment first', '// is it right?\n(example, prediction) => example.labels.a === prediction.a'],
    ['a function', 'function metric(example, prediction) { return example.labels.a === prediction.a }'],
    ['an anonymous function', 'function (example, prediction) { return example.labels.a === prediction.a }'],
    ['a default export of a function', 'export default function metric(example, prediction) { return example.labels.a === prediction.a }'],
    ['a default export of an arrow', 'export default (example, prediction) => example.labels.a === prediction.a;'],
    [
      'helpers before the metric',
      'const same = (a, b) => a === b\nfunction metric(example, prediction) { return same(example.labels.a, prediction.a) }',
    ],
    [
      'a helper after the metric',
      'function metric(example, prediction) { return same(example.labels.a, prediction.a) }\nfunction same(a, b) { return a === b }',
    ],
    [
      'helpers before an export',
      'function same(a, b) { return a === b }\nexport default (example, prediction) => same(example.labels.a, prediction.a)',
    ],
    ['a constant', 'const score = (example, prediction) => example.labels.a === prediction.a;'],
  ])('takes %s', async (_name, source) => {
    expect(await run(source, [{ labels: { a: 1 } }, { a: 1 }])).toBe(true)
    expect(await run(source, [{ labels: { a: 1 } }, { a: 2 }])).toBe(false)
  })

  it('runs the body of a code node with its inputs', async () => {
    expect(await run('const words = inputs.text.split(" ")\nreturn { count: words.length, words }', [{ text: 'a b' }], 'code')).toEqual({
      count: 2,
      words: ['a', 'b'],
    })
  })

  it('refuses what is not a function', async () => {
    expect(await failure('42')).toMatchObject({ code: 'code-failed', message: expect.stringContaining('not a function') })
  })
})

describe('errors', () => {
  it('names the line that does not compile', async () => {
    expect(await failure('(example) => {\n  return 1 +* 2\n}')).toMatchObject({
      code: 'code-failed',
      facts: { line: 2 },
      message: expect.stringContaining('does not compile (line 2)'),
    })
    expect(await failure('const a = 1\nreturn {{', [], 'code')).toMatchObject({ code: 'code-failed', facts: { line: 2 } })
  })

  it('names the last line for what is missing at the end', async () => {
    for (const [source, kind, line] of [
      ['(example, prediction) => prediction.label ===', 'metric', 1],
      ['(example, prediction) => {\n  return 1\n\n', 'metric', 2],
      ['export default (example) => {', 'metric', 1],
      ['const one = 1\nfunction metric() { return (', 'metric', 2],
      ['() => 1 )', 'metric', 1],
      ['if (true) {', 'code', 1],
    ] as const) {
      expect(await failure(source, [], kind)).toMatchObject({
        facts: { line },
        message: expect.stringMatching(/does not compile \(line \d\): a bracket is missing/),
      })
    }
  })

  it('names the line that throws', async () => {
    expect(await failure('(example) => {\n  const a = 1\n  return example.labels.missing.length\n}', [{ labels: {} }])).toMatchObject({
      code: 'code-failed',
      facts: { line: 3 },
      message: expect.stringMatching(/^The metric failed \(line 3\): TypeError: /),
    })
    expect(await failure('() => { throw "text" }')).toMatchObject({ code: 'code-failed', message: 'The metric threw "text".' })
  })

  it.each([
    ['() => {}', 'returned nothing'],
    ['() => 0 / 0', 'returned NaN'],
    ['() => -1 / 0', 'returned -Infinity'],
    ['() => ({ score: 0 / 0 })', 'returned NaN in "score"'],
    ['async () => 1', 'is asynchronous'],
    ['() => () => 1', 'returned a function'],
    ['() => 10n', 'BigInt'],
    ['() => "x".repeat(2000000)', 'at most 1 MB'],
    ['() => { const a = {}; a.a = a; return a }', 'circular'],
  ])('says what is wrong with %s', async (source, words) => {
    expect(await failure(source)).toMatchObject({ code: 'code-failed', message: expect.stringContaining(words) })
  })

  it.each([[0], [1.5], [true], [null], ['text'], [[1, 'a']], [{ score: 0.5, feedback: 'é 💡' }]])('returns %j as it is', async value => {
    expect(await run('value => value', [value])).toEqual(value)
  })
})

describe('limits', () => {
  it.each([
    ['a loop', '() => { for (;;); }'],
    ['a loop that catches everything', '() => { for (;;) { try { for (;;); } catch {} } }'],
    ['a regular expression bomb', '() => /^(a+)+$/.test("a".repeat(40) + "b")'],
    ['a getter that loops', '() => ({ get score() { for (;;); } })'],
    ['a proxy that loops', '() => new Proxy({}, { ownKeys() { for (;;); } })'],
    ['a loop while it loads', '(() => { for (;;); })()'],
  ])('stops %s', async (_name, source) => {
    const startedAt = Date.now()
    expect(await failure(source)).toMatchObject({ code: 'sandbox-timeout' })
    expect(Date.now() - startedAt).toBeLessThan(20_000)
  })

  it.each([
    ['a growing list', '() => { const a = []; for (;;) a.push(new Array(1000).fill(1)) }'],
    ['a growing object', '() => { const a = {}; for (let i = 0; ; i++) a["key" + i] = "value ".repeat(100) + i }'],
    ['typed arrays', '() => { const a = []; for (;;) a.push(new Uint8Array(1 << 20)) }'],
    ['one huge array', '() => new Uint8Array(1 << 30).length'],
  ])('stops %s at the memory limit, and works afterwards', async (_name, source) => {
    const patient = await createQuickJsRunner({ timeoutMs: 5000, memoryBytes: 32 * 1024 * 1024 })
    const bomb = await patient.load(source, 'metric')
    const harmless = await patient.load('() => 1', 'metric')
    await expect(bomb.call([])).rejects.toMatchObject({ code: 'sandbox-memory' })
    expect(await harmless.call([])).toBe(1)
    await expect(bomb.call([])).rejects.toMatchObject({ code: 'sandbox-memory' })
    patient.dispose()
  })

  it.each([
    ['recursion', '() => { const f = () => f() + 1; return f() }'],
    ['deep JSON', '() => JSON.parse("[".repeat(200000) + "]".repeat(200000))'],
    ['a loop in what it throws', '() => { throw { get message() { for (;;); } } }'],
    ['a deep result', '() => { let a = []; for (let i = 0; i < 100000; i++) a = [a]; return a }'],
    ['deep source', `() => ${'['.repeat(20000)}${']'.repeat(20000)}`],
  ])('survives %s', async (_name, source) => {
    expect(['code-failed', 'sandbox-memory', 'sandbox-timeout']).toContain((await failure(source)).code)
    expect(await run('() => 1')).toBe(1)
  })

  it('works again after a timeout, with a fresh start', async () => {
    const loaded = await runner.load(
      '(() => { let calls = 0; return stop => { calls += 1; if (stop) for (;;); return calls } })()',
      'metric',
    )
    expect(await loaded.call([false])).toBe(1)
    expect(await loaded.call([false])).toBe(2)
    await expect(loaded.call([true])).rejects.toMatchObject({ code: 'sandbox-timeout' })
    expect(await loaded.call([false])).toBe(1)
  })

  it('keeps many functions apart, also those it had to let go of', async () => {
    const loaded = await Promise.all(Array.from({ length: 30 }, (_, index) => runner.load(`() => ${index}`, 'metric')))
    expect(await Promise.all(loaded.map(one => one.call([])))).toEqual(Array.from({ length: 30 }, (_, index) => index))
  })
})

describe('what user code can see', () => {
  it.each([
    'fetch',
    'process',
    'require',
    'indexedDB',
    'localStorage',
    'self',
    'window',
    'Worker',
    'XMLHttpRequest',
    'WebSocket',
    'importScripts',
    'setTimeout',
    'performance',
  ])('has no %s', async name => {
    expect(await run(`() => typeof ${name} + typeof globalThis[${JSON.stringify(name)}]`)).toBe('undefinedundefined')
  })

  it('gets no code in by a constructor or an import', async () => {
    expect(await run('() => (() => {}).constructor("return typeof fetch + typeof process")()')).toBe('undefinedundefined')
    expect((await failure('async () => import("node:fs")')).code).toBe('code-failed')
  })

  it('cannot change the objects of the host', async () => {
    await run('() => { Object.prototype.polluted = 1; JSON.stringify = () => "x"; Array.prototype.map = null; return 1 }')
    expect({}).not.toHaveProperty('polluted')
    expect(await run('() => typeof {}.polluted')).toBe('undefined')
    expect(await run('() => JSON.parse("{\\"__proto__\\": {\\"polluted\\": 1}}")')).not.toHaveProperty('polluted')
  })

  it('cannot forge a result by replacing JSON', async () => {
    expect(await run('(() => { JSON.stringify = () => "forged"; return () => ({ score: 1 }) })()')).toEqual({ score: 1 })
  })

  it('sees no time and no chance: every call is the first', async () => {
    const loaded = await runner.load(
      '() => [Math.random(), Math.random(), Date.now(), new Date().getFullYear(), new Date(2024, 0, 31, 23).getHours(), new Date("2024-05-01T10:00").toISOString()]',
      'metric',
    )
    const first = await loaded.call([])
    expect(await loaded.call([])).toEqual(first)
    expect(first).toEqual([expect.any(Number), expect.any(Number), 946684800000, 2000, 23, '2024-05-01T10:00:00.000Z'])
    expect(
      await run(
        '() => { const d = new Date("2024-05-01"); return d instanceof Date && d.getDate() === 1 && Date.parse("2024-05-01") === Date.UTC(2024, 4, 1) }',
      ),
    ).toBe(true)
  })

  it('scores a thousand rows in a row', async () => {
    const f1 = `(example, prediction) => {
      const words = text => text.toLowerCase().replace(/[^a-z0-9 ]/g, '').split(/\\s+/).filter(Boolean)
      const a = words(example.labels.answer), b = words(prediction.answer)
      let same = 0
      const left = [...b]
      for (const word of a) { const at = left.indexOf(word); if (at >= 0) { same += 1; left.splice(at, 1) } }
      return same === 0 ? 0 : (2 * same) / (a.length + b.length)
    }`
    const loaded = await runner.load(f1, 'metric')
    const startedAt = Date.now()
    for (let row = 0; row < 1000; row++)
      await loaded.call([{ labels: { answer: 'the quick brown fox jumps over the dog' } }, { answer: `a quick brown dog ${row}` }])
    expect(Date.now() - startedAt).toBeLessThan(20_000)
  })
})

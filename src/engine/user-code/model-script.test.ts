import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import type { CodeRunner } from './code-runner'
import { runModelScript, type QueryAnswers, type ScriptTool } from './model-script'
import { createQuickJsRunner } from './quickjs'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const run = (blocks: string | readonly string[], inputs: JsonObject = {}, tools: readonly ScriptTool[] = []) =>
  runModelScript(runner, { inputs, tools, blocks: typeof blocks === 'string' ? [blocks] : blocks })

const lookup: ScriptTool = {
  name: 'lookup',
  args: [
    { name: 'word', isOptional: false },
    { name: 'most', isOptional: true },
  ],
  source: "if (inputs.word === 'no') throw new Error('no such word'); return { word: inputs.word, most: inputs.most }",
}

describe('code that a model wrote', () => {
  it('returns what it submits, what it prints and the value of its last expression', async () => {
    expect(await run('SUBMIT({ answer: 6 * 7 }); throw 1')).toEqual({ printed: '', submitted: { answer: 42 }, calls: [] })
    expect(await run('console.log("a", [1, { b: null }], 2n)\nprint(true)\n1 + 1')).toEqual({
      printed: 'a [1,{"b":null}] 2\ntrue',
      value: 2,
      calls: [],
    })
    expect(await run('const x = 1')).toEqual({ printed: '', calls: [] })
    expect((await run('[0 / 0, 1 / 0]')).value).toEqual([null, null])
    expect((await run('0 / 0')).value).toBe('NaN')
  })

  it('ends where it submits, also within a try', async () => {
    expect((await run('try { SUBMIT({ a: 1 }) } catch {}\nprint("later")')).submitted).toEqual({ a: 1 })
    expect((await run('SUBMIT()')).error).toMatch(/takes one object/)
  })

  it('finds its inputs, and cannot change them for a later block', async () => {
    expect((await run('inputs.list.length + inputs.class', { list: [1, 2], class: 3 })).value).toBe(5)
    expect((await run(['inputs.n = 9; inputs = 4', 'inputs.n'], { n: 1 })).value).toBe(1)
  })

  it('says what failed and where, and whether it does not compile', async () => {
    expect((await run('var a = 1\nnull.x')).error).toMatch(/^TypeError: .*\(line 2\)$/)
    expect((await run('if (')).error).toMatch(/^SyntaxError: /)
    expect((await run('throw "so"')).error).toBe('so')
    expect((await run('await 1')).error).toMatch(/^SyntaxError/)
    expect((await run('(async () => 1)()')).error).toMatch(/asynchronous/)
    expect((await run('throw { get message() { throw 1 } }')).error).toBeDefined()
  })

  it('leaves what it declared to the next block, which alone is told of', async () => {
    const end = await run(['var n = 1; function twice(x) { return 2 * x }; print("before")', 'n = twice(n); print("now")', 'n'])
    expect(end).toEqual({ printed: '', value: 2, calls: [] })
    expect((await run(['const n = 1', 'n'])).error).toMatch(/'n' is not defined.*declared by var or function\.$/)
    // A block that failed half way did what came before.
    expect((await run(['var n = 1; null.x', 'n'])).value).toBe(1)
  })

  it('begins anew each time, however it altered the world before', async () => {
    const count = 'globalThis.count = (globalThis.count ?? 0) + 1; Array.prototype.extra = 1; [count, [].extra, Math.random(), Date.now()]'
    expect(await run(count)).toEqual(await run(count))
    expect((await run('typeof count + [].extra')).value).toBe('undefinedundefined')
  })

  it('calls tools by name or in order, and each call is told of', async () => {
    expect(await run('[lookup({ word: "a" }), lookup("b", 3)]', {}, [lookup])).toEqual({
      printed: '',
      value: [
        { word: 'a', most: null },
        { word: 'b', most: 3 },
      ],
      calls: [
        { name: 'lookup', args: { word: 'a', most: null }, result: { word: 'a', most: null } },
        { name: 'lookup', args: { word: 'b', most: 3 }, result: { word: 'b', most: 3 } },
      ],
    })
    const failed = await run('lookup("no")', {}, [lookup])
    expect(failed.error).toMatch(/no such word/)
    expect(failed.calls).toEqual([{ name: 'lookup', args: { word: 'no', most: null }, error: 'Error: no such word' }])
    expect((await run('lookup()', {}, [lookup])).error).toMatch(/the argument "word" is missing/)
    expect((await run('lookup(1, 2, 3)', {}, [lookup])).error).toMatch(/takes 2 arguments: word, most/)
  })

  it('is stopped at a count of steps, which is the same wherever it runs', async () => {
    const end = await run('for (;;) {}')
    expect(end).toMatchObject({ isStopped: true, error: expect.stringMatching(/more than 10,000,000 steps/) })
    expect(await run('try { for (;;) {} } catch {}')).toEqual(end)
  })

  it('does not reach memory, files, modules or the network of the host', async () => {
    expect((await run('const a = []; for (;;) a.push("x".repeat(1e6) + a.length)')).error).toMatch(/out of memory/)
    expect((await run('const a = []; for (;;) a.push(new Uint8Array(4e6))')).error).toMatch(/out of memory/)
    expect((await run('1 + 1')).value).toBe(2)
    for (const name of ['fetch', 'require', 'process', 'setTimeout', 'WebAssembly', 'std', 'os'])
      expect([name, (await run(`typeof ${name}`)).value]).toEqual([name, 'undefined'])
    expect((await run('import("fs")')).error).toBeDefined()
  })

  it('prints and returns so much and no more', async () => {
    const { printed } = await run('for (let i = 0; i < 1e5; i++) print("a long line")')
    expect(printed).toMatch(/the rest is left out/)
    expect(printed.length).toBeLessThan(10_100)
    expect((await run('"x".repeat(2e6)')).error).toMatch(/at most 1 MB/)
  })
})

describe('code that explores its inputs and asks a model', () => {
  const explore = (
    blocks: readonly string[],
    answers: readonly QueryAnswers[] = [],
    inputs: JsonObject = { text: 'a b c', rows: [1, 2] },
  ) => runModelScript(runner, { inputs, blocks, repl: { outputs: ['label', 'count'], mostQueries: 4, answers, longest: 100 } })

  it('waits at each question, and goes on where it was once it is answered', async () => {
    const blocks = [
      'var seen = llm_query("one " + text)',
      'print(seen)\nvar all = llm_query_batched(rows.map(row => "row " + row))\nprint(all.join("; "))',
    ]
    expect(await explore(blocks)).toEqual({ printed: '', asks: ['one a b c'], calls: [] })
    expect((await explore(blocks, [[{ text: 'A' }]])).asks).toEqual(['row 1', 'row 2'])
    const answers = [[{ text: 'A' }], [{ text: 'x' }, { error: 'It was refused.' }]]
    expect(await explore(blocks, answers)).toEqual({ printed: 'A\nx; [ERROR] It was refused.', calls: [] })
  })

  it('cannot catch, delay or swallow that it waits', async () => {
    const loop = 'for (;;) { try { llm_query("x") } catch {} finally { print("on") } }'
    expect((await explore([loop])).asks).toEqual(['x'])
    expect((await explore(['Array.prototype.push = () => 0; JSON.stringify = () => "0"; llm_query("x")'])).asks).toEqual(['x'])
    expect((await explore(['typeof pauseScript + typeof globalThis.pauseScript'])).value).toBe('undefinedundefined')
  })

  it('is told of what it may not ask, and of an answer that did not come', async () => {
    expect((await explore(['llm_query("")'])).error).toMatch(/has to be a text/)
    expect((await explore(['llm_query_batched("x")'])).error).toMatch(/takes a list/)
    expect((await explore(['llm_query_batched(["1", "2", "3", "4", "5"])'])).error).toMatch(/limit of 4 prompts.*0 were asked, and 5 more/)
    expect((await explore(['llm_query_batched([]).length'])).value).toBe(0)
    expect((await explore(['llm_query("x")'], [[{ error: 'Too long.' }]])).error).toMatch(/^Error: Too long\./)
  })

  it('submits by name or in order, and finds its inputs as they were at each block', async () => {
    expect((await explore(['SUBMIT({ label: "a", count: 1 })'])).submitted).toEqual({ label: 'a', count: 1 })
    expect((await explore(['SUBMIT(["a"], rows.length)'])).submitted).toEqual({ label: ['a'], count: 2 })
    expect((await explore(['SUBMIT({ other: 1 })'])).error).toMatch(/SUBMIT takes/)
    expect(
      (await explore(['text = "changed"; rows.push(3); var n = rows.length', '[text, rows.length, inputs.rows.length, n]'])).value,
    ).toEqual(['a b c', 2, 2, 3])
  })

  it('holds inputs of some megabytes', async () => {
    const text = 'a line of text\n'.repeat(300_000)
    const found = await explore(['llm_query(text.slice(-10))', 'text.split("\\n").length'], [[{ text: 'seen' }]], { text })
    expect(found.value).toBe(300_001)
  })
})

describe('code that calls tools outside of the machine', () => {
  it('ends at each call, whatever it catches, and runs again with what was answered', async () => {
    const outside: ScriptTool = { name: 'look', args: [{ name: 'word', isOptional: false }] }
    const asked: JsonObject[] = []
    const block =
      'let seen = []; for (const word of ["a", "no"]) for (;;) { try { seen.push(look(word)); break } catch (error) { if (word === "no") { seen.push(error.message); break } } }\nseen'
    const end = await runModelScript(runner, {
      inputs: {},
      tools: [outside],
      blocks: [block],
      callOutside: async (_name, args) => {
        asked.push(args)
        return args['word'] === 'no' ? { error: 'no such word' } : { value: 'found' }
      },
    })
    expect(end.value).toEqual(['found', 'no such word'])
    expect(asked).toEqual([{ word: 'a' }, { word: 'no' }])
  })
})

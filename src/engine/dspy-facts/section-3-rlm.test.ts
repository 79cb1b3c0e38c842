import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { chatAnswer, moduleProgram, runModule } from '@/testing/run-module'
import type { ScriptedAnswer } from '@/testing/scripted-lm'
import { checkGraph } from '../graph/check'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import { blockIn } from '../modules/rlm-run'
import { cutMiddle } from '../modules/rlm-text'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

describe('RLM', () => {
  const block = (code: string): string => chatAnswer({ reasoning: 'So.', code: `\`\`\`js\n${code}\n\`\`\`` })
  const end = chatAnswer({ a: 'A', n: '1' })
  const run = (answers: readonly ScriptedAnswer[], params: JsonObject = {}, q = 'Q') =>
    runModule(moduleProgram('rlm', 'q -> a, n: int', params), { q }, answers, { runner })
  const shown = ({ requests }: Awaited<ReturnType<typeof run>>, at: number): string => requests[at]?.messages.at(-1)?.content ?? ''

  it('§3.7, §7.4 two predictors: the next block of code, and the outputs read from what it printed', () => {
    const named = predictorsOf(moduleProgram('rlm', 'q -> a, n: int').graph).map(({ dspyName, isOnlyHere, signature }) => [
      isOnlyHere ? `(${dspyName})` : dspyName,
      signature({}).fields.map(({ name, role }) => `${role === 'input' ? '' : '→ '}${name}`),
    ])
    expect(named).toEqual([
      ['step.generate_action', ['variables_info', 'repl_history', 'iteration', '→ reasoning', '→ code']],
      ['step.extract', ['variables_info', 'repl_history', '→ a', '→ n']],
      // Differs on purpose: what the code asks is a predictor of its own.
      ['(step.sub_lm)', ['prompt', '→ answer']],
    ])
  })

  it('§3.7 what is submitted are the outputs; the trajectory says it as its last output', async () => {
    const { values, outputs, requests } = await run([block('print(q.length)'), block('SUBMIT({ a: q, n: 2 })')])
    expect([values, requests.length]).toEqual([{ a: 'Q', n: 2 }, 2])
    expect(outputs).toMatchObject({
      final_reasoning: 'So.',
      trajectory: [
        { reasoning: 'So.', code: 'print(q.length)', output: '1' },
        { reasoning: 'So.', code: 'SUBMIT({ a: q, n: 2 })', output: expect.stringMatching(/^FINAL: \{/) },
      ],
    })
  })

  it('§3.7 the number of the turn and the most there may be', async () => {
    const result = await run([block('print(1)'), block('SUBMIT({ a: q, n: 2 })')], { max_iters: 7 })
    expect([shown(result, 0), shown(result, 1)]).toEqual([
      expect.stringContaining('[[ ## iteration ## ]]\n1/7\n'),
      expect.stringContaining('[[ ## iteration ## ]]\n2/7\n'),
    ])
  })

  it('§3.7 of a long input the model sees its kind, its length, and five hundred characters of both ends', async () => {
    const q = `${'a'.repeat(1200)}${'b'.repeat(1200)}`
    const text = shown(await run([block('SUBMIT({ a: "", n: 2 })')], {}, q), 0)
    expect(text).toContain(`${'a'.repeat(500)}...${'b'.repeat(500)}`)
    expect([text.includes('a'.repeat(501)), text.includes('2,400')]).toEqual([false, true])
  })

  it('§3.7 variables of the inputs are there anew for each block, and what the code declared stays', async () => {
    const { values } = await run([block('var kept = q\nq = "changed"'), block('SUBMIT({ a: q + kept, n: 2 })')])
    expect(values).toEqual({ a: 'QQ', n: 2 })
  })

  it.each([
    ['one of another type', 'SUBMIT({ a: "x", n: "many" })', '[Type Error] '],
    ['one that is missing', 'SUBMIT({ a: "x" })', '[Error] '],
    ['an error of the code', 'throw new Error("bad")', '[Error] '],
  ])('§3.7 %s is told, and the work goes on', async (_fact, code, start) => {
    const result = await run([block(code), block('SUBMIT({ a: "x", n: 2 })')])
    expect([result.values, shown(result, 1).includes(`\n${start}`)]).toEqual([{ a: 'x', n: 2 }, true])
  })

  it('§3.7 after the most blocks the outputs are read once from what was printed', async () => {
    const { values, requests, trace } = await run([block('print(1)'), block('print(2)'), end], { max_iters: 2 })
    expect([values, requests.length, trace[0]?.stopped]).toEqual([{ a: 'A', n: 1 }, 3, 'max-iterations'])
  })

  it('§3.7, §E.2 questions of the code have one budget, and one too many is an error in the code', async () => {
    const ask = block('print(llm_query_batched(["one", "two"]).join())\nprint(llm_query("three"))')
    const said = (answer: string): string => chatAnswer({ answer })
    const result = await run([ask, said('1'), said('2'), block('SUBMIT({ a: "x", n: 2 })')], { max_llm_calls: 2 })
    expect([result.requests.length, result.values]).toEqual([4, { a: 'x', n: 2 }])
    expect(shown(result, 3)).toContain('[Error] ')
  })

  it('§3.7 at most as many requests as blocks, one for the outputs, and the questions of the code', () => {
    expect(callsOfRun(moduleProgram('rlm', 'q -> a').graph).high).toBe(20 + 1 + 50)
  })

  it('§E.2 X09 of an odd length the end gets one character more', () => {
    expect(cutMiddle('0123456789'.repeat(5), 7, () => '...')).toBe('012...6789')
  })

  it.each([
    ['the first fence counts', 'Well:\n```js\nprint(1)\n```\n```js\nprint(2)\n```', 'print(1)'],
    ['a fence that is never closed holds the rest', '```js\nprint(1)', 'print(1)'],
    ['a fence around another is taken off', '```\n```js\nprint(1)\n```\n```', 'print(1)'],
    ['code without a fence is code', 'print(1)', 'print(1)'],
  ])('§3.7 %s', (_fact, text, code) => {
    expect(blockIn(text)).toEqual({ code })
  })

  it('§3.7 a block of another language is told', () => {
    expect(blockIn('```python\nprint(1)\n```').problem).toContain('python')
  })

  it.each(['q -> trajectory', 'q -> final_reasoning', 'llm_query -> a'])(
    '§3.7 the signature `%s` is refused for a name that the module needs',
    line => {
      expect(checkGraph(moduleProgram('rlm', line).graph).some(({ severity }) => severity === 'error')).toBe(true)
    },
  )
})

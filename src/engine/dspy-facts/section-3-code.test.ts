import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { chatAnswer, moduleProgram, runModule } from '@/testing/run-module'
import type { ScriptedAnswer } from '@/testing/scripted-lm'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import { programIn } from '../modules/model-code'
import type { Tool } from '../modules/react-tools'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const namesOf = (module: string, line: string, params: JsonObject = {}) =>
  predictorsOf(moduleProgram(module, line, params).graph).map(({ dspyName, signature }) => [
    dspyName,
    signature({}).fields.map(({ name, role }) => `${role === 'input' ? '' : '→ '}${name}`),
  ])

describe('ProgramOfThought', () => {
  const code = (text: string): string => chatAnswer({ reasoning: 'So.', generated_code: `\`\`\`javascript\n${text}\n\`\`\`` })
  const end = chatAnswer({ reasoning: 'Seen.', a: 'A' })
  const run = (answers: readonly ScriptedAnswer[], params: JsonObject = {}) =>
    runModule(moduleProgram('program-of-thought', 'q -> a', params), { q: 'Q' }, answers, { runner })

  it('§3.5, §7.4 three predictors, each a ChainOfThought', () => {
    expect(namesOf('program-of-thought', 'q -> a')).toEqual([
      ['step.code_generate.predict', ['q', '→ reasoning', '→ generated_code']],
      ['step.code_regenerate.predict', ['q', 'previous_code', 'error', '→ reasoning', '→ generated_code']],
      ['step.generate_output.predict', ['q', 'final_generated_code', 'code_output', '→ reasoning', '→ a']],
    ])
  })

  it('§3.5 one program that runs is two requests; what it submits is JSON text', async () => {
    const { values, requests } = await run([code('SUBMIT({ a: 1 + 1 })'), end])
    expect([values, requests.length]).toEqual([{ a: 'A' }, 2])
    expect(requests[1]?.messages[1]?.content).toContain(
      '[[ ## final_generated_code ## ]]\nSUBMIT({ a: 1 + 1 })\n\n[[ ## code_output ## ]]\n{"a": 2}\n',
    )
  })

  it('§3.5 without a submit the last value counts', async () => {
    const { requests } = await run([code('const x = 40 + 2'), end])
    expect(requests[1]?.messages[1]?.content).toContain('[[ ## code_output ## ]]\n42\n')
  })

  it('§3.5 a program that fails is written again, with the error', async () => {
    const { values, requests } = await run([code('throw new Error("too bad")'), code('SUBMIT({ a: 1 })'), end])
    expect([values, requests.length]).toEqual([{ a: 'A' }, 3])
    expect(requests[1]?.messages[1]?.content).toMatch(/\[\[ ## previous_code ## \]\]\nthrow [^]*\[\[ ## error ## \]\]\n[^]*too bad/)
  })

  it('§3.5 an empty program is an error text like any other', async () => {
    const { values, requests } = await run([chatAnswer({ reasoning: 'So.', generated_code: '' }), code('SUBMIT({ a: 1 })'), end])
    expect([values, requests.length]).toEqual([{ a: 'A' }, 3])
  })

  it('§3.5 when the last program that may be written fails as well, the step fails', async () => {
    const bad = code('throw new Error("no")')
    const { error, requests } = await run([bad, bad, bad])
    expect([error, requests.length]).toEqual([expect.objectContaining({ code: 'code-failed' }), 3])
  })

  it('§3.5 at most three programs, and one request for the outputs', () => {
    expect(callsOfRun(moduleProgram('program-of-thought', 'q -> a').graph).high).toBe(4)
  })

  it.each([
    ['§A.9 X03 a single declaration is followed by its name', 'const x = 1 + 1', 'const x = 1 + 1\nx'],
    ['§3.5 X04 so is a declaration at the end', 'const y = 2\nlet x = y', 'const y = 2\nlet x = y\nx'],
    ['§3.5 X05 a call is not', 'print(1)', 'print(1)'],
    ['§3.5 the first fence counts', 'Well:\n```python\nprint(1)\n```\n```\nprint(2)\n```', 'print(1)'],
  ])('%s', (_fact, text, program) => {
    expect(programIn(text).code).toBe(program)
  })

  it.each([
    ['`---` is code', 'print(1)\n---\nprint(2)'],
    ['so are two empty lines', 'print(1)\n\n\nprint(2)'],
    ['and two `=` in one line', 'a = b = 3'],
  ])('§3.5 differs on purpose: %s, at which DSPy cuts off or refuses', (_fact, text) => {
    expect(programIn(text)).toEqual({ code: text })
  })
})

describe('CodeAct', () => {
  const tool: Tool = {
    name: 'lookup',
    desc: 'A length.',
    args: [{ name: 'word', type: { kind: 'str' }, desc: '' }],
    source: 'return inputs.word.length',
  }
  const block = (text: string, finished = false): string => chatAnswer({ generated_code: text, finished: finished ? 'True' : 'False' })
  const end = chatAnswer({ reasoning: 'Seen.', a: 'A' })
  const run = (answers: readonly ScriptedAnswer[], params: JsonObject = {}) =>
    runModule(moduleProgram('code-act', 'q -> a', { tools: [tool], ...params }), { q: 'Q' }, answers, { runner })

  it('§3.6, §7.4 two predictors', () => {
    expect(namesOf('code-act', 'q -> a', { tools: [tool] })).toEqual([
      ['step.codeact', ['q', 'trajectory', '→ generated_code', '→ finished']],
      ['step.extractor.predict', ['q', 'trajectory', '→ reasoning', '→ a']],
    ])
  })

  it('§3.6 code and output of each block, an observation where it fails, until it is finished', async () => {
    const { outputs, requests } = await run([block('print(lookup("four"))'), block('throw new Error("bad")'), block('print(2)', true), end])
    expect(outputs).toEqual({
      trajectory: {
        generated_code_0: 'print(lookup("four"))',
        code_output_0: '"4"',
        generated_code_1: 'throw new Error("bad")',
        observation_1: expect.stringContaining('bad'),
        generated_code_2: 'print(2)',
        code_output_2: '"2"',
      },
      reasoning: 'Seen.',
      a: 'A',
    })
    expect(requests).toHaveLength(4)
  })

  it('§3.6 `finished` does not count where there is no code', async () => {
    const { outputs, requests } = await run([block('', true), block('print(1)', true), end])
    expect([Object.keys(outputs['trajectory'] ?? {}), requests.length]).toEqual([['observation_0', 'generated_code_1', 'code_output_1'], 3])
  })

  it('§3.6 the trajectory is JSON for the next block, and blocks of text for the extraction', async () => {
    const { requests } = await run([block('print(1)'), block('print(2)', true), end])
    expect(requests[1]?.messages[1]?.content).toContain(
      '[[ ## trajectory ## ]]\n{"generated_code_0": "print(1)", "code_output_0": "\\"1\\""}\n',
    )
    expect(requests[2]?.messages[1]?.content).toContain(
      '[[ ## trajectory ## ]]\n[[ ## generated_code_0 ## ]]\nprint(1)\n\n[[ ## code_output_0 ## ]]\n',
    )
  })

  it('§3.6 after five blocks it answers with what it has', async () => {
    const { values, requests, trace } = await run([...Array.from({ length: 5 }, () => block('print(1)')), end])
    expect([values, requests.length, trace[0]?.stopped]).toEqual([{ a: 'A' }, 6, 'max-iterations'])
  })
})

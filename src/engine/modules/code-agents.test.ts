import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { checkExport } from '@/export/check-export'
import { buildEngine } from '@/testing/built-engine'
import { dspyState } from '@/export/to-dspy-json'
import { readDspyState } from '@/export/from-dspy-json'
import { realClock } from '@/testing/memory-ports'
import { scriptedLm, type ScriptedLm } from '@/testing/scripted-lm'
import { edge, field, inputNode, lookupTool, oneStep, outputNode, signatureNode, toyLabelOf, toyRows } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { checkGraph } from '../graph/check'
import { completeState } from '../graph/default-state'
import { executeProgram } from '../graph/execute'
import { callsOfRun } from '../graph/predictors'
import type { Lm } from '../lm/lm'
import type { Program } from '../program/program'
import { sandboxLm } from '../providers/sandbox/sandbox-lm'
import type { FieldType } from '../signature/types/field-type'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import { programIn } from './model-code'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const blocks = (values: Readonly<Record<string, string>>): string =>
  [...Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')
const code = (generated_code: string): string => blocks({ reasoning: 'So.', generated_code })
const answer = (label: string): string => blocks({ reasoning: 'Seen.', label })

const execute = (program: Program, lm: Lm, inputs: JsonObject = { text: 'order 1 for item zorp' }) =>
  executeProgram(program, inputs, {
    clock: realClock,
    runner,
    modelFor: () => ({ lm, model: toyModel }),
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
  })

const asked = ({ requests }: ScriptedLm, index: number): string => String(requests[index]?.messages.at(-1)?.content)

describe('ProgramOfThought', () => {
  const program = (params: JsonObject = {}) => oneStep('program-of-thought', {}, params)

  it('runs what the model writes and answers from what it returned', async () => {
    const lm = scriptedLm([code('```js\nconst word = inputs.text.split(" ").at(-1)\nSUBMIT({ label: word + "!" })\n```'), answer('red')])
    const { values, trace } = await execute(program(), lm)
    expect(values).toEqual({ label: 'red' })
    expect(asked(lm, 1)).toContain('[[ ## code_output ## ]]\n{"label": "zorp!"}')
    expect(trace.map(({ id, kind, name, predictor }) => [id, kind, name, predictor])).toEqual([
      ['classify', undefined, 'Classify', undefined],
      ['classify/0', 'predict', 'Classify · code_generate', 'classify.code_generate'],
      ['classify/1', 'tool', 'code', undefined],
      ['classify/2', 'predict', 'Classify · generate_output', 'classify.generate_output'],
    ])
    expect(trace[1]).toMatchObject({ outputs: { reasoning: 'So.' } })
    expect(trace[2]).toMatchObject({ inputs: { code: expect.stringContaining('SUBMIT') }, outputs: { result: { label: 'zorp!' } } })
  })

  it('has a program mended that fails, with the error, as often as it may', async () => {
    const lm = scriptedLm([code('var a = 1\nnope()'), code('   '), code('const x = 6 * 7'), answer('blue')])
    const { values, trace } = await execute(program(), lm)
    expect(values).toEqual({ label: 'blue' })
    expect(asked(lm, 1)).toMatch(
      /\[\[ ## previous_code ## \]\]\nvar a = 1\nnope\(\)\n\n\[\[ ## error ## \]\]\nReferenceError: .*\(line 2\)/,
    )
    expect(asked(lm, 2)).toContain('[[ ## error ## ]]\nThe program is empty.')
    expect(asked(lm, 3)).toContain('[[ ## code_output ## ]]\n42')
    expect(trace.filter(({ name }) => name === 'code').map(({ error }) => error?.code)).toEqual(['code-failed', undefined])
    const none = await execute(program({ max_iters: 2 }), scriptedLm([code('nope()'), code('for (;;) {}')]))
    expect(none.error).toMatchObject({ code: 'code-failed', message: expect.stringMatching(/None of the 2 programs.*10,000,000 steps/) })
    expect(callsOfRun(program({ max_iters: 4 }).graph)).toEqual({ low: 2, expected: 2, high: 5 })
  })

  it('finds the program in its fence, and gives a declaration at its end as the value', () => {
    expect(programIn('Here:\n```javascript\n1 + 1\n```\nand ```more```')).toEqual({ code: '1 + 1' })
    expect(programIn('```\nlet a = 2')).toEqual({ code: 'let a = 2\na' })
    expect(programIn('a---b\n\n\n\nc')).toEqual({ code: 'a---b\n\n\n\nc' })
    expect(programIn(null).problem).toBeDefined()
  })

  it('speaks of JavaScript here and of Python in the file for DSPy, and reads that file back', () => {
    const { graph } = program()
    const state = completeState(graph, { 'classify.code_generate': { instructions: 'Count it.', demos: [] } })
    const file = dspyState({ graph, state })
    const text = JSON.stringify(file)
    expect(text).toContain('Count it.\\n\\nWrite a Python program')
    expect(text).not.toContain('JavaScript')
    expect(readDspyState(file, { graph, state: {} })).toMatchObject({ state, notCarried: [] })
  })

  it('refuses fields under the names that it needs', () => {
    const fields = [field('error', 'input'), field('label', 'output')]
    const graph = {
      nodes: [
        inputNode(field('error', 'output')),
        signatureNode('n', 'N', fields, 'program-of-thought'),
        outputNode(field('label', 'input')),
      ],
      edges: [edge('in.error', 'n.error'), edge('n.label', 'out.label')],
    }
    expect(checkGraph(graph).map(({ message }) => message)).toEqual([expect.stringMatching(/"error", a name that ProgramOfThought needs/)])
  })
})

describe('CodeAct', () => {
  const program = (params: JsonObject = {}) => oneStep('code-act', {}, { tools: [lookupTool], ...params })
  const turn = (generated_code: string, finished = 'False'): string => blocks({ generated_code, finished })

  it('calls tools from code, keeps what a block declared, and notes each call below its code', async () => {
    const lm = scriptedLm([
      turn('var found = lookup({ word: "zorp" })'),
      turn('print(found)\nlookup("NO!")'),
      turn('print(found.length)', 'True'),
      answer('green'),
    ])
    const { values, trace } = await execute(program(), lm)
    const colour = toyLabelOf('zorp')
    expect(values).toEqual({ label: 'green' })
    expect(trace.map(({ id, kind, name, error }) => [id, kind ?? 'node', name, error?.code])).toEqual([
      ['classify', 'node', 'Classify', undefined],
      ['classify/0', 'predict', 'Classify · codeact', undefined],
      ['classify/1', 'tool', 'code', undefined],
      ['classify/1/0', 'tool', 'lookup', undefined],
      ['classify/2', 'predict', 'Classify · codeact', undefined],
      ['classify/3', 'tool', 'code', 'code-failed'],
      ['classify/3/0', 'tool', 'lookup', 'code-failed'],
      ['classify/4', 'predict', 'Classify · codeact', undefined],
      ['classify/5', 'tool', 'code', undefined],
      ['classify/6', 'predict', 'Classify · extractor', undefined],
    ])
    expect(trace[3]).toMatchObject({ inputs: { word: 'zorp' }, outputs: { result: colour } })
    expect(trace[0]?.outputs?.['trajectory']).toEqual({
      generated_code_0: 'var found = lookup({ word: "zorp" })\nfound',
      code_output_0: `"${colour}"`,
      generated_code_1: 'print(found)\nlookup("NO!")',
      observation_1: expect.stringMatching(/^The code failed: .*That is no word/),
      generated_code_2: 'print(found.length)',
      code_output_2: `"${colour.length}"`,
    })
    expect(asked(lm, 0)).toContain('[[ ## trajectory ## ]]\n{}')
    expect(asked(lm, 1)).toContain('{"generated_code_0": "var found')
    expect(asked(lm, 3)).toContain('[[ ## code_output_2 ## ]]')
    expect(trace[0]?.stopped).toBeUndefined()
  })

  it('answers with what it has where it may write no more, also after a block without code', async () => {
    const lm = scriptedLm([turn('for (;;) {}'), turn('', 'True'), answer('red')])
    const { values, trace } = await execute(program({ max_iters: 2 }), lm)
    expect(values).toEqual({ label: 'red' })
    expect(trace[0]?.stopped).toBe('max-iterations')
    expect(asked(lm, 2)).toContain('[[ ## observation_1 ## ]]\nThere was no code to run.')
  })

  it('tells what keeps its tools from being called', () => {
    const problems = (tools: readonly JsonObject[]) => checkGraph(program({ tools }).graph).map(({ message }) => message)
    expect(problems([]).join()).toMatch(/has no tool/)
    expect(problems([{ ...lookupTool, name: 'print' }]).join()).toMatch(/called "print", which the code has already/)
  })
})

describe('the Sandbox model', () => {
  const float: FieldType = { kind: 'float' }
  const sum = (module: string, params: JsonObject = {}): Program => ({
    graph: {
      nodes: [
        inputNode(field('question', 'output')),
        signatureNode('solve', 'Solve', [field('question', 'input'), field('answer', 'output', float)], module, params),
        outputNode(field('answer', 'input', float)),
      ],
      edges: [edge('in.question', 'solve.question'), edge('solve.answer', 'out.answer')],
    },
    state: {},
  })
  const question = 'What is 12 * 7?'

  it('writes a program that works a sum out, and answers from it', async () => {
    const { values, trace } = await execute(sum('program-of-thought'), sandboxLm(), { question })
    expect(values).toEqual({ answer: 84 })
    expect(trace.find(({ name }) => name === 'code')).toMatchObject({ outputs: { result: { answer: 84 } } })
  })

  it('calls tools from code, and answers from what they returned', async () => {
    const price = {
      name: 'price_of',
      desc: 'The price of an item.',
      args: [{ name: 'item', type: { kind: 'str' }, desc: 'The item.' }],
      source: 'return { item: inputs.item, price: 31 }',
    }
    const program = sum('code-act', { tools: [price] })
    const { values, trace } = await execute(program, sandboxLm(), { question: 'What is the price of the item "lamp"?' })
    expect(trace.filter(({ name }) => name === 'price_of').length).toBeGreaterThan(0)
    expect(values).toEqual({ answer: 31 })
  })
})

describe('what the exported program does', () => {
  it('runs code of a model in the sandbox it is given, and says so where there is none', async () => {
    const engine = await buildEngine()
    const program = oneStep('code-act', {}, { tools: [lookupTool] })
    const [first] = toyRows(1)
    if (!first) throw new Error('a row')
    const check = (own: typeof engine) =>
      checkExport({
        program,
        models: { task: toyModel, overrides: {} },
        examples: [first],
        answer: () => sandboxLm(),
        engine: own,
        runner,
        clock: realClock,
      })
    const [row] = await check(engine)
    expect(row).toMatchObject({ isEqual: true })
    expect(row?.requests).toBeGreaterThan(1)
    const [without] = await check({
      createProgram: (definition, { sandbox: _sandbox, ...options }) => engine.createProgram(definition, options),
    })
    expect(without).toMatchObject({ isEqual: false })
  })
})

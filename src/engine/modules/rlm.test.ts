import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { readDspyState } from '@/export/from-dspy-json'
import { dspyState } from '@/export/to-dspy-json'
import { realClock } from '@/testing/memory-ports'
import { scriptedLm, type ScriptedLm } from '@/testing/scripted-lm'
import { edge, field, inputNode, lookupTool, oneStep, outputNode, signatureNode, toyLabelOf } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import { checkGraph } from '../graph/check'
import { completeState } from '../graph/default-state'
import { executeProgram } from '../graph/execute'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import type { Lm } from '../lm/lm'
import type { Program } from '../program/program'
import { sandboxLm } from '../providers/sandbox/sandbox-lm'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import { blockIn } from './rlm-run'
import { cutMiddle, historyText, variablesInfo } from './rlm-text'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const blocks = (values: Readonly<Record<string, string>>): string =>
  [...Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')
const turn = (code: string, reasoning = 'On.'): string => blocks({ reasoning, code: `\`\`\`js\n${code}\n\`\`\`` })
const answer = (text: string): string => blocks({ answer: text })
const program = (params: JsonObject = {}): Program => oneStep('rlm', {}, params)

const execute = (own: Program, lm: Lm, inputs: JsonObject = { text: 'order 1 for item zorp' }, signal = new AbortController().signal) =>
  executeProgram(own, inputs, {
    clock: realClock,
    runner,
    modelFor: () => ({ lm, model: toyModel }),
    call: { signal, rollout: 0, purpose: 'row' },
  })
const asked = ({ requests }: ScriptedLm, index: number): string => String(requests[index]?.messages.at(-1)?.content)

describe('RLM', () => {
  it('explores its variables block by block, asks about them, and submits', async () => {
    const long = `order 1 for item zorp ${'and more '.repeat(400)}`
    const lm = scriptedLm([
      turn('var parts = text.split(" and more ").slice(0, 2)\nprint(parts.length, text.length)'),
      turn('var told = llm_query_batched(parts.map(part => "Colour of: " + part))\nprint(told.join("|"))\nprint(llm_query("Sure?"))'),
      answer('green'),
      answer('blue'),
      answer('yes'),
      turn('SUBMIT({ label: told[0] })', 'That is it.'),
    ])
    const { values, trace } = await execute(program(), lm, { text: long })
    expect(values).toEqual({ label: 'green' })
    expect(asked(lm, 0)).not.toContain('and more '.repeat(150))
    expect(asked(lm, 0)).toContain(`Total length: ${long.length.toLocaleString('en')} characters`)
    expect(asked(lm, 0)).toMatch(/\[\[ ## repl_history ## \]\]\nNo code has run yet\.\n\n\[\[ ## iteration ## \]\]\n1\/20/)
    expect(asked(lm, 1)).toContain(`=== Step 1 ===\nReasoning: On.\nCode:\n\`\`\`js\nvar parts`)
    expect(asked(lm, 1)).toContain(`Output (6 chars):\n2 ${long.length}`)
    expect(asked(lm, 2)).toMatch(/^\[\[ ## prompt ## \]\]\nColour of: order 1 for item zorp\n/)
    expect(asked(lm, 5)).toContain('Output (14 chars):\ngreen|blue\nyes')
    expect(trace.map(({ id, kind, name, predictor }) => [id, kind ?? 'node', name, predictor])).toEqual([
      ['classify', 'node', 'Classify', undefined],
      ['classify/0', 'predict', 'Classify · generate_action', 'classify.generate_action'],
      ['classify/1', 'tool', 'code', undefined],
      ['classify/2', 'predict', 'Classify · generate_action', 'classify.generate_action'],
      ['classify/3', 'tool', 'code', undefined],
      ['classify/3/0', 'predict', 'Classify · sub_lm', 'classify.sub_lm'],
      ['classify/3/1', 'predict', 'Classify · sub_lm', 'classify.sub_lm'],
      ['classify/3/2', 'predict', 'Classify · sub_lm', 'classify.sub_lm'],
      ['classify/4', 'predict', 'Classify · generate_action', 'classify.generate_action'],
      ['classify/5', 'tool', 'code', undefined],
    ])
    expect(trace[0]?.outputs).toMatchObject({
      final_reasoning: 'That is it.',
      trajectory: [
        { output: `2 ${long.length}` },
        { output: 'green|blue\nyes' },
        { code: 'SUBMIT({ label: told[0] })', output: 'FINAL: {"label":"green"}' },
      ],
    })
    expect(trace[0]?.stopped).toBeUndefined()
  })

  it('tells the model what was wrong, and goes on', async () => {
    const lm = scriptedLm([
      turn('nope()'),
      blocks({ reasoning: '', code: '```python\nprint(1)\n```' }),
      turn('var a = 1'),
      turn('SUBMIT({ other: 1 })'),
      turn('SUBMIT({ label: "mauve" })'),
      turn('for (;;) {}'),
      turn('SUBMIT("red")'),
    ])
    const { values, trace } = await execute(program(), lm)
    expect(values).toEqual({ label: 'red' })
    const outputs = trace[0]?.outputs?.['trajectory']
    expect(outputs).toMatchObject([
      { output: expect.stringMatching(/^\[Error\] ReferenceError: .*nope.*\(line 1\)/) },
      { output: '[Error] This is a block of python, and only JavaScript is run. Write it in JavaScript.' },
      { output: 'It printed nothing. Use print(…) to see a value.' },
      { output: expect.stringMatching(/^\[Type Error\] label: expected .*other/) },
      { output: expect.stringMatching(/^\[Type Error\] label: expected .*mauve/) },
      { output: expect.stringMatching(/^\[Error\] .*10,000,000 steps/) },
      { output: 'FINAL: {"label":"red"}' },
    ])
  })

  it('answers from what it saw where it may write no more, and counts every prompt that its code asks', async () => {
    const lm = scriptedLm([
      turn('print(llm_query("a"))'),
      answer('A'),
      turn('print(llm_query_batched(["b", "c"]).join())'),
      blocks({ label: 'blue' }),
    ])
    const { values, trace } = await execute(program({ max_iters: 2, max_llm_calls: 2 }), lm)
    expect(values).toEqual({ label: 'blue' })
    expect(trace[0]?.stopped).toBe('max-iterations')
    expect(asked(lm, 3)).toMatch(/\[Error\] Error: The limit of 2 prompts is reached: 1 were asked, and 2 more are too many/)
    expect(callsOfRun(program({ max_iters: 2, max_llm_calls: 2 }).graph)).toEqual({ low: 1, expected: 4, high: 5 })
  })

  it('counts what a block asked that was stopped, which does not run again', async () => {
    const lm = scriptedLm([
      turn('llm_query("a"); for (;;) {}'),
      answer('A'),
      turn('print(llm_query("b"))'),
      answer('B'),
      turn('print(llm_query("c"))'),
      blocks({ label: 'red' }),
    ])
    const { trace } = await execute(program({ max_iters: 3, max_llm_calls: 2 }), lm)
    expect(trace[0]?.outputs?.['trajectory']).toMatchObject([
      { output: expect.stringMatching(/10,000,000 steps/) },
      { output: 'B' },
      { output: expect.stringMatching(/limit of/) },
    ])
  })

  it('hands the failure of a prompt to the code, and lets every other one end the step', async () => {
    const refused = new EngineError('lm-content-filter', 'A filter stopped it.')
    const told = await execute(
      program({ max_iters: 2 }),
      scriptedLm([turn('print(llm_query_batched(["a", "b"]).join("|"))'), refused, answer('fine'), turn('SUBMIT({ label: "red" })')]),
    )
    expect(told.values).toEqual({ label: 'red' })
    expect(told.trace[0]?.outputs?.['trajectory']).toMatchObject([{ output: '[ERROR] A filter stopped it.|fine' }, {}])
    const broken = new EngineError('lm-auth', 'The key is wrong.')
    const { error, trace } = await execute(program(), scriptedLm([turn('llm_query("a")'), broken]))
    expect(error).toMatchObject({ code: 'lm-auth' })
    expect(trace.map(({ name, error }) => [name, error?.code])).toEqual([
      ['Classify', 'lm-auth'],
      ['Classify · generate_action', undefined],
      ['code', 'lm-auth'],
      ['Classify · sub_lm', 'lm-auth'],
    ])
  })

  it('is stopped in the middle of its questions', async () => {
    const stop = new AbortController()
    const lm = scriptedLm([turn('for (const part of [1, 2, 3]) llm_query("part " + part)'), answer('a'), answer('b'), answer('c')])
    const generate: Lm['generate'] = async (request, call) => {
      if (lm.requests.length === 2) stop.abort()
      call.signal.throwIfAborted()
      return lm.generate(request, call)
    }
    const { error } = await execute(program(), { ...lm, generate }, undefined, stop.signal)
    expect(error).toBeDefined()
    expect(lm.requests).toHaveLength(2)
  })

  it('calls tools, noted below their block', async () => {
    const lm = scriptedLm([turn('print(lookup({ word: "zorp" }))'), turn(`SUBMIT({ label: "${toyLabelOf('zorp')}" })`)])
    const { values, trace } = await execute(program({ tools: [lookupTool] }), lm)
    expect(values).toEqual({ label: toyLabelOf('zorp') })
    expect(trace.find(({ name }) => name === 'lookup')).toMatchObject({ id: 'classify/1/0', outputs: { result: toyLabelOf('zorp') } })
  })

  it('shows so much of a variable and of what was printed, in the words of spec §3.7 and vector X09', async () => {
    const node = signatureNode('n', 'N', [
      field('rows', 'input', { kind: 'list', of: { kind: 'int' } }),
      { ...field('text', 'input'), desc: 'A book.' },
    ])
    const [rows, text] = variablesInfo(node, { rows: [1, 2], text: 'x'.repeat(1500) })
    expect(rows).toBe('Variable: `rows`\nType: array (list[int])\nTotal length: 12 characters\nPreview:\n```\n[\n  1,\n  2\n]\n```')
    expect(text).toContain('Description: A book.\nTotal length: 1,500 characters')
    expect(text).toContain(`\n${'x'.repeat(500)}...${'x'.repeat(500)}\n`)
    expect(cutMiddle('0123456789'.repeat(5), 7, () => '...')).toBe('012...6789')
    expect(historyText([{ reasoning: '', code: 'a', output: 'b', length: 12_345 }])).toBe(
      '=== Step 1 ===\nCode:\n```js\na\n```\nOutput (12,345 chars):\nb',
    )
    const { trace } = await execute(
      program({ max_iters: 1, max_output_chars: 100 }),
      scriptedLm([turn('print("y".repeat(300000))'), blocks({ label: 'red' })]),
    )
    expect(trace[0]?.outputs?.['trajectory']).toMatchObject([
      { output: expect.stringMatching(/^y{50}\n\n\.\.\. \(1\d\d,\d\d\d characters left out\) \.\.\.\n\n.{50}$/) },
    ])
  })

  it('finds the code in its fence', () => {
    expect(blockIn('Look:\n```js\n1 + 1\n```\nthen\n```js\n2\n```')).toEqual({ code: '1 + 1' })
    expect(blockIn('```\n```javascript\n1\n```\n```')).toEqual({ code: '1' })
    expect(blockIn('```\na\nb')).toEqual({ code: 'a\nb' })
    expect(blockIn('a + b')).toEqual({ code: 'a + b' })
    expect(blockIn('```bash\nls\n```').problem).toMatch(/a block of bash/)
    expect(blockIn(' ').problem).toBe('There was no code to run.')
    expect(blockIn('```js\n```').problem).toBe('There was no code to run.')
  })

  it('refuses names that the code or the result has already', () => {
    const problems = (input: string, output: string, params: JsonObject = {}) =>
      checkGraph({
        nodes: [
          inputNode(field(input, 'output')),
          signatureNode('n', 'N', [field(input, 'input'), field(output, 'output')], 'rlm', params),
          outputNode(field(output, 'input')),
        ],
        edges: [edge(`in.${input}`, `n.${input}`), edge(`n.${output}`, `out.${output}`)],
      }).map(({ message }) => message)
    expect(problems('text', 'code')).toEqual([])
    expect(problems('llm_query', 'label').join()).toMatch(/"llm_query", a name that RLM needs/)
    expect(problems('text', 'repl_history').join()).toMatch(/"repl_history", a name that RLM needs/)
    expect(problems('lookup', 'label', { tools: [lookupTool] }).join()).toMatch(/an input and a tool called "lookup"/)
    expect(problems('text', 'label', { tools: [{ ...lookupTool, name: 'SUBMIT' }] }).join()).toMatch(/called "SUBMIT", which the code has/)
  })

  it('asks the model that its second predictor names', async () => {
    const own = program()
    const state = completeState(own.graph, { 'classify.sub_lm': { instructions: 'Be short.', demos: [], lm: 'cheap' } })
    const main = scriptedLm([turn('print(llm_query("a"))'), turn('SUBMIT({ label: "red" })')])
    const cheap = scriptedLm([answer('A')])
    const { values } = await executeProgram(
      { ...own, state },
      { text: 'a' },
      {
        clock: realClock,
        runner,
        modelFor: id => ({ lm: id === 'cheap' ? cheap : main, model: toyModel }),
        call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
      },
    )
    expect(values).toEqual({ label: 'red' })
    expect(String(cheap.requests[0]?.messages[0]?.content)).toContain('Be short.')
  })

  it('speaks of Python in the file for DSPy, and reads that file back', () => {
    const { graph } = program({ tools: [lookupTool] })
    const state = completeState(graph, { 'classify.generate_action': { instructions: 'Find it.', demos: [] } })
    const file = dspyState({ graph, state })
    const text = JSON.stringify(file['generate_action'] ?? file['classify.generate_action'])
    expect(text).toContain('Find it.\\n\\nWork these out')
    expect(text).toContain('SUBMIT(label=…)')
    expect(text).not.toContain('JavaScript')
    expect(readDspyState(file, { graph, state: {} })).toMatchObject({ state, notCarried: [] })
    expect(predictorsOf(graph).map(({ dspyName, isOnlyHere }) => [dspyName, isOnlyHere])).toEqual([
      ['classify.generate_action', false],
      ['classify.extract', false],
      ['classify.sub_lm', true],
    ])
  })

  it('is answered by the Sandbox, also over a text that no prompt holds', async () => {
    const { values, trace } = await execute(program(), sandboxLm())
    expect(['red', 'green', 'blue', 'yellow']).toContain(values?.['label'])
    expect(trace.filter(({ predictor }) => predictor === 'classify.sub_lm')).toHaveLength(1)
    const book = `${'The weather was fine that day. '.repeat(600)}The bridge at Arta was built by masons. ${'It rained later. '.repeat(300)}`
    const ask: Program = {
      graph: {
        nodes: [
          inputNode(field('book', 'output'), field('question', 'output')),
          signatureNode('read', 'Read', [field('book', 'input'), field('question', 'input'), field('answer', 'output')], 'rlm'),
          outputNode(field('answer', 'input')),
        ],
        edges: [edge('in.book', 'read.book'), edge('in.question', 'read.question'), edge('read.answer', 'out.answer')],
      },
      state: {},
    }
    const read = await execute(ask, sandboxLm(), { book, question: 'Who built the bridge at Arta?' })
    expect(read.trace.filter(({ predictor }) => predictor === 'read.sub_lm').length).toBeGreaterThan(1)
    expect(read.values?.['answer']).toContain('masons')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { realClock } from '@/testing/memory-ports'
import { scriptedLm, type ScriptedLm } from '@/testing/scripted-lm'
import { edge, field, inputNode, lookupTool, oneStep, outputNode, signatureNode, toyLabelOf } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { checkGraph } from '../graph/check'
import { executeProgram } from '../graph/execute'
import { callsOfRun } from '../graph/predictors'
import type { Lm } from '../lm/lm'
import { callKey } from '../lm/kept/request-key'
import type { Program } from '../program/program'
import { sandboxLm } from '../providers/sandbox/sandbox-lm'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const program = (params: JsonObject = {}) => oneStep('react-v2', {}, { tools: [lookupTool], ...params })
const turn = (...calls: readonly Json[]): string =>
  `[[ ## next_thought ## ]]\nOn.\n\n[[ ## tool_calls ## ]]\n${JSON.stringify({ tool_calls: calls })}\n\n[[ ## completed ## ]]`
const call = (name: string, args: JsonObject): Json => ({ name, args })
const submit = (label: string): Json => call('submit', { label })

const execute = (given: Program, lm: Lm, inputs: JsonObject = { text: 'order 1 for item zorp' }) =>
  executeProgram(given, inputs, {
    clock: realClock,
    runner,
    modelFor: () => ({ lm, model: toyModel }),
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
  })
const asked = ({ requests }: ScriptedLm, index: number): readonly string[] =>
  (requests[index]?.messages ?? []).slice(1).map(({ role, content }) => `${role}: ${content}`)

describe('ReActV2', () => {
  it('calls tools in a conversation and answers by what it hands in', async () => {
    const lm = scriptedLm([turn(call('lookup', { word: 'zorp' }), call('lookup', { word: 'blin' })), turn(submit('red'))])
    const { values, trace } = await execute(program(), lm)
    expect(values).toEqual({ label: 'red' })
    expect(trace.map(({ kind, name, predictor }) => [kind ?? 'node', name, predictor])).toEqual([
      ['node', 'Classify', undefined],
      ['predict', 'Classify · react', 'classify.react'],
      ['tool', 'lookup', undefined],
      ['tool', 'lookup', undefined],
      ['predict', 'Classify · react', 'classify.react'],
      ['tool', 'submit', undefined],
    ])
    expect(trace[0]?.outputs).toMatchObject({
      termination_reason: 'submit',
      history: {
        messages: [
          {
            text: 'order 1 for item zorp',
            next_thought: 'On.',
            tool_calls: {
              tool_calls: [{ id: 'call_0_0', name: 'lookup', args: { word: 'zorp' } }, { id: 'call_0_1' }],
              tool_call_results: {
                tool_call_results: [
                  { call_id: 'call_0_0', name: 'lookup', value: toyLabelOf('zorp'), is_error: false },
                  { call_id: 'call_0_1', value: toyLabelOf('blin') },
                ],
              },
            },
          },
          { next_thought: 'On.', label: 'red' },
        ],
      },
    })
    expect(trace[0]?.stopped).toBeUndefined()
  })

  it('shows the inputs once, then the turns, and the tools in each request', async () => {
    const lm = scriptedLm([turn(call('lookup', { word: 'zorp' })), turn(submit('red'))])
    await execute(program(), lm)
    const [first, second] = [asked(lm, 0), asked(lm, 1)]
    expect(first).toHaveLength(1)
    expect(first[0]).toMatch(/order 1 for item zorp[\s\S]*\[\[ ## tools ## \]\]\n\["lookup: <desc>The colour of a word\.<\/desc>/)
    expect(first[0]).toContain('"submit: <desc>Hands in the outputs and ends the work.</desc>')
    expect(second.map(text => text.slice(0, 9))).toEqual(['user: [[ ', 'assistant', 'user: [[ ', 'user: [[ '])
    expect(second[0]).toContain('order 1 for item zorp')
    expect(second[1]).toContain('{"tool_calls": [{"name": "lookup", "args": {"word": "zorp"}}]}')
    expect(second[2]).toContain(`"value": "${toyLabelOf('zorp')}"`)
    expect(second[3]).not.toContain('order 1')
    expect(second[3]).toContain('[[ ## tools ## ]]')
  })

  it('tells the model what went wrong with a call, and goes on', async () => {
    const lm = scriptedLm([turn(call('warp', {}), call('lookup', { word: 'NO!' }), submit('pink')), turn(submit('blue'))])
    const { values, trace } = await execute(program(), lm)
    expect(values).toEqual({ label: 'blue' })
    const results = JSON.stringify(trace[0]?.outputs?.['history'])
    expect(results).toContain('There is no tool called warp.')
    expect(results).toMatch(/Execution error in lookup: .*That is no word/)
    expect(results).toMatch(/Execution error in submit: .*does not fit/)
  })

  it.each([
    ['max-iterations', { max_iters: 1 }, [turn(call('lookup', { word: 'zorp' }))]],
    ['no-tool-call', {}, [turn()]],
    ['unreadable-step', {}, ['Hm.', 'Hm.']],
  ] as const)('asks for the outputs once more where it ends at %s, and says so', async (reason, params, answers) => {
    // An answer that cannot be read is asked for again in JSON.
    const lm = scriptedLm([...answers, turn(submit('green'))])
    const { values, trace } = await execute(program(params), lm)
    expect(values).toEqual({ label: 'green' })
    expect(trace[0]).toMatchObject({ stopped: reason, outputs: { termination_reason: 'forced_submit' } })
    const keys = lm.requests.map(request => callKey(request, 0))
    expect(new Set(keys).size).toBe(keys.length)
    expect(asked(lm, lm.requests.length - 1).at(-1)).toContain('This is the last turn.')
  })

  it('fails where even then nothing is handed in, and runs no other tool', async () => {
    const none = await execute(program({ max_iters: 1 }), scriptedLm([turn(), turn(call('lookup', { word: 'zorp' }))]))
    expect(none.error).toMatchObject({
      code: 'adapter-parse',
      message: expect.stringMatching(/a turn without a call.*did not call submit/),
    })
    expect(none.trace.some(({ name }) => name === 'lookup')).toBe(false)
    const bad = await execute(program({ max_iters: 1 }), scriptedLm([turn(), turn(submit('pink'))]))
    expect(bad.error).toMatchObject({ message: expect.stringMatching(/"label" does not fit/) })
  })

  it('counts its requests, and refuses the names that DSPy keeps for itself', () => {
    expect(callsOfRun(program({ max_iters: 5 }).graph)).toEqual({ low: 1, expected: 2, high: 6 })
    const problems = (tools: readonly JsonObject[]) => checkGraph(program({ tools }).graph).map(({ message }) => message)
    expect(problems([{ ...lookupTool, name: 'submit' }]).join()).toMatch(/called "submit", which ends the loop/)
    expect(problems([{ ...lookupTool, name: 'finish' }])).toEqual([])
    const fields = [field('tools', 'input'), field('history', 'output')]
    const graph = {
      nodes: [inputNode(field('tools', 'output')), signatureNode('n', 'N', fields, 'react-v2', { tools: [lookupTool] }), outputNode()],
      edges: [edge('in.tools', 'n.tools')],
    }
    const messages = checkGraph(graph).map(({ message }) => message)
    expect(messages.join()).toMatch(/input "tools", a name that ReActV2 needs/)
    expect(messages.join()).toMatch(/output "history", a name that ReActV2 needs/)
  })

  it('works with the Sandbox', async () => {
    const { values, trace } = await execute(program(), sandboxLm(), { text: 'What is the colour of the word "zorp"?' })
    expect(trace.some(({ name }) => name === 'lookup')).toBe(true)
    expect(values).toEqual({ label: toyLabelOf('zorp') })
  })
})

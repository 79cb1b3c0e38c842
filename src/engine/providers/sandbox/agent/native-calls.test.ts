import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adapterIds } from '@/engine/program/adapter-id'
import { executeProgram } from '@/engine/graph/execute'
import { promptsFor } from '@/engine/graph/prompt'
import { predict } from '@/engine/modules/predict'
import { adapters } from '@/engine/adapters/registry'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import type { Lm, LmRequest } from '@/engine/lm/lm'
import { realClock } from '@/testing/memory-ports'
import { field, lookupTool, oneStep, toyLabelOf } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { sandboxLm } from '../sandbox-lm'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const call = { signal: new AbortController().signal, rollout: 0, purpose: 'row' } as const

function agent(params: object = {}) {
  const { graph, state } = oneStep('react-v2', {}, { tools: [lookupTool], ...params })
  return { graph: { ...graph, nativeTools: true as const, jsonFallback: 'once' as const }, state }
}

function watched(): { readonly lm: Lm; readonly requests: LmRequest[] } {
  const requests: LmRequest[] = []
  const lm = sandboxLm()
  return { requests, lm: { ...lm, generate: (request, given) => (requests.push(request), lm.generate(request, given)) } }
}

describe('the Sandbox with tools on offer', () => {
  it.each(adapterIds)('calls them, and hands in what they told, with %s', async adapter => {
    const { graph, state } = agent()
    const { lm, requests } = watched()
    const inputs = { text: 'order 1 for item zorp' }
    const { values, trace } = await executeProgram({ graph: { ...graph, adapter }, state }, inputs, {
      clock: realClock,
      runner,
      modelFor: () => ({ lm, model: toyModel }),
      call,
    })
    expect(values).toEqual({ label: toyLabelOf('zorp') })
    expect(trace[0]?.outputs).toMatchObject({ termination_reason: 'submit' })
    // Where a second request reads the answer, the first is in words.
    expect(requests.every(request => 'tools' in request)).toBe(adapter !== 'two-step')
  })

  it('hands in where it has to: without a word of its last turn, and without thinking before', async () => {
    const { lm, requests } = watched()
    const model = { ...toyModel, settings: { reasoningEffort: 'low' as const } }
    const { trace } = await executeProgram(
      agent({ max_iters: 1 }),
      { text: 'order 1 for item zorp' },
      {
        clock: realClock,
        runner,
        modelFor: () => ({ lm, model }),
        call,
      },
    )
    expect(trace[0]).toMatchObject({ outputs: { termination_reason: 'forced_submit' }, stopped: 'max-iterations' })
    expect(requests).toHaveLength(2)
    expect(requests[0]).toMatchObject({ settings: { reasoningEffort: 'low' } })
    expect(requests[0]).not.toHaveProperty('toolChoice')
    expect(requests[1]).toMatchObject({ toolChoice: 'submit', settings: {} })
    expect(JSON.stringify(requests[1])).not.toContain('hint_')
  })

  it('calls a tool of any signature where one may help, and answers where none does', async () => {
    const fields = [
      field('text', 'input'),
      field('tools', 'input', { kind: 'list', of: { kind: 'tool' } }),
      field('calls', 'output', { kind: 'tool-calls' }),
    ]
    const lookup = { name: 'lookup', desc: 'The colour of a word.', args: { word: { type: 'string' } } }
    const step = {
      signature: { instructions: 'Call what helps.', fields },
      demos: [],
      adapter: adapters.chat,
      jsonFallback: 'once',
      nativeTools: true,
      model: toyModel,
      call,
    } as const
    const ask = (lm: Lm) => predict({ ...step, lm, inputs: { text: 'What is the colour of "zorp"?', tools: [lookup] } }, () => undefined)
    expect(await ask(sandboxLm())).toEqual({ calls: { tool_calls: [{ id: 'call-1', name: 'lookup', args: { word: 'zorp' } }] } })
  })
})

describe('a prompt that is shown beforehand', () => {
  it('tells which tools go with it, as they will be sent', () => {
    const { graph, state } = agent()
    const [native] = promptsFor({ graph, state }, 'classify.react', { text: 'x' })
    expect(native?.tools?.map(({ name }) => name)).toEqual(['lookup', 'submit'])
    expect(JSON.stringify(native?.messages)).not.toContain('tool_calls')
    const { nativeTools: _, ...plain } = graph
    const [inWords] = promptsFor({ graph: plain, state }, 'classify.react', { text: 'x' })
    expect(inWords?.tools).toBeUndefined()
    expect(JSON.stringify(inWords?.messages)).toContain('lookup: <desc>The colour of a word.')
  })
}) // prettier-ignore

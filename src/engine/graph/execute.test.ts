import { describe, expect, it } from 'vitest'
import { realClock } from '@/testing/memory-ports'
import { edge, field, inputNode, oneStep, outputNode, signatureNode, twoSteps } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import type { Lm } from '../lm/lm'
import { scriptedLm } from '@/testing/scripted-lm'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import { promptFor } from './prompt'
import { executeProgram, runProgram } from './execute'
import type { ExecuteContext, NodeEvent } from './execute-context'
import type { CodeNode, Program } from '../program/program'

const runner: CodeRunner = await createQuickJsRunner()

function contextFor(lm: Lm, events: NodeEvent[] = []): ExecuteContext {
  return {
    clock: realClock,
    runner,
    modelFor: () => ({ lm, model: toyModel }),
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
    onNode: event => events.push(event),
  }
}

const says = (outputs: Record<string, string>): string =>
  [...Object.entries(outputs).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')

describe('running a program', () => {
  it('feeds each step from the one before and keeps every step', async () => {
    const lm = scriptedLm([says({ keyword: 'zorp' }), says({ reasoning: 'because', label: 'red' })])
    const { values, trace } = await runProgram(twoSteps(), { text: 'item zorp' }, contextFor(lm))
    expect(values).toEqual({ label: 'red' })
    expect(trace.map(({ node, predictor, inputs, outputs }) => ({ node, predictor, inputs, outputs }))).toEqual([
      { node: 'extract', predictor: 'extract', inputs: { text: 'item zorp' }, outputs: { keyword: 'zorp' } },
      { node: 'classify', predictor: 'classify', inputs: { keyword: 'zorp' }, outputs: { reasoning: 'because', label: 'red' } },
    ])
    expect(trace[0]?.calls[0]).toMatchObject({ format: 'chat', model: 'toy-1', cached: false, attempts: 1 })
  })

  it('asks each step with its own adapter, else with that of the program', async () => {
    const { graph, state } = twoSteps()
    const nodes = graph.nodes.map(node =>
      node.id === 'classify' && node.kind === 'signature' ? { ...node, adapter: 'json' as const } : node,
    )
    const program: Program = { graph: { ...graph, nodes, adapter: 'xml' }, state }
    const lm = scriptedLm(['<keyword>zorp</keyword>', '{"reasoning": "because", "label": "red"}'])
    const { values, trace } = await runProgram(program, { text: 'item zorp' }, contextFor(lm))
    expect(values).toEqual({ label: 'red' })
    expect(trace.flatMap(({ calls }) => calls.map(call => call.format))).toEqual(['xml', 'json'])
    expect(lm.requests[0]?.messages).toEqual(promptFor(program, 'extract', { text: 'item zorp' }))
    expect(lm.requests[1]?.messages).toEqual(promptFor(program, 'classify', { keyword: 'zorp' }))
  })

  it('runs steps of a layer together, and lists them in a fixed order', async () => {
    const [left, right] = ['Left', 'Right'].map(name =>
      signatureNode(name, name, [field('text', 'input'), field(name.toLowerCase(), 'output')]),
    )
    const program: Program = {
      graph: {
        nodes: [inputNode(field('text', 'output')), left, right, outputNode(field('left', 'input'), field('right', 'input'))].filter(
          node => node !== undefined,
        ),
        edges: [
          edge('in.text', 'Left.text'),
          edge('in.text', 'Right.text'),
          edge('Left.left', 'out.left'),
          edge('Right.right', 'out.right'),
        ],
      },
      state: {},
    }
    let running = 0
    let most = 0
    const lm = scriptedLm(async (_request, _call, index) => {
      most = Math.max(most, ++running)
      await realClock.sleep(index === 0 ? 20 : 5)
      running -= 1
      return says({ left: 'L', right: 'R' })
    })
    const { values, trace } = await runProgram(program, { text: 'x' }, contextFor(lm))
    expect(most).toBe(2)
    expect(values).toEqual({ left: 'L', right: 'R' })
    expect(trace.map(span => span.name)).toEqual(['Left', 'Right'])
  })

  it('ends at a step that fails, with the error in its span', async () => {
    const events: NodeEvent[] = []
    const lm = scriptedLm([new EngineError('lm-server', 'Down.')])
    const { values, trace, error } = await executeProgram(twoSteps(), { text: 'x' }, contextFor(lm, events))
    expect(values).toBeUndefined()
    expect(error).toMatchObject({ code: 'lm-server', facts: { step: 'Extract' } })
    expect(trace).toHaveLength(1)
    expect(trace[0]).toMatchObject({ node: 'extract', error: { code: 'lm-server' } })
    expect(trace[0]?.calls[0]).toMatchObject({ error: { code: 'lm-server' }, failedAttempts: 1 })
    expect(events.map(({ type, node }) => `${type} ${node}`)).toEqual(['start extract', 'end extract'])
    await expect(runProgram(twoSteps(), { text: 'x' }, contextFor(scriptedLm([new EngineError('lm-server', 'Down.')])))).rejects.toThrow(
      'Down.',
    )
  })

  it('asks for a value the row does not have', async () => {
    const { error } = await executeProgram(oneStep(), {}, contextFor(scriptedLm([])))
    expect(error).toMatchObject({ code: 'data-invalid', facts: { field: 'text' } })
  })
})

describe('a code step', () => {
  const program = (source: string): Program => {
    const node: CodeNode = {
      kind: 'code',
      id: 'c',
      name: 'Count',
      source,
      fields: [field('text', 'input'), field('count', 'output', { kind: 'int' })],
    }
    return {
      graph: {
        nodes: [inputNode(field('text', 'output')), node, outputNode(field('count', 'input'))],
        edges: [edge('in.text', 'c.text'), edge('c.count', 'out.count')],
      },
      state: {},
    }
  }

  it('runs in the sandbox; its outputs fit their types, and a str output is text', async () => {
    const { values, trace } = await runProgram(
      program('return { count: String(inputs.text.length) }'),
      { text: 'abcd' },
      contextFor(scriptedLm([])),
    )
    expect(values).toEqual({ count: '4' })
    expect(trace[0]?.outputs).toEqual({ count: 4 })
    expect(trace[0]?.calls).toEqual([])
  })

  it.each([
    ['return 5', /must return an object with count. It returned a number/],
    ['return {}', /returned no "count"/],
    ['return { count: "many" }', /"count" that does not fit/],
    ['throw new Error("boom")', /boom/],
  ])('%s: says what is wrong', async (source, message) => {
    const { error } = await executeProgram(program(source), { text: 'x' }, contextFor(scriptedLm([])))
    expect(error).toMatchObject({ code: 'code-failed', message: expect.stringMatching(message) })
  })
})

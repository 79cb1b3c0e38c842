import { expect, describe, it } from 'vitest'
import { dspyRemarks } from '@/export/export-remarks'
import type { JsonObject } from '@/lib/json'
import { realClock } from '@/testing/memory-ports'
import { edge, field, inputNode, outputNode, signatureNode } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import { checkGraph } from '../graph/check'
import { executeProgram } from '../graph/execute'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import { outputFields } from '../graph/ports'
import type { Lm } from '../lm/lm'
import type { Program } from '../program/program'
import { sandboxLm } from '../providers/sandbox/sandbox-lm'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { FieldType } from '../signature/types/field-type'

const texts: FieldType = { kind: 'list', of: { kind: 'str' } }
const label: FieldType = { kind: 'enum', values: ['red', 'blue'] }

/** texts and a tone → a label for each text. */
function program(params: JsonObject = {}, labels: FieldType = { kind: 'list', of: label }): Program {
  return {
    graph: {
      nodes: [
        inputNode(field('texts', 'output', texts), field('tone', 'output')),
        signatureNode(
          'p',
          'P',
          [field('texts', 'input', texts), field('tone', 'input'), field('labels', 'output', labels)],
          'parallel',
          params,
        ),
        outputNode(field('labels', 'input', labels)),
      ],
      edges: [edge('in.texts', 'p.texts'), edge('in.tone', 'p.tone'), edge('p.labels', 'out.labels')],
    },
    state: {},
  }
}

interface Seen {
  most: number
  readonly texts: string[]
}

/** Answers `red` to an r and `blue` to a b, the first of all last; fails where the text says so. */
function lmOf(seen: Seen): Lm {
  let running = 0
  return {
    capabilities: { responseFormats: [] },
    async generate({ ...request }, { signal }) {
      if (request.kind === 'embed') throw new Error('no embeddings')
      const content = String(request.messages.at(-1)?.content)
      const text = /\[\[ ## texts ## \]\]\n(.*)/.exec(content)?.[1] ?? ''
      seen.texts.push(text)
      running += 1
      seen.most = Math.max(seen.most, running)
      // The first of all ends last.
      for (let turns = 8 - seen.texts.length; turns > 0; turns--) await new Promise(resolve => setTimeout(resolve, 1))
      running -= 1
      signal.throwIfAborted()
      if (text === 'filter') throw new EngineError('lm-content-filter', 'A filter stopped it.')
      if (text === 'auth') throw new EngineError('lm-auth', 'The key is wrong.')
      const answer = text.startsWith('r') ? 'red' : 'blue'
      return {
        text: `[[ ## labels ## ]]\n${answer}\n\n[[ ## reasoning ## ]]\nAs ${text}.\n\n[[ ## completed ## ]]`,
        usage: { inputTokens: 1, outputTokens: 1 },
        finish: 'stop',
        ms: 1,
        cached: false,
        attempts: 1,
      }
    },
  }
}

async function run(own: Program, list: readonly string[], given?: Lm) {
  const seen: Seen = { most: 0, texts: [] }
  const lm = given ?? lmOf(seen)
  const runner = await createQuickJsRunner()
  const result = await executeProgram(
    own,
    { texts: [...list], tone: 'calm' },
    {
      clock: realClock,
      runner,
      modelFor: () => ({ lm, model: toyModel }),
      call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
    },
  )
  runner.dispose()
  return { ...result, seen }
}

describe('Parallel', () => {
  it('asks once for each item, so many at once, and keeps their order', async () => {
    const { values, trace, seen } = await run(program({ num_threads: 2 }), ['r1', 'b1', 'r2', 'b2', 'b3'])
    expect(values).toEqual({ labels: ['red', 'blue', 'red', 'blue', 'blue'] })
    expect(seen).toEqual({ most: 2, texts: ['r1', 'b1', 'r2', 'b2', 'b3'] })
    expect(trace.slice(1).map(({ predictor, inputs }) => [predictor, inputs['texts'], inputs['tone']])).toEqual(
      ['r1', 'b1', 'r2', 'b2', 'b3'].map(text => ['p.module', text, 'calm']),
    )
    expect((await run(program({ num_threads: 64 }), ['r1', 'b1', 'r2'])).seen.most).toBe(3)
    expect((await run(program(), [])).values).toEqual({ labels: [] })
  })

  it('leaves null where an item failed, and says why', async () => {
    const { values, trace } = await run(program({ module: 'chain-of-thought', max_errors: 2 }), ['r', 'filter', 'b'])
    expect(values).toEqual({ labels: ['red', null, 'blue'] })
    expect(trace[0]?.outputs).toEqual({
      reasoning: ['As r.', null, 'As b.'],
      labels: ['red', null, 'blue'],
      failed: [{ index: 1, error: 'A filter stopped it.' }],
    })
    expect(trace.map(({ error }) => error?.code)).toEqual([undefined, undefined, 'lm-content-filter', undefined])
  })

  it('fails with the first failure where there are too many, and with what belongs to no item', async () => {
    const { error, seen } = await run(program({ max_errors: 2 }), ['filter', 'r', 'filter', 'b'])
    expect(error).toMatchObject({
      code: 'lm-content-filter',
      message: '2 of the 4 items of P failed. The first of them: A filter stopped it.',
    })
    expect(seen.texts).toHaveLength(4)
    expect((await run(program(), ['r', 'auth'])).error).toMatchObject({ code: 'lm-auth', message: 'The key is wrong.' })
  })

  it('counts what it may ask, and refuses a longer list and lists that do not match', async () => {
    expect(callsOfRun(program({ max_items: 3 }).graph)).toEqual({ low: 0, expected: 3, high: 3 })
    expect((await run(program({ max_items: 3 }), ['r', 'r', 'r', 'r'])).error).toMatchObject({
      code: 'data-invalid',
      message: expect.stringMatching(/was given 4 items, and takes at most 3/),
    })
    const two = signatureNode(
      'p',
      'P',
      [field('a', 'input', texts), field('b', 'input', texts), field('labels', 'output', texts)],
      'parallel',
    )
    const graph: Program['graph'] = {
      nodes: [inputNode(field('a', 'output', texts), field('b', 'output', texts)), two, outputNode(field('labels', 'input', texts))],
      edges: [edge('in.a', 'p.a'), edge('in.b', 'p.b'), edge('p.labels', 'out.labels')],
    }
    const runner = await createQuickJsRunner()
    const { error } = await executeProgram(
      { graph, state: {} },
      { a: ['x'], b: ['y', 'z'] },
      {
        clock: realClock,
        runner,
        modelFor: () => ({ lm: sandboxLm(), model: toyModel }),
        call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
      },
    )
    runner.dispose()
    expect(error).toMatchObject({ code: 'data-invalid', message: expect.stringMatching(/"a" has 1 items where "b" has 2/) })
  })

  it('shows a prompt the type of one item, and its ports the lists', () => {
    const { graph } = program({ module: 'chain-of-thought' })
    const [predictor] = predictorsOf(graph)
    expect(predictor?.signature({}).fields.map(({ name, type }) => [name, type.kind])).toEqual([
      ['texts', 'str'],
      ['tone', 'str'],
      ['reasoning', 'str'],
      ['labels', 'enum'],
    ])
    const node = graph.nodes[1]
    expect(node && outputFields(node).map(({ name, type }) => [name, type.kind])).toEqual([
      ['reasoning', 'list'],
      ['failed', 'list'],
      ['labels', 'list'],
    ])
    expect(checkGraph(program({}, label).graph).map(({ message }) => message)).toEqual([
      'The output "labels" of P gets one value for each item. Make it a list, such as list[str].',
    ])
    expect(dspyRemarks(program({ num_threads: 4 })).join()).toContain(
      "self.module = dspy.Predict(\"texts, tone -> labels: Literal['red', 'blue']\")",
    )
  })

  it('is answered by the Sandbox', async () => {
    const { values } = await run(program(), ['The sky is blue', 'A red rose'], sandboxLm())
    expect(values).toEqual({ labels: ['blue', 'red'] })
  })
})

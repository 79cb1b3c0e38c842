import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Program } from '@/engine/program/program'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import { sandboxLm } from '@/engine/providers/sandbox/sandbox-lm'
import { voteProgram } from '@/engine/modules/vote-program'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { buildEngine } from '@/testing/built-engine'
import { codeProgram } from '@/testing/code-program'
import { realClock } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import {
  agentStep,
  edge,
  field,
  inputNode,
  lookupTool,
  oneStep,
  outputNode,
  signatureNode,
  toyRows,
  twoSteps,
} from '@/testing/toy-programs'
import { toyEmbedder, toyModel } from '@/testing/toy-run'
import { checkExport, type CheckedRow, type ExportedEngine } from './check-export'

let engine: ExportedEngine
let runner: CodeRunner
beforeAll(async () => {
  engine = await buildEngine()
  runner = await createQuickJsRunner()
}, 60_000)
afterAll(() => runner.dispose())

const sandboxModel: ModelSpec = { id: 'sandbox', label: 'Sandbox', provider: 'sandbox', model: 'sandbox', settings: { temperature: 0.5 } }

function check(program: Program, changes: { engine?: ExportedEngine; lm?: Lm; model?: ModelSpec } = {}): Promise<readonly CheckedRow[]> {
  const model = changes.model ?? toyModel
  return checkExport({
    program,
    models: { task: model, overrides: {} },
    examples: toyRows(3),
    answer: () => changes.lm ?? simulatedLm(),
    engine: changes.engine ?? engine,
    runner,
    clock: realClock,
  })
}

const pool = toyRows(8, 100).map(({ inputs, labels }) => ({ ...inputs, ...labels }))
const lone = (at: number) => ({ instructions: `Name the colour, ${at}.`, demos: pool.slice(at, at + 2) })

/** Three predictors side by side in one layer, then one that reads them all. */
function wide(state: Program['state']): Program {
  const middle = ['a', 'b', 'c'].map(id => signatureNode(id, id, [field('text', 'input'), field('keyword', 'output')]))
  const last = signatureNode('last', 'last', [...['a', 'b', 'c'].map(name => field(name, 'input')), field('label', 'output')])
  return {
    graph: {
      nodes: [inputNode(field('text', 'output')), ...middle, last, outputNode(field('label', 'input'))],
      edges: [
        ...['a', 'b', 'c'].flatMap(id => [edge('in.text', `${id}.text`), edge(`${id}.keyword`, `last.${id}`)]),
        edge('last.label', 'out.label'),
      ],
    },
    state,
  }
}

describe('the check of an export', () => {
  it('finds the same bytes where demos are picked by embeddings', async () => {
    const program = oneStep('predict', { classify: { instructions: '', demos: pool, nearest: { k: 2, embedder: toyEmbedder.id } } })
    const rows = await checkExport({
      program,
      models: { task: toyModel, overrides: { [toyEmbedder.id]: toyEmbedder } },
      examples: toyRows(3),
      answer: () => simulatedLm(),
      engine,
      runner,
      clock: realClock,
    })
    expect(rows.map(({ isEqual, requests }) => ({ isEqual, requests }))).toEqual(Array(3).fill({ isEqual: true, requests: 3 }))
    const bodies = rows.flatMap(({ exported }) => exported.split('\n'))
    expect(bodies.filter(body => body.includes('"encoding_format":"float"'))).toHaveLength(6)
    for (const body of bodies.filter(text => text.includes('"messages"')))
      expect(body.match(/\[\[ ## text ## \]\]/g)?.length).toBeGreaterThan(2)
  })

  it('finds the same bytes on both sides, with code nodes, steps in a row and side by side', async () => {
    const ownWords = Object.fromEntries(['a', 'b', 'c'].map(id => [id, { instructions: `Find word ${id}.`, demos: [] }]))
    for (const [program, requests] of [
      [twoSteps(), 2],
      [codeProgram(), 2],
      [wide(ownWords), 4],
      // Three equal requests side by side are one.
      [wide({}), 2],
      [oneStep('predict', { classify: { instructions: '', demos: pool, nearest: { k: 2 } } }), 1],
      [
        voteProgram(
          oneStep().graph,
          [0, 1, 2].map(at => ({ classify: lone(at) })),
          'majority',
        ),
        3,
      ],
      [
        voteProgram(
          oneStep().graph,
          ['One.', 'Two.'].map(instructions => ({ classify: { instructions, demos: pool, nearest: { k: 2 } } })),
          'majority',
        ),
        2,
      ],
    ] as const) {
      const rows = await check(program)
      expect(rows.map(row => [row.isEqual, row.requests])).toEqual(Array.from({ length: 3 }, () => [true, requests]))
      expect(rows[0]?.studio).toContain('"model":"toy-1"')
      expect(rows[0]?.exported).toBe(rows[0]?.studio)
    }
  })

  it('checks what the Sandbox answers too, though nothing goes over a wire then', async () => {
    const rows = await check(twoSteps(), { lm: sandboxLm(), model: sandboxModel })
    expect(rows.every(row => row.isEqual && row.requests >= 2)).toBe(true)
  })

  it.each([
    ['an error', "throw new Error('not in the catalogue')", 'Error: not in the catalogue'],
    ['an error of another kind', "throw new TypeError('no word')", 'TypeError: no word'],
    ['an error of its own kind', "class Missing extends Error { name = 'Missing' }; throw new Missing('gone')", 'Missing: gone'],
    ['a text', "throw 'nothing there'", 'nothing there'],
    ['a value', 'throw { status: 404, seen: [1, null] }', '{"status":404,"seen":[1,null]}'],
    ['a number', 'throw 7', '7'],
    ['nothing', 'throw undefined', 'undefined'],
  ])('shows an agent the same words on both sides when a tool throws %s', async (_, source, said) => {
    const rows = await check(
      agentStep({ 'classify.react': { instructions: 'Use lookup first.', demos: [] } }, { tools: [{ ...lookupTool, source }] }),
    )
    expect(rows.map(({ isEqual }) => isEqual)).toEqual([true, true, true])
    expect(rows[0]?.exported).toContain(JSON.stringify(`Execution error in lookup: ${said}`).slice(1, -1))
  })

  it('follows both sides through an answer that cannot be read', async () => {
    const garbled: Lm = {
      ...simulatedLm(),
      generate: async () => ({
        text: 'no markers',
        finish: 'stop',
        usage: { inputTokens: 1, outputTokens: 1 },
        ms: 1,
        cached: false,
        attempts: 1,
      }),
    }
    const rows = await check(twoSteps(), { lm: garbled })
    // The first step asks again in JSON, then fails, on both sides.
    expect(rows.every(row => row.isEqual && row.requests >= 2)).toBe(true)
  })

  const changes: Readonly<Record<string, (definition: string) => string>> = {
    'other instructions': text => text.replace('Name its colour.', 'Name its color.'),
    'a lost demo': text => text.replace(/"demos":\[\{[^\]]*?\}\]/, '"demos":[]'),
    'another setting': text => text.replace('"temperature":0', '"temperature":0.1'),
    'another model': text => text.replace('"model":"toy-1"', '"model":"toy-2"'),
  }
  for (const [name, change] of Object.entries(changes)) {
    it(`reports an engine that sends ${name}`, async () => {
      const changed: ExportedEngine = {
        createProgram: (definition, options) => engine.createProgram(JSON.parse(change(JSON.stringify(definition))), options),
      }
      const rows = await check(codeProgram(), { engine: changed })
      for (const row of rows) {
        expect(row.isEqual).toBe(false)
        expect(row.exported).not.toBe(row.studio)
      }
    })
  }

  it('reports an engine that sends nothing at all', async () => {
    const silent: ExportedEngine = { createProgram: () => async () => ({ outputs: {} }) }
    expect((await check(twoSteps(), { engine: silent })).map(row => [row.isEqual, row.exported])).toEqual(
      Array.from({ length: 3 }, () => [false, '']),
    )
  })
})

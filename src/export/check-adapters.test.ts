import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adapterIds } from '@/engine/program/adapter-id'
import type { Lm, LmRequest } from '@/engine/lm/lm'
import { knownRefusal } from '@/engine/lm/tools-refused'
import { sandboxLm } from '@/engine/providers/sandbox/sandbox-lm'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { buildEngine } from '@/testing/built-engine'
import { realClock } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { lookupTool, oneStep, toyRows } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { checkExport, type ExportedEngine } from './check-export'
import { dspyRemarks, typeScriptRemarks } from './export-remarks'

let engine: ExportedEngine
let runner: CodeRunner
beforeAll(async () => {
  engine = await buildEngine()
  runner = await createQuickJsRunner()
}, 60_000)
afterAll(() => runner.dispose())

const named = {
  chat: '',
  json: 'dspy.configure(adapter=dspy.JSONAdapter())',
  xml: 'dspy.configure(adapter=dspy.XMLAdapter())',
  baml: 'dspy.configure(adapter=dspy.adapters.baml_adapter.BAMLAdapter())',
  'two-step': 'dspy.configure(adapter=dspy.TwoStepAdapter(extraction_model=lm))',
}
const reader = { ...toyModel, id: 'reader', model: 'reader-1' }

describe.each(adapterIds.flatMap(id => ([false, true] as const).map(isExact => ({ id, isExact }))))(
  'an export with $id, to the letter: $isExact',
  ({ id, isExact }) => {
    const { graph, state } = oneStep()
    const program = { graph: { ...graph, adapter: id, jsonFallback: 'once' as const, ...(isExact && { dspyExact: true as const }) }, state }

    it('sends what the studio sends', async () => {
      const rows = await checkExport({
        program,
        models: { task: toyModel, extraction: reader, overrides: {} },
        examples: toyRows(2),
        answer: () => simulatedLm(),
        engine,
        runner,
        clock: realClock,
      })
      expect(rows.map(({ isEqual, requests }) => [isEqual, requests])).toEqual([
        [true, id === 'two-step' ? 2 : 1],
        [true, id === 'two-step' ? 2 : 1],
      ])
      expect(rows[0]?.exported.includes('reader-1')).toBe(id === 'two-step')
    })

    it('names the adapter for DSPy, and says of two requests that they are two', () => {
      expect(dspyRemarks(program).join(' ')).toContain(named[id])
      expect(typeScriptRemarks(program).some(remark => remark.includes('two requests'))).toBe(id === 'two-step')
    })
  },
)

describe('an export of an agent whose tools are called through an API', () => {
  const { graph, state } = oneStep('react-v2', {}, { tools: [lookupTool], max_iters: 3 })
  const program = { graph: { ...graph, nativeTools: true as const, jsonFallback: 'once' as const }, state }
  const check = (answer: () => Lm) =>
    checkExport({ program, models: { task: toyModel, overrides: {} }, examples: toyRows(2), answer, engine, runner, clock: realClock })

  it('sends what the studio sends: tools, calls and results', async () => {
    const rows = await check(() => sandboxLm())
    expect(rows.map(({ isEqual }) => isEqual)).toEqual([true, true])
    expect(rows[0]?.requests).toBeGreaterThan(1)
    expect(rows[0]?.exported).toContain('"role":"tool"')
  })

  it('asks in words as the studio does where the model takes no tools', async () => {
    const refusing = (): Lm => {
      const lm = sandboxLm()
      return { ...lm, generate: async (request, call) => knownRefusalOr(request, () => lm.generate(request, call)) }
    }
    const rows = await check(refusing)
    expect(rows.map(({ isEqual }) => isEqual)).toEqual([true, true])
    expect(rows[0]?.exported).toContain('tool_call_results')
  })
})

async function knownRefusalOr<T>(request: LmRequest, answer: () => Promise<T>): Promise<T> {
  const refusal = knownRefusal(request, ['tools'])
  if (refusal) throw refusal
  return answer()
}

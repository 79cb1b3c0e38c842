import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adapterIds } from '@/engine/program/adapter-id'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { buildEngine } from '@/testing/built-engine'
import { realClock } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep, toyRows } from '@/testing/toy-programs'
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

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { stepContract } from '@/testing/step-contract'
import { lookupTool } from '@/testing/toy-programs'
import { moduleKinds } from './registry'

const cases: Readonly<Record<string, JsonObject>> = {
  predict: {},
  'chain-of-thought': {},
  react: { tools: [lookupTool], max_iters: 4 },
  'best-of-n': { N: 3, threshold: 1, reward: '(inputs, outputs) => outputs.label === "red"' },
  refine: { N: 3, threshold: 1, reward: '(inputs, outputs) => ({ score: outputs.label === "red" ? 1 : 0.2, feedback: "not red" })' },
  'multi-chain-comparison': { M: 3 },
}

describe('the registry of signature modules', () => {
  it('has a contract case for each kind', () => {
    expect(moduleKinds.map(({ id }) => id).sort()).toEqual(Object.keys(cases).sort())
  })
})

for (const { id } of moduleKinds) stepContract({ module: id, params: cases[id] ?? {} })

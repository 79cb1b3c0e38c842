import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { stepContract } from '@/testing/step-contract'
import { lookupTool, oneStep, twoSteps, voteOf } from '@/testing/toy-programs'
import { codeNodes } from './code'
import { moduleKinds, nodeKinds } from './registry'
import { signatureNodes } from './signature-nodes'
import { voteNodes } from './vote'

const modules: Readonly<Record<string, JsonObject>> = {
  predict: {},
  'chain-of-thought': {},
  react: { tools: [lookupTool], max_iters: 4 },
  'best-of-n': { N: 3, threshold: 1, reward: '(inputs, outputs) => outputs.label === "red"' },
  refine: { N: 3, threshold: 1, reward: '(inputs, outputs) => ({ score: outputs.label === "red" ? 1 : 0.2, feedback: "not red" })' },
  'multi-chain-comparison': { M: 3 },
}

const agent = oneStep('react', {}, modules['react'])
const votes = {
  vote: voteOf([oneStep(), twoSteps(), oneStep('chain-of-thought')]),
  'vote of some': voteOf([oneStep(), twoSteps(), agent], { size: 2 }),
  'vote of votes': voteOf([voteOf([oneStep(), twoSteps()]), agent]),
}

describe('the registries of steps', () => {
  it('have a contract case for each kind', () => {
    expect(moduleKinds.map(({ id }) => id).sort()).toEqual(Object.keys(modules).sort())
    // Code asks no model: what it owes stands in the tests of the graph.
    expect(nodeKinds.map(({ id }) => id)).toEqual([signatureNodes.id, codeNodes.id, voteNodes.id])
  })
})

for (const { id } of moduleKinds) stepContract({ name: id, program: oneStep(id, {}, modules[id] ?? {}) })
for (const [name, program] of Object.entries(votes)) stepContract({ name, program })

import { describe, expect, it } from 'vitest'
import { field } from '@/testing/toy-programs'
import { plainMessages } from '../../lm/parts'
import { adapterIds } from '../../program/adapter-id'
import type { Demo } from '../../program/program'
import { parseTypeName } from '../../signature/parse-type-name'
import { decisionRequest } from '../decisions'
import { adapters } from '../registry'
import { readPrompt } from './read-prompt'
import { writeAnswer } from './write-answer'

const fields = [
  field('q', 'input'),
  { ...field('kind', 'output', parseTypeName("Choice[('a b', 'An A'), (3, None)]")), desc: 'Which?' },
  { ...field('ok', 'output', parseTypeName('Noul')), desc: 'Is it "so"?' },
  { ...field('sc', 'output', parseTypeName("Score['low', 'high']")), desc: 'How much?' },
  field('why', 'output'),
]
const demos: readonly Demo[] = [
  { q: 'é', kind: 3, ok: { confidence: 1, value: true, probability: 1 } },
  { q: '2', why: 'so' },
]

describe.each(adapterIds)('reading decisions out of a prompt of the %s adapter', id => {
  const adapter = adapters[id]
  const request = decisionRequest({ instructions: 'Judge it.\n\nWell.', fields })
  const asked = request?.signature(demos) ?? { instructions: '', fields }
  const prompt = readPrompt(plainMessages(adapter.format(asked, [], { q: 'Now?' })))

  it('finds what is asked, what the options stand for, and the demos', () => {
    expect(prompt.instructions).toBe('Judge it.\n\nWell.')
    expect(prompt.request).toEqual({ q: 'Now?' })
    expect(prompt.outputs.map(({ name, desc }) => [name, desc])).toEqual([
      ['kind', 'Which?\na b: An A'],
      ['ok', 'Is it "so"?'],
      ['sc', 'How much?\n0: low\n1: high'],
      ['why', ''],
    ])
    expect(prompt.demos.map(demo => [demo.inputs, demo.outputs])).toEqual([
      [{ q: 'é' }, { kind: '3', ok: 'True' }],
      [{ q: '2' }, { why: 'so' }],
    ])
  })

  it.skipIf(id === 'two-step')('lets the answer be written that the adapter reads', () => {
    const shares = { probabilities: { '0': 0.5, '1': 0.25 }, confidence: 0.5 }
    const answer = { kind: { probabilities: { 'a b': 0.75, '3': 0.25 }, confidence: 0.5 }, ok: { noul: 0.75 }, sc: shares, why: 'so' }
    expect(adapter.parse(asked, writeAnswer(prompt, answer))).toEqual(answer)
  })
})

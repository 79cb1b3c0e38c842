import { describe, expect, it } from 'vitest'
import { oneStep } from '@/testing/toy-programs'
import { checkGraph } from '../graph/check'
import { promptFor } from '../graph/prompt'
import { stepOf } from './registry'

const system = (params = {}) => {
  const program = oneStep('chain-of-thought', {}, params)
  return String(promptFor(program, 'classify', { text: 'a' })[0]?.content)
}

describe('rationale_field (spec 3.2)', () => {
  it('is a text without a description, unless it is given others', () => {
    expect(system()).toContain('1. `reasoning` (str): \n2. `label`')
    expect(system({ rationaleDesc: 'three facts', rationaleType: 'list[str]', rationalePrefix: 'Facts:' })).toContain(
      '1. `reasoning` (list[str]): three facts\n2. `label`',
    )
  })

  it('is what later steps and saved programs see', () => {
    const { graph } = oneStep('chain-of-thought', {}, { rationaleType: 'list[str]', rationalePrefix: 'Facts:' })
    const node = graph.nodes.find(({ id }) => id === 'classify')
    const step = node && stepOf(node)
    expect(step?.addedOutputs()).toMatchObject([{ id: 'reasoning', name: 'reasoning', type: { kind: 'list' }, prefix: 'Facts:' }])
    expect(step?.remarks('It').dspy.join()).toContain('rationale_field_type=list[str]')
  })

  it('has a type that a model can write', () => {
    for (const rationaleType of ['strng', 'dspy.Image', '']) {
      const { graph } = oneStep('chain-of-thought', {}, { rationaleType })
      expect(checkGraph(graph).map(({ message }) => message)).toEqual([expect.stringContaining('Write a type such as')])
    }
  })
})

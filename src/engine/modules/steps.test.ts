import { describe, expect, it } from 'vitest'
import { stepContract } from '@/testing/step-contract'
import { stepPrograms } from '@/testing/step-programs'
import { agentStep, oneStep, twoSteps, voteOf } from '@/testing/toy-programs'
import { stepKinds } from './registry'

const variants = {
  'predict with several completions': oneStep('predict', {}, { n: 3, temperature: 0.9 }),
  'vote of some': voteOf([oneStep(), twoSteps(), agentStep()], { size: 2 }),
  'vote of votes': voteOf([voteOf([oneStep(), twoSteps()]), agentStep()]),
}

describe('the registry of steps', () => {
  it('has a contract case for each kind', () => {
    expect(Object.keys(stepPrograms).sort()).toEqual(stepKinds.map(({ id }) => id).sort())
  })
})

for (const [name, program] of Object.entries({ ...stepPrograms, ...variants })) stepContract({ name, program })

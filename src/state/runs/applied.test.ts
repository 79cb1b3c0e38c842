import { expect, it } from 'vitest'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { appliedFacts, type AppliedQuery } from './applied'

const { graph } = oneStep()
const state = { classify: { instructions: 'New', demos: [] } }
const current = { classify: { instructions: 'Old', demos: [] } }
const query: AppliedQuery = { versions: [], runId: 'r', ran: graph, state, graph, current }
const version = (number: number, runId = 'r', own = state) => ({
  id: `v${number}`,
  projectId: 'p',
  number,
  at: 1,
  note: '',
  state: own,
  runId,
})

it('finds the last version that this candidate of this run was applied as', () => {
  const versions = [version(2), version(3), version(4, 'other'), version(5, 'r', current)]
  expect(appliedFacts({ ...query, versions }).version?.number).toBe(3)
  expect(appliedFacts(query).version).toBeUndefined()
})

it('tells a state that is in use from one that was changed since', () => {
  expect(appliedFacts(query).isInUse).toBe(false)
  expect(appliedFacts({ ...query, current: { ...state, later: { instructions: 'x', demos: [] } } }).isInUse).toBe(true)
})

it('names steps that the program no longer has, and refuses when none is left', () => {
  const two = twoSteps()
  const facts = appliedFacts({ ...query, ran: two.graph, state: { extract: state.classify, classify: state.classify } })
  expect(facts).toMatchObject({ missing: ['Extract'], canApply: true })
  const empty = { nodes: [], edges: [] }
  expect(appliedFacts({ ...query, graph: empty })).toMatchObject({ missing: ['Classify'], canApply: false })
})

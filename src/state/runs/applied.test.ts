import { expect, it } from 'vitest'
import { voteProgram } from '@/engine/modules/vote-program'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { appliedFacts, type AppliedQuery } from './applied'

const { graph } = oneStep()
const state = { classify: { instructions: 'New', demos: [] } }
const current = { classify: { instructions: 'Old', demos: [] } }
const query: AppliedQuery = { versions: [], runId: 'r', program: { graph, state }, graph, current }
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

it('names steps that the program no longer has, and brings all of them where none is left', () => {
  const two = twoSteps()
  const program = { graph: two.graph, state: { extract: state.classify, classify: state.classify } }
  expect(appliedFacts({ ...query, program })).toMatchObject({ missing: ['Extract'], replaces: false })
  const empty = { nodes: [], edges: [] }
  expect(appliedFacts({ ...query, graph: empty })).toMatchObject({ missing: [], replaces: true, isInUse: false })
})

it('names steps whose fields are others than in the run', () => {
  const nodes = graph.nodes.map(node =>
    node.id === 'classify'
      ? { ...node, fields: node.fields.map(each => (each.role === 'output' ? { ...each, name: 'team' } : each)) }
      : node,
  )
  expect(appliedFacts(query).changed).toEqual([])
  expect(appliedFacts({ ...query, graph: { ...graph, nodes } }).changed).toEqual(['Classify'])
})

it('replaces the program by another one, unless it is that already', () => {
  const vote = voteProgram(graph, [state, current], 'majority')
  const program = { ...vote, isOther: true }
  expect(appliedFacts({ ...query, program })).toMatchObject({ replaces: true, missing: [], isInUse: false })
  expect(appliedFacts({ ...query, program, graph: vote.graph, current: vote.state })).toMatchObject({ replaces: false, isInUse: true })
  const larger = voteProgram(graph, [state, current, current], 'majority')
  expect(appliedFacts({ ...query, program, graph: larger.graph, current: larger.state })).toMatchObject({ replaces: true, isInUse: false })
  // From the vote back to a candidate of the program that was compiled.
  expect(appliedFacts({ ...query, graph: vote.graph, current: vote.state })).toMatchObject({ replaces: true, missing: [] })
})

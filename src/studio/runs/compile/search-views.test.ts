import { expect, it } from 'vitest'
import { stateHash } from '@/engine/graph/default-state'
import type { CandidateView, RunView } from '@/engine/run/view/run-view'
import { emptyRunView, reduceRun } from '@/engine/run/view/reduce'
import { voteProgram } from '@/engine/modules/vote-program'
import { candidateCosts } from '@/state/runs/candidate-costs'
import { isSealed } from '@/state/runs/sealed'
import { oneStep } from '@/testing/toy-programs'
import { toyRun } from '@/testing/toy-run'
import { dotWords, type CandidateRow, bodyLabels, programWords } from '../kit/candidate-rows'
import { choiceEffects } from './choices/choices'
import { frontierMatrix } from './frontier/frontier'
import { hasLineage, lineageOf } from './lineage/lineage'

const { graph, state } = oneStep()

function row(trial: number, patch: Partial<CandidateView> = {}, score?: number): CandidateRow {
  const candidate: CandidateView = {
    id: `c${trial}`,
    trial,
    label: `c${trial}`,
    how: 'reflect',
    parents: [],
    state,
    minibatches: [],
    ...patch,
  }
  return { candidate, isBaseline: trial === 0, isBest: false, changes: [], ...(score !== undefined && { score }) }
}

it('puts candidates under their first parent and names the other one', () => {
  const rows = [row(0), row(1, { parents: ['c0'] }), row(2, { parents: ['c0'] }), row(3, { parents: ['c1', 'c2'] })]
  const tree = lineageOf(rows)
  expect(tree.map(({ row: { candidate }, depth }) => [candidate.id, depth])).toEqual([
    ['c0', 0],
    ['c1', 1],
    ['c3', 2],
    ['c2', 1],
  ])
  expect(tree[2]?.otherParents.map(({ candidate }) => candidate.id)).toEqual(['c2'])
  expect(tree.map(({ place, siblingCount }) => `${place}/${siblingCount}`)).toEqual(['1/1', '1/2', '1/1', '2/2'])
  expect(tree[2]?.rails).toEqual([false, true])
})

it('makes a root of what has no known parent, and never walks in a circle', () => {
  const rows = [row(0, { parents: ['c1'] }), row(1, { parents: ['c0'] }), row(2, { parents: ['gone'] })]
  expect(lineageOf(rows).map(({ row: { candidate }, depth }) => [candidate.id, depth])).toEqual([
    ['c0', 0],
    ['c1', 1],
    ['c2', 0],
  ])
})

it('sees a lineage only where candidates come from other candidates', () => {
  expect(hasLineage([row(0), row(1, { parents: ['c0'] })])).toBe(false)
  expect(hasLineage([row(0), row(1, { parents: ['c0'] }), row(2, { parents: ['c1'] })])).toBe(true)
})

it('takes the mean by choice, and the part with the widest spread first', () => {
  const choice = (instruction: number, demos: number) => ({
    choice: { '0_predictor_instruction': instruction, '0_predictor_demos': demos },
  })
  const rows = [
    row(0, choice(0, 0), 0.4),
    row(1, choice(1, 0), 0.8),
    row(2, choice(0, 1), 0.4),
    row(3, choice(1, 1), 0.6),
    row(4, choice(2, 1)),
  ]
  const [first, second] = choiceEffects(graph, rows)
  expect([first?.title, second?.title]).toEqual(['Classify: instructions', 'Classify: demos'])
  expect(first?.options.map(option => [option.option, option.mean, option.candidates.length])).toEqual([
    [0, 0.4, 2],
    [1, 0.7, 2],
    [2, undefined, 1],
  ])
  expect(first?.spread).toBeCloseTo(0.3)
  expect(second?.spread).toBeCloseTo(0.1)
})

it('keeps the choice of a state that was there before it was chosen', () => {
  const propose = { type: 'candidate-propose', candidate: 'a', label: 'baseline', how: 'student', parents: [], state, at: 0 } as const
  const view = [
    { ...propose, seq: 0 },
    { ...propose, how: 'combination', choice: { x: 0 }, seq: 1 },
  ].reduce(reduceRun, emptyRunView)
  expect(view.candidates).toMatchObject([{ id: 'a', how: 'student', choice: { x: 0 }, repeats: 1 }])
})

it('draws the frontier with its members first', () => {
  const full = (scores: readonly number[]) => ({
    full: { batch: 0, examples: ['r1', 'r2'], scores, summary: { mean: 0, low: 0, high: 0, count: 2, errors: 0, unscored: 0 } },
  })
  const view: RunView = {
    ...emptyRunView,
    frontier: {
      rows: [
        { example: 'r1', score: 1, candidates: ['c1'] },
        { example: 'r2', score: 1, candidates: ['c1', 'c2'] },
      ],
      members: [{ candidate: 'c1', rows: 2 }],
    },
  }
  const matrix = frontierMatrix(view, [row(0, full([0, 0])), row(1, full([1, 1])), row(2, full([0, 1])), row(3)])
  expect(matrix?.candidates.map(({ row: { candidate }, isMember, leadCount }) => [candidate.id, isMember, leadCount])).toEqual([
    ['c1', true, 2],
    ['c2', false, 1],
    ['c0', false, 0],
  ])
  expect(matrix?.candidates[1]?.cells).toEqual([
    { score: 0, leads: false },
    { score: 1, leads: true },
  ])
  expect(frontierMatrix(emptyRunView, [])).toBeUndefined()
})

it('sums what was paid by candidate, and owns up to an unknown price', () => {
  const batch = (number: number) => ({ batch: number, examples: [], scores: [] })
  const candidates = [row(0, { minibatches: [batch(1), batch(2)] }).candidate, row(1, { minibatches: [batch(3)] }).candidate]
  const call = {
    key: 'k',
    purpose: 'trial',
    model: 'm',
    cached: false,
    attempts: 1,
    failedAttempts: 0,
    usage: { inputTokens: 1, outputTokens: 1 },
    ms: 1,
  } as const
  const costs = candidateCosts({ ...emptyRunView, candidates }, [
    { ...call, batch: 1, cost: 0.25 },
    { ...call, batch: 2, cost: 0.5 },
    { ...call, batch: 2, cached: true },
    { ...call, batch: 3 },
    { ...call, cost: 9 },
  ])
  expect([...costs]).toEqual([
    ['c0', { calls: 2, cost: 0.75 }],
    ['c1', { calls: 1 }],
  ])
})

it('seals a run on all rows where there is a test split, until it is revealed', () => {
  const { spec } = toyRun()
  const all = { id: 'run', spec: { ...spec, data: { ...spec.data, split: 'all' as const } } }
  const split = { train: 60, val: 20, test: 20, seed: 0 }
  expect(isSealed(all, { reveals: [], split })).toBe(true)
  expect(isSealed(all, { reveals: [], split: { ...split, test: 0 } })).toBe(false)
  expect(isSealed(all, { reveals: [{ at: 0, runId: 'run' }], split })).toBe(false)
  expect(isSealed({ id: 'run', spec }, { reveals: [], split })).toBe(false)
})

it('says which rows a hollow dot has seen', () => {
  const summary = { mean: 0.5, low: 0, high: 1, count: 2, errors: 0, unscored: 0 }
  const full = { batch: 0, examples: ['v1', 'v2'], scores: [1, 0], summary }
  const on = (...examples: string[]) => ({ minibatches: [{ batch: 1, examples, scores: examples.map(() => 1) }] })
  const counts = { train: { count: 3 }, val: { count: 2 } }
  const words = (...examples: string[]) => dotWords([row(0, { full }), row(1, on(...examples))], counts)
  expect(words('v2')).toBe('Solid: all val rows. Hollow: a minibatch of val rows. Only solid ones can be best.')
  expect(words('t1', 't2')).toContain('Hollow: a minibatch of train rows.')
  expect(words('t1', 't2', 't3')).toContain('Hollow: all train rows.')
  expect(dotWords([row(0, { full }), row(1, on('v1'))], { ...counts, val: { count: 0 } })).toContain('Solid: all train rows.')
  // What went on to a full evaluation is solid.
  expect(dotWords([row(0, { full }), row(1, { full, ...on('t1') })], counts)).toBeUndefined()
})

it('calls the programs of a vote what they were called as candidates', () => {
  const states = ['a', 'b'].map(instructions => ({ classify: { instructions, demos: [] } }))
  const [first = {}, second = {}] = states
  const rows = [row(1, { id: stateHash(second), label: 'seed 7', state: second })]
  const vote = voteProgram(oneStep().graph, states, 'mean')
  expect([...bodyLabels(vote, rows)]).toEqual([['vote/m2', 'seed 7']])
  expect([...bodyLabels({ graph: oneStep().graph, state: first }, rows)]).toEqual([])
  expect(programWords(vote.graph)).toBe('vote: 2 programs, mean of answers')
})

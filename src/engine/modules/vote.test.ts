import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { chatOf } from '@/testing/chat-of'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import {
  agentStep,
  edge,
  field,
  inputNode,
  oneStep,
  outputNode,
  signatureNode,
  toyLabelOf,
  toyRows,
  toyWords,
  twoSteps,
  voteOf,
} from '@/testing/toy-programs'
import { finish, start, toyEmbedder, toyModel, toyRun } from '@/testing/toy-run'
import { adapterFor } from '../adapters/registry'
import { nodeAt, programAt } from '../program/bodies'
import { checkGraph } from '../graph/check'
import { completeState } from '../graph/default-state'
import { openPredictors } from '../graph/locks'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import type { Demo, Program, ProgramGraph, ProgramState, VoteNode } from '../program/program'
import { userSources } from '../graph/user-sources'
import { labelledDemo } from '../optimizers/kit/labelled-demos'
import { describeProgram } from '../optimizers/kit/describe-program'
import { estimateRun } from '../run/plan/estimate'
import { voteProgram } from './vote-program'

const pool: readonly Demo[] = toyWords.map((word, index) => ({ text: `order ${index} for item ${word}`, label: toyLabelOf(word) }))
const answering = (label: string): ProgramState => ({
  classify: { instructions: toyWords.map(word => `${word} is ${label}`).join('\n'), demos: [] },
})
const vote = (graph: ProgramGraph): VoteNode => {
  const node = graph.nodes.find((each): each is VoteNode => each.kind === 'vote')
  if (!node) throw new Error('a vote')
  return node
}
const withVote = ({ graph, state }: Program, changes: Partial<VoteNode>): Program => ({
  graph: { ...graph, nodes: graph.nodes.map(node => (node.kind === 'vote' ? { ...node, ...changes } : node)) },
  state,
})

async function predictions(program: Program, changes: Parameters<typeof toyRun>[0] = {}) {
  const disk = memoryDisk()
  const lm = simulatedLm()
  const outcome = await finish(toyRun({ kind: 'evaluate', program, train: 0, val: 6, ...changes }), memoryPorts({ lm, disk }))
  const rollouts = [...disk.rollouts.values()].sort((a, b) => a.index - b.index).map(({ rollout }) => rollout)
  return { outcome, rollouts, lm, disk, labels: rollouts.map(({ prediction }) => prediction?.['label']) }
}

describe('a vote', () => {
  it('returns the most frequent answer, and the first of equally frequent ones', async () => {
    const three = voteProgram(oneStep().graph, [answering('red'), answering('blue'), answering('blue')], 'majority')
    expect((await predictions(three)).labels).toEqual(Array(6).fill('blue'))
    const two = voteProgram(oneStep().graph, [answering('green'), answering('blue')], 'majority')
    expect((await predictions(two)).labels).toEqual(Array(6).fill('green'))
  })

  it('shows each program as a branch of its own, under the paths of its steps', async () => {
    const { rollouts } = await predictions(voteOf([twoSteps(), agentStep()]))
    const [trace = []] = rollouts.map(rollout => rollout.trace)
    const top = trace.filter(({ parent }) => parent === undefined)
    expect(top.map(({ id, node, name }) => ({ id, node, name }))).toEqual([{ id: 'vote', node: 'vote', name: 'Vote' }])
    const bodies = trace.filter(({ parent }) => parent === 'vote')
    expect(bodies.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['body Program 1', 'body Program 2'])
    expect(bodies.every(({ outputs }) => outputs?.['label'] !== undefined)).toBe(true)
    expect(trace.filter(({ parent }) => parent === bodies[0]?.id).map(({ node, predictor, kind }) => [node, predictor, kind])).toEqual([
      ['vote/b1/extract', 'vote/b1/extract', 'node'],
      ['vote/b1/classify', 'vote/b1/classify', 'node'],
    ])
    expect(new Set(trace.flatMap(({ predictor }) => predictor ?? []))).toEqual(
      new Set(['vote/b1/extract', 'vote/b1/classify', 'vote/b2/classify.react', 'vote/b2/classify.extract']),
    )
    expect(new Set(trace.map(({ id }) => id)).size).toBe(trace.length)
  })

  it('draws the programs of a row by its inputs and the seed: the same in every run, others under another seed', async () => {
    const drawn = (seed: number) =>
      predictions(voteOf([oneStep(), twoSteps(), oneStep('chain-of-thought')], { size: 2, seed })).then(({ rollouts }) =>
        rollouts.map(({ trace }) => trace.flatMap(({ kind, name }) => (kind === 'body' ? [name] : [])).join()),
      )
    const [once, again, other] = [await drawn(0), await drawn(0), await drawn(1)]
    expect(again).toEqual(once)
    expect(other).not.toEqual(once)
    expect(new Set(once).size).toBeGreaterThan(1)
    for (const names of once) expect(names.split(',')).toEqual(names.split(',').toSorted())
  })

  it('counts its calls at the least, the likely and the most of the programs that are asked', () => {
    const programs = [oneStep(), twoSteps(), agentStep()]
    expect(callsOfRun(voteOf(programs).graph)).toEqual({ low: 1 + 2 + 2, expected: 1 + 2 + 3, high: 1 + 2 + 5 })
    expect(callsOfRun(voteOf(programs, { size: 1 }).graph)).toEqual({ low: 1, expected: 2, high: 5 })
    expect(callsOfRun(voteOf(programs, { size: 2 }).graph)).toMatchObject({ low: 3, high: 7 })
  })

  it('takes the row with it where a program fails, after the others have come to their end', async () => {
    const garbled = simulatedLm()
    const lm = {
      ...garbled,
      generate: async (...args: Parameters<typeof garbled.generate>) => {
        const answer = await garbled.generate(...args)
        return args[1].predictor === 'vote/b1/classify' ? { ...answer, text: 'nothing to read' } : answer
      },
    }
    const disk = memoryDisk()
    await finish(toyRun({ kind: 'evaluate', program: voteOf([oneStep(), twoSteps()]), train: 0, val: 2 }), memoryPorts({ lm, disk }))
    for (const { rollout } of disk.rollouts.values()) {
      expect(rollout).toMatchObject({ score: 0, error: { code: 'adapter-parse', facts: { step: 'Classify' } } })
      expect(rollout.trace.find(({ name }) => name === 'Program 1')?.error?.code).toBe('adapter-parse')
      expect(rollout.trace.find(({ name }) => name === 'Program 2')?.outputs).toBeDefined()
      expect(rollout.trace.find(({ id }) => id === 'vote')?.error?.code).toBe('adapter-parse')
    }
  })

  it('tells of steps within it while a row is run', async () => {
    const program = voteOf([oneStep(), twoSteps()])
    const { batches, done } = start(toyRun({ kind: 'row', program, train: 0, val: 1 }), memoryPorts({ lm: simulatedLm() }))
    await done
    const ended = batches.flatMap(({ meters }) => meters.flatMap(meter => (meter.type === 'node-end' ? [meter.node] : [])))
    expect(new Set(ended)).toEqual(new Set(['vote', 'vote/b1/classify', 'vote/b2/extract', 'vote/b2/classify']))
  })
})

describe('demos that are picked within a vote', () => {
  const forty: readonly Demo[] = Array.from({ length: 40 }, (_, index) => {
    const word = toyWords[index % toyWords.length] ?? ''
    return { text: `order ${index} for item ${word}`, label: toyLabelOf(word) }
  })
  const choosy = (embedder?: string): Program => {
    const { graph } = oneStep()
    const locked = {
      ...graph,
      nodes: graph.nodes.map(node => (node.kind === 'signature' ? { ...node, locks: { demos: true as const } } : node)),
    }
    const states = ['One.', 'Two.'].map((instructions): ProgramState => ({
      classify: { instructions, demos: forty, nearest: { k: 2, ...(embedder !== undefined && { embedder }) } },
    }))
    return voteProgram(locked, states, 'majority')
  }

  it('are those nearest to the row, and no others are sent', async () => {
    const { disk, outcome } = await predictions(choosy())
    expect(outcome).toMatchObject({ status: 'done' })
    const requests = [...disk.calls.values()].map(({ request }) => chatOf(request).messages.length)
    expect(requests).toEqual(Array(12).fill(2 * 2 + 2))
    const lm = simulatedLm()
    const again = await finish(toyRun({ kind: 'evaluate', program: choosy(), train: 0, val: 6 }), memoryPorts({ lm, disk, offline: true }))
    expect(again).toMatchObject({ digest: outcome.digest })
    expect(lm.count).toBe(0)
  })

  it('are found by embeddings as well, at the requests that the estimate says', async () => {
    const program = choosy(toyEmbedder.id)
    const models = { task: toyModel, prompt: toyModel, overrides: { [toyEmbedder.id]: toyEmbedder } }
    const { lm, outcome } = await predictions(program, { models })
    expect(outcome).toMatchObject({ status: 'done' })
    const { total } = estimateRun({ kind: 'evaluate', graph: program.graph, state: program.state, train: 0, val: 6 })
    expect(lm.count).toBeGreaterThan(12)
    // The two programs share a pool, and equal questions are asked once.
    expect(lm.count).toBeLessThanOrEqual(total.high)
    expect(total).toEqual({ low: 2 * 6 + 2 * 6 + 4, expected: 2 * 6 + 2 * 6 + 4, high: 2 * 6 + 2 * 6 + 4 })
  })
})

describe('an ensemble', () => {
  it('keeps what a locked step does with its demos in each of its programs', async () => {
    const { graph } = oneStep()
    const locked = {
      ...graph,
      nodes: graph.nodes.map(node => (node.kind === 'signature' ? { ...node, locks: { demos: true as const } } : node)),
    }
    const student: Program = { graph: locked, state: { classify: { instructions: 'Name it.', demos: pool, nearest: { k: 2 } } } }
    const disk = memoryDisk()
    const optimizer = { id: 'ensemble', params: { size: 2, num_candidate_programs: 1, max_bootstrapped_demos: 1, max_labeled_demos: 1 } }
    // Locked demos leave nothing to search but the same program: the members are equal, and so one.
    await finish(toyRun({ program: student, optimizer, train: 6, val: 4 }), memoryPorts({ lm: simulatedLm(), disk }))
    expect([...disk.calls.values()].every(({ request }) => chatOf(request).messages.length <= 2 * 2 + 2)).toBe(true)
  })

  it('is one program of its student’s ends, the same each time, and every optimizer can go on from it', async () => {
    const members = [answering('red'), { classify: { instructions: 'Two.', demos: pool.slice(0, 2) } }]
    const program = voteProgram({ ...oneStep().graph, adapter: 'json' }, members, 'mean')
    expect(checkGraph(program.graph)).toEqual([])
    expect(canonicalJson(voteProgram({ ...oneStep().graph, adapter: 'json' }, members, 'mean'))).toBe(canonicalJson(program))
    expect(program.graph.nodes.map(({ id }) => id)).toEqual(['in', 'vote', 'out'])
    expect(predictorsOf(program.graph).map(predictor => adapterFor(predictor.graph, predictor.node).id)).toEqual(['json', 'json'])
    const optimizer = { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 1, max_labeled_demos: 2 } }
    const outcome = await finish(toyRun({ program, optimizer, train: 8, val: 4 }), memoryPorts({ lm: simulatedLm() }))
    expect(Object.keys(outcome.result?.best?.state ?? {})).toEqual(['vote/m1/classify', 'vote/m2/classify'])
  })

  it('has a name of its own beside ends that are called as it is', () => {
    const { graph } = oneStep()
    const called = {
      ...graph,
      nodes: graph.nodes.map(node => (node.kind === 'input' ? { ...node, id: 'vote', name: 'Vote' } : node)),
      edges: graph.edges.map(each => (each.from.node === 'in' ? { ...each, from: { ...each.from, node: 'vote' } } : each)),
    }
    const program = voteProgram(called, [{}, {}], 'majority')
    expect(program.graph.nodes.map(({ id, name }) => [id, name])).toEqual([
      ['vote', 'Vote'],
      ['vote-2', 'vote-2'],
      ['out', 'Output'],
    ])
    expect(checkGraph(program.graph)).toEqual([])
  })

  it('may return a field by the name of one that it reads', async () => {
    const graph: ProgramGraph = {
      nodes: [
        inputNode(field('text', 'output')),
        signatureNode('s', 'Shorten', [field('text', 'input'), field('keyword', 'output')]),
        outputNode(field('text', 'input')),
      ],
      edges: [edge('in.text', 's.text'), edge('s.keyword', 'out.text')],
    }
    const program = voteProgram(graph, [{ s: { instructions: 'a', demos: [] } }, { s: { instructions: 'b', demos: [] } }], 'majority')
    expect(checkGraph(program.graph)).toEqual([])
    const { rollouts } = await predictions(program, { metric: { kind: 'exact-match', params: { field: 'text' } } })
    expect(rollouts.every(({ prediction }) => typeof prediction?.['text'] === 'string')).toBe(true)
  })
})

describe('the programs within a step', () => {
  it('are checked, with the place of what is wrong', () => {
    const sound = voteOf([oneStep(), twoSteps()])
    const [first, second] = vote(sound.graph).bodies
    if (!first || !second) throw new Error('two bodies')
    const told = (changes: Partial<VoteNode>) =>
      checkGraph(withVote(sound, changes).graph).map(({ node, within, message }) => [node, within, message])
    expect(told({})).toEqual([])
    expect(told({ bodies: [] }).map(([, , message]) => message)).toEqual([
      expect.stringContaining('No step asks a model yet'),
      expect.stringContaining('has no program'),
    ])
    expect(told({ moduleParams: { size: 3 } })[0]?.[2]).toMatch(/asks 3 programs, but has 2/)
    expect(told({ moduleParams: { size: 'many' } })[0]?.[2]).toMatch(/"size"/)
    const unwired = { ...second, graph: { ...second.graph, edges: second.graph.edges.slice(1) } }
    expect(told({ bodies: [first, unwired] })).toEqual([
      ['vote', 'vote/b2/extract', expect.stringMatching(/^In Program 2: Nothing feeds "text" of Extract/)],
      ['vote', 'vote/b2/in', expect.stringMatching(/^In Program 2: Nothing reads/)],
    ])
    const renamed = vote(sound.graph).fields.map(each => (each.role === 'output' ? { ...each, name: 'kind' } : each))
    expect(told({ fields: renamed }).map(([, , message]) => message)).toEqual([
      expect.stringMatching(/"Program 1" of Vote returns no "kind"/),
      expect.stringMatching(/"Program 2" of Vote returns no "kind"/),
    ])
    const wider = {
      ...first,
      graph: {
        ...first.graph,
        nodes: first.graph.nodes.map(node =>
          node.kind === 'input' ? { ...node, fields: [...node.fields, field('more', 'output')] } : node,
        ),
      },
    }
    expect(told({ bodies: [wider, second] })[0]?.[2]).toMatch(/reads "more", which Vote has no input for/)
  })

  it('take over what their step says of adapters and locks', () => {
    const sound = voteOf([oneStep(), twoSteps()])
    const locked = withVote({ ...sound, graph: { ...sound.graph, adapter: 'json' } }, { locks: { demos: true }, adapter: 'xml' })
    expect(openPredictors(locked.graph, 'demos')).toEqual([])
    expect(openPredictors(locked.graph, 'instructions')).toHaveLength(3)
    expect(predictorsOf(locked.graph).map(({ graph, node }) => adapterFor(graph, node).id)).toEqual(['xml', 'xml', 'xml'])
  })

  it('are found by their paths, with what they have learned and the code in them', () => {
    const state = { 'classify.react': { instructions: 'Look it up.', demos: [] } }
    const program = voteOf([oneStep(), voteOf([agentStep(state), oneStep()])])
    const deep = programAt(program, 'vote/b2/vote/b1')
    expect(deep?.state).toEqual(state)
    expect(deep?.graph).toEqual(agentStep().graph)
    expect(programAt(program, 'vote/b9')).toBeUndefined()
    expect(programAt(program, undefined)).toBe(program)
    expect(nodeAt(program.graph, 'vote/b2/vote/b1/classify')?.name).toBe('Classify')
    expect(nodeAt(program.graph, 'vote')?.name).toBe('Vote')
    expect(nodeAt(program.graph, 'vote/b7/classify')).toBeUndefined()
    expect(userSources(program.graph).map(({ id, node, title }) => ({ id, node, title }))).toEqual([
      { id: 'vote/b2/vote/b1/classify.tools.lookup', node: 'vote', title: 'Vote › Program 2 › Vote › Program 1 › Classify, tools.lookup' },
    ])
    expect(describeProgram({ ...program, state: completeState(program.graph, program.state) })).toContain(
      '        instructions of react: Look it up.',
    )
  })

  it('learn from rows under the names that their own fields have', () => {
    const inner: ProgramGraph = {
      nodes: [
        inputNode(field('note', 'output')),
        signatureNode('s', 'Sort', [field('words', 'input'), field('kind', 'output')]),
        outputNode(field('colour', 'input')),
      ],
      edges: [edge('in.note', 's.words'), edge('s.kind', 'out.colour')],
    }
    const sound = voteOf([{ graph: inner, state: {} }])
    const fields = [field('note', 'input'), field('colour', 'output')]
    const graph = { ...withVote(sound, { fields }).graph, edges: [edge('in.text', 'vote.note'), edge('vote.colour', 'out.label')] }
    const [predictor] = predictorsOf(graph)
    const [row] = toyRows(1)
    if (!predictor || !row) throw new Error('a predictor and a row')
    expect(labelledDemo(predictor, row)).toMatchObject({ words: row.inputs['text'], kind: row.labels['label'] })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { stepPrograms } from '@/testing/step-programs'
import { edge, field, inputNode, oneStep, outputNode, signatureNode, toyLabels } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import { checkGraph } from '../graph/check'
import { userSources } from '../graph/user-sources'
import { describeProgram } from '../optimizers/kit/describe-program'
import type { BranchNode, Program } from '../program/program'
import type { FieldType } from '../signature/types/field-type'
import type { CodeRunner } from '../user-code/code-runner'
import { createQuickJsRunner } from '../user-code/quickjs'
import { branchStep, choicesOf } from './branch'
import { runBranch } from './branch-run'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const label: FieldType = { kind: 'enum', values: toyLabels }

function branch(moduleParams: BranchNode['moduleParams'], deciding: FieldType = label): BranchNode {
  const outputs = ['red', 'green', 'rest'].map(name => field(name, 'output'))
  return {
    kind: 'branch',
    id: 'b',
    name: 'Route',
    moduleParams,
    fields: [field('text', 'input'), field('label', 'input', deciding), ...outputs],
  }
}
const byValue = { gives: 'text', on: 'label', ways: { red: { is: 'red' }, green: { is: 'green' } } }

describe('a branch', () => {
  it('hands a value on by the way for another one, and gives the others none', async () => {
    const route = (of: string) => runBranch(branch(byValue), { text: 'a text', label: of }, { runner })
    expect([await route('red'), await route('green'), await route('blue')]).toEqual([
      { red: 'a text' },
      { green: 'a text' },
      { rest: 'a text' },
    ])
  })

  it('is decided by the answer in a decision, whatever its probabilities are', async () => {
    const options = ['red', 'green'].map(value => ({ value, desc: value }))
    const deciding: FieldType = { kind: 'choice', options }
    const label = { value: 'green', confidence: 0.6, probabilities: { red: 0.4, green: 0.6 } }
    expect(await runBranch(branch(byValue, deciding), { text: 'a', label }, { runner })).toEqual({ green: 'a' })
    expect(choicesOf(deciding)).toEqual(['red', 'green'])
    expect(choicesOf({ kind: 'noul' })).toEqual([true, false])
  })

  it('asks conditions in their order and stops at the first that holds', async () => {
    const node = branch({
      gives: 'text',
      ways: { red: { when: 'return inputs.text.length > 3' }, green: { when: 'return true' }, rest: { when: 'throw new Error("asked")' } },
    })
    expect(await runBranch(node, { text: 'long', label: null }, { runner })).toEqual({ red: 'long' })
    expect(await runBranch(node, { text: null, label: 'red' }, { runner }).catch((error: unknown) => error)).toMatchObject({
      code: 'code-failed',
    })
    expect(await runBranch(node, { text: '', label: 'red' }, { runner })).toEqual({ green: '' })
  })

  it('gives nothing where no way fits, and refuses what is neither true nor false', async () => {
    const node = (when: string) => branch({ gives: 'text', ways: { red: { when }, green: { when }, rest: { when } } })
    expect(await runBranch(node('return false'), { text: 'x', label: 'red' }, { runner })).toEqual({})
    await expect(runBranch(node('return 1'), { text: 'x', label: 'red' }, { runner })).rejects.toMatchObject({
      code: 'code-failed',
      message: 'The condition of the way "red" of Route must return true or false. It returned 1.',
    })
  })

  it('is complete where a way is for all else, or each value of a list has one', () => {
    const all = { gives: 'text', on: 'label', ways: { red: { is: 'red' }, green: { is: 'green' }, rest: { is: 'blue' } } }
    expect(branchStep.choice?.(branch(byValue))).toEqual({ isComplete: true })
    expect(branchStep.choice?.(branch(all))).toEqual({ isComplete: true })
    expect(branchStep.choice?.(branch(all, { kind: 'str' }))).toEqual({ isComplete: false })
    expect(branchStep.choice?.(branch({ ...all, ways: { ...all.ways, rest: { when: 'return true' } } }))).toEqual({ isComplete: false })
  })

  it.each([
    [{ ...byValue, gives: 'gone' }, 'hands on "gone"'],
    [{ ...byValue, on: 'gone' }, 'decides by "gone"'],
    [{ gives: 'text', ways: byValue.ways }, 'names a value, but no input decides'],
    [{ ...byValue, ways: { red: { is: 'purple' }, green: { is: 'green' } } }, 'is for purple, which "label" is never'],
    [{ ...byValue, ways: { red: { is: 'red' }, green: { is: 'red' } } }, 'two ways for red'],
    [{ ...byValue, ways: { red: { is: 'red' } } }, 'several ways for all else: "green", "rest"'],
    [{ ...byValue, ways: { red: { when: ' ' }, green: { is: 'green' } } }, 'has no condition'],
    [{ ...byValue, ways: 7 }, 'a setting of Branch that does not fit'],
  ])('says what is wrong with %j', (params, words) => {
    expect(branchStep.problems(branch(params))).toContainEqual(expect.stringContaining(words))
  })

  it('may hand on what decides, and anything else', () => {
    expect(branchStep.problems(branch(byValue))).toEqual([])
    expect(branchStep.problems(branch({ ...byValue, gives: 'label' }))).toEqual([])
  })

  it('starts with a way that is taken or not, typed as what it hands on', () => {
    const fields = [field('n', 'input', { kind: 'int' }), field('yes', 'output'), field('no', 'output')]
    const made = branchStep.starter({ id: 'b', name: 'Route', fields })
    expect(branchStep.problems(made)).toEqual([])
    expect(made.fields.map(({ type }) => type.kind)).toEqual(['int', 'int', 'int'])
  })

  it('shows its conditions to who checks code, and its ways to a model that reads the program', () => {
    const program = stepPrograms['branch']!
    expect(userSources(program.graph)).toMatchObject([{ id: 'route.ways.red', title: 'Route, ways.red', kind: 'condition' }])
    const text = describeProgram(program)
    expect(text).toContain("red if inputs.label === 'red'")
    expect(text).toContain('Outputs: label from Route.red, label from Again.label')
  })
})

/** Only an order with an even number is answered; all others have no label. */
function gated(): Program {
  const { graph, state } = oneStep()
  const gate: BranchNode = {
    kind: 'branch',
    id: 'gate',
    name: 'Gate',
    moduleParams: { gives: 'text', ways: { even: { when: 'return /order \\d*[02468] /.test(inputs.text)' } } },
    fields: [field('text', 'input'), field('even', 'output'), field('odd', 'output')],
  }
  return {
    graph: {
      nodes: [...graph.nodes, gate],
      edges: [edge('in.text', 'gate.text'), edge('gate.even', 'classify.text'), edge('classify.label', 'out.label')],
    },
    state,
  }
}

async function rolloutsOf(program: Program) {
  const disk = memoryDisk()
  const lm = simulatedLm()
  const outcome = await finish(toyRun({ kind: 'evaluate', program, train: 0, val: 6 }), memoryPorts({ lm, disk, runner }))
  const rollouts = [...disk.rollouts.values()].sort((a, b) => a.index - b.index).map(({ rollout }) => rollout)
  return { outcome, lm, rollouts }
}

describe('a step behind a branch', () => {
  it('asks nothing where another way is taken; its row has no answer, is scored so, and says so in its trace', async () => {
    const { outcome, lm, rollouts } = await rolloutsOf(gated())
    expect(outcome.status).toBe('done')
    const without = rollouts.filter(({ prediction }) => prediction && !Object.hasOwn(prediction, 'label'))
    expect([without.length, lm.count]).toEqual([3, 3])
    for (const { score, error, trace } of without) {
      expect({ score, error }).toEqual({ score: 0, error: undefined })
      expect(trace.find(({ node }) => node === 'classify')).toEqual({
        node: 'classify',
        name: 'Classify',
        inputs: {},
        calls: [],
        ms: 0,
        notTaken: true,
      })
    }
  })

  it('runs where its input has a default, which stands for what is not there', async () => {
    const program = gated()
    const nodes = program.graph.nodes.map(node =>
      node.id === 'classify'
        ? { ...node, fields: node.fields.map(each => (each.name === 'text' ? { ...each, default: 'item ash' } : each)) }
        : node,
    )
    const { rollouts, lm } = await rolloutsOf({ ...program, graph: { ...program.graph, nodes } })
    expect(rollouts.map(({ prediction }) => prediction && Object.hasOwn(prediction, 'label'))).toEqual(Array(6).fill(true))
    expect(lm.count).toBe(4)
  })

  it('takes null for a value', async () => {
    const nothing: FieldType = { kind: 'optional', of: { kind: 'str' } }
    const graph = {
      nodes: [
        inputNode(field('text', 'output')),
        { kind: 'constant' as const, id: 'none', name: 'None', fields: [{ ...field('value', 'output', nothing), default: null }] },
        {
          kind: 'branch' as const,
          id: 'gate',
          name: 'Gate',
          moduleParams: { gives: 'value', ways: {} },
          fields: [field('value', 'input', nothing), field('all', 'output', nothing)],
        },
        signatureNode('classify', 'Classify', [field('text', 'input'), field('extra', 'input', nothing), field('label', 'output', label)]),
        outputNode(field('label', 'input', label)),
      ],
      edges: [
        edge('in.text', 'classify.text'),
        edge('none.value', 'gate.value'),
        edge('gate.all', 'classify.extra'),
        edge('classify.label', 'out.label'),
      ],
    }
    expect(checkGraph(graph)).toEqual([])
    const { rollouts } = await rolloutsOf({ graph, state: {} })
    expect(rollouts.every(({ prediction }) => prediction?.['label'] !== undefined)).toBe(true)
    expect(rollouts[0]?.trace.find(({ node }) => node === 'classify')?.inputs).toMatchObject({ extra: null })
  })
})

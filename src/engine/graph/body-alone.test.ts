import { expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep, twoSteps, voteOf } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import { programInputs, programOutputs } from '../program/ends'
import type { Program } from '../program/program'
import { bodyAlone } from './body-alone'
import { checkGraph } from './check'

async function run(program: Program) {
  const disk = memoryDisk()
  await finish(toyRun({ kind: 'evaluate', program, train: 0, val: 1 }), memoryPorts({ lm: simulatedLm(), disk }))
  const [first] = disk.rollouts.values()
  if (!first) throw new Error('no row')
  return first.rollout
}

const inner = voteOf([oneStep(), twoSteps()])
const nested = voteOf([oneStep('chain-of-thought'), inner])

it.each([
  [inner, 'vote/b1'],
  [inner, 'vote/b2'],
  [nested, 'vote/b1'],
  [nested, 'vote/b2'],
  [nested, 'vote/b2/vote/b1'],
  [nested, 'vote/b2/vote/b2'],
])('a body runs alone under the paths it has in the whole program', async (program, path) => {
  const alone = bodyAlone(program, path)
  if (!alone) throw new Error('a program')
  expect(checkGraph(alone.graph).filter(({ severity }) => severity === 'error')).toEqual([])
  expect(programInputs(alone.graph).map(({ name }) => name)).toEqual(['text'])
  expect(programOutputs(alone.graph).map(({ name }) => name)).toEqual(['label'])
  const [whole, own] = [await run(program), await run(alone)]
  const steps = ({ trace }: typeof own) =>
    trace.filter(({ node }) => node.startsWith(`${path}/`)).map(({ node, outputs }) => ({ node, outputs }))
  expect(steps(own).length).toBeGreaterThan(0)
  expect(steps(own)).toEqual(steps(whole))
  expect(own.trace.every(({ node }) => `${path}/`.startsWith(`${node}/`) || node.startsWith(`${path}/`))).toBe(true)
  expect(own.error).toBeUndefined()
})

it('is nothing where the path leads nowhere', () => {
  expect(bodyAlone(inner, 'vote/b9')).toBeUndefined()
  expect(bodyAlone(inner, 'gone/b1')).toBeUndefined()
})

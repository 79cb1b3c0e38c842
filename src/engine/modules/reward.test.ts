import { afterAll, beforeAll, expect, it } from 'vitest'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import { rewardOf } from './reward'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner({ timeoutMs: 100, memoryBytes: 8 * 1024 * 1024 })
})
afterAll(() => runner.dispose())

it.each([
  ['() => { throw new Error("no") }', /^The reward function failed \(line 1\): no/],
  ['() => Infinity', /^The reward function returned Infinity/],
  ['() => { while (true) {} }', /^The reward function ran longer than/],
  ['() => (', /^The reward function does not compile/],
  ['() => "much"', /^The reward function returned/],
])('names itself in what is wrong with it: %s', async (source, said) => {
  await expect(rewardOf(source, {}, {}, runner)).rejects.toThrow(said)
})

it.each([
  ['() => 3', { value: 3 }],
  ['() => true', { value: 1 }],
  ['() => ({ score: 0.5, feedback: "short" })', { value: 0.5, feedback: 'short' }],
])('reads %s', async (source, reward) => {
  expect(await rewardOf(source, {}, {}, runner)).toEqual(reward)
})

import { existsSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cli, csvOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { stepPrograms } from '@/testing/step-programs'
import { agentStep, lookupTool, oneStep, toyRows } from '@/testing/toy-programs'
import type { Program } from '@/engine/program/program'
import { toyProjectFile } from '@/testing/toy-project-file'

/** Until the program has answered rows: then the metric is called, and does not come back. */
async function answered(calls: string): Promise<void> {
  while (!existsSync(calls) || statSync(calls).size === 0) await setTimeout(20)
}

/** One native operation of QuickJS that takes forever: the machine asks nobody meanwhile whether it should stop. */
const endless = '[].includes.call({ length: 2 ** 53 - 1 }, 5)'

let place: Workplace
beforeAll(() => {
  place = workplace()
  const withMetric = (source: string): string => JSON.stringify(toyProjectFile(oneStep(), { kind: 'code', params: { source } }))
  place.write('endless.json', withMetric(`(example, prediction) => ${endless}`))
  place.write('loading.json', withMetric(`${endless} ? () => 1 : () => 0`))
  place.write('rows.csv', csvOf(toyRows(40)))
  const program = (name: string, of: Program): string => place.write(`${name}.json`, JSON.stringify(toyProjectFile(of)))
  program('tool', agentStep({}, { tools: [{ ...lookupTool, source: `return ${endless}` }] }))
  program('reward', oneStep('best-of-n', {}, { N: 2, threshold: 1, reward: `() => ${endless}` }))
  const { graph, state } = stepPrograms['code'] ?? oneStep()
  const nodes = graph.nodes.map(node => (node.kind === 'code' ? { ...node, source: `return ${endless}` } : node))
  program('code', { graph: { ...graph, nodes }, state })
})
afterAll(() => place.remove())

describe('user code that QuickJS cannot stop', { timeout: 120_000 }, () => {
  it('is ended in an evaluation, row by row', async () => {
    const { code, stderr } = await cli(
      'evaluate --project endless.json --data rows.csv --split val --lm sandbox --max-errors 2'.split(' '),
      {
        cwd: place.folder,
      },
    )
    expect(stderr).toMatch(/did not finish within 2\.0 s/)
    expect(code).toBe(1)
  })

  it('does not keep Ctrl+C from stopping the run', async () => {
    const { process, done } = startCli('evaluate --project endless.json --data rows.csv --lm sandbox --journal run --json'.split(' '), {
      cwd: place.folder,
    })
    await answered(place.path('run/calls.jsonl'))
    const pressedAt = performance.now()
    process.kill('SIGINT')
    expect((await done).code).toBe(130)
    expect(performance.now() - pressedAt).toBeLessThan(15_000)
  })

  for (const what of ['tool', 'reward', 'code'])
    it(`is ended in the ${what} of a program, and does not keep Ctrl+C from being heard`, async () => {
      const evaluate = `evaluate --project ${what}.json --data rows.csv --split all --limit 2 --max-errors 1 --lm sandbox --json`.split(' ')
      const { code, stdout, stderr } = await cli(evaluate, { cwd: place.folder })
      // A tool that fails is an observation of the agent, and no failure of the row.
      expect(what === 'tool' ? `ended with ${code}` : stdout + stderr).toMatch(/ended with 0|did not finish within 2\.0 s/)
      const { process, done } = startCli([...evaluate, '--journal', `run-${what}`], { cwd: place.folder })
      if (what === 'code') await setTimeout(3_000)
      else await answered(place.path(`run-${what}/calls.jsonl`))
      process.kill('SIGINT')
      const pressedAt = performance.now()
      await done
      expect(performance.now() - pressedAt).toBeLessThan(15_000)
    })

  it('is ended in a compile', async () => {
    const compile = 'compile --project endless.json --data rows.csv --optimizer labeled-few-shot --lm sandbox --max-errors 2'.split(' ')
    const { code, stderr } = await cli(compile, { cwd: place.folder })
    expect(stderr).toMatch(/did not finish within 2\.0 s/)
    expect(code).toBe(1)
  })

  it('is ended in a check', async () => {
    const { code, stdout } = await cli('check --project loading.json'.split(' '), { cwd: place.folder })
    expect(stdout).toMatch(/did not finish within 2\.0 s/)
    expect(code).toBe(1)
  })
})

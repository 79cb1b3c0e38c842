import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { chatAnswer } from '@/testing/run-module'
import { scriptedLm } from '@/testing/scripted-lm'
import { edge, field, inputNode, outputNode, signatureNode, toyLabels, toyRows } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import { withLabelledDemos } from '../optimizers/kit/labelled-demos'
import type { Demo, Program } from '../program/program'

const label = { kind: 'enum', values: toyLabels } as const
const names = ['first', 'second', 'third'] as const
/** Three predictors over the same fields; the answer is that of the last. */
const program: Program = {
  graph: {
    nodes: [
      inputNode(field('text', 'output')),
      ...names.map(name => signatureNode(name, name, [field('text', 'input'), field('label', 'output', label)])),
      outputNode(field('label', 'input', label)),
    ],
    edges: [...names.map(name => edge('in.text', `${name}.text`)), edge('third.label', 'out.label')],
  },
  state: {},
}
const rows = toyRows(10)
const rowOf = (text: unknown): number => rows.findIndex(({ inputs }) => inputs['text'] === text)
const told = (demos: readonly Demo[] = []): string =>
  demos.map(demo => `${demo['augmented'] === true ? 'A' : ''}${rowOf(demo['text'])}`).join(' ')

/** The demos of each predictor after a compile in which the teacher is right about these rows. */
async function demosOf(
  params: { max_bootstrapped_demos: number; max_labeled_demos: number; shrinking_pool?: boolean },
  right: readonly number[],
) {
  const lm = scriptedLm(({ messages }) => {
    const asked = rows.findIndex(({ inputs }) => messages.at(-1)?.content.includes(`${String(inputs['text'])}\n`))
    const own = rows[asked]?.labels['label']
    return chatAnswer({ label: String(right.includes(asked) ? own : toyLabels.find(one => one !== own)) })
  })
  const run = toyRun({ program, train: 10, val: 2, optimizer: { id: 'bootstrap-few-shot', params }, scoring: { version: 3 } })
  const disk = memoryDisk()
  await finish({ ...run, data: { ...run.data, train: rows } }, memoryPorts({ lm, disk }))
  const state = disk.events.findLast(event => event.type === 'candidate-propose')?.state
  return names.map(name => told(state?.[name]?.demos))
}

describe('demos that BootstrapFewShot makes', () => {
  it('§A.7 B01 every predictor draws its labelled demos from all rows', async () => {
    expect(await demosOf({ max_bootstrapped_demos: 0, max_labeled_demos: 4 }, [])).toEqual(['2 6 7 1', '9 0 2 6', '3 0 4 6'])
  })

  it('§A.7 B02 behind those that the teacher got right', async () => {
    expect(await demosOf({ max_bootstrapped_demos: 2, max_labeled_demos: 4 }, [3, 5])).toEqual(['A3 A5 9 8', 'A3 A5 9 6', 'A3 A5 0 8'])
  })

  it('§A.7 B03 with more places than rows', async () => {
    expect(await demosOf({ max_bootstrapped_demos: 4, max_labeled_demos: 16 }, [])).toEqual([
      '2 6 7 1 3 5 4 8 9 0',
      '6 5 1 0 8 7 2 9 3 4',
      '8 6 4 5 3 7 1 9 2 0',
    ])
  })

  it('§A.7 (3.3.1) with a pool that shrinks a predictor draws from what the one before it drew', async () => {
    const params = { max_bootstrapped_demos: 0, max_labeled_demos: 4, shrinking_pool: true }
    expect(await demosOf(params, [])).toEqual(['2 6 7 1', '1 6 7 2', '7 2 1 6'])
  })
})

describe('labelled demos', () => {
  it('App. D 9 of twenty rows the first predictor gets 12, 13, 1', () => {
    const twenty = toyRows(20)
    const state = withLabelledDemos(program, twenty, { k: 3, rng: pythonRandom(0) })
    expect(state['first']?.demos.map(({ text }) => twenty.findIndex(({ inputs }) => inputs['text'] === text))).toEqual([12, 13, 1])
  })
})

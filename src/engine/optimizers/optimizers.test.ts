import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { edge, field, inputNode, oneStep, outputNode, signatureNode, toyRows, twoSteps } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import type { Example } from '../base/example'
import { stateHash } from '../graph/default-state'
import { predictorsOf } from '../graph/predictors'
import type { Demo, Program, ProgramState } from '../program/program'
import type { Rollout } from '../evaluate/rollout'
import type { RolloutOptions, RunContext } from './kit/run-context'
import { estimateRun } from '../run/plan/estimate'
import type { RunEvent } from '../record/events'
import { bootstrapFewShot } from './bootstrap/bootstrap-few-shot'
import { bootstrapFewShotRandomSearch } from './bootstrap/bootstrap-few-shot-random-search'
import { labelledDemo } from './kit/labelled-demos'
import { labeledFewShot } from './few-shot/labeled-few-shot'

interface Asked {
  readonly ids: readonly string[]
  readonly options: RolloutOptions
  readonly states: readonly ProgramState[]
}

/** A context whose rollouts succeed as `right` says, and that notes what was asked. */
function contextOf<P>(
  params: P,
  {
    program = oneStep(),
    train = toyRows(20),
    right = (): boolean => true,
    error = (): boolean => false,
  }: {
    program?: Program
    train?: readonly Example[]
    right?: (id: string, round: number) => boolean
    error?: (id: string) => boolean
  } = {},
): { run: RunContext<P>; asked: Asked[] } {
  const asked: Asked[] = []
  const run: RunContext<P> = {
    params,
    student: program,
    trainset: train,
    valset: toyRows(4, 500),
    given: { train: train.length, val: 4 },
    seed: 1,
    signal: new AbortController().signal,
    maxErrors: 10,
    random: pythonRandom,
    candidateId: stateHash,
    rollouts: async (state, examples, options) => {
      asked.push({ ids: examples.map(({ id }) => id), options, states: examples.map(example => options.stateFor?.(example) ?? state) })
      return examples.map((example): Rollout => {
        const isRight = right(example.id, options.rollout ?? 0)
        const trace = predictorsOf(program.graph).map(({ id, node }) => ({
          node: node.id,
          predictor: id,
          name: node.name,
          inputs: { text: example.id },
          outputs: { label: 'red' },
          calls: [],
          ms: 0,
        }))
        if (error(example.id))
          return { exampleId: example.id, trace: [], score: 0, error: { code: 'adapter-parse', message: 'unreadable' }, ms: 0 }
        return { exampleId: example.id, trace, score: isRight ? 1 : 0, ms: 0 }
      })
    },
    evaluate: async function* (state) {
      asked.push({ ids: ['val'], options: { purpose: 'evaluate' }, states: [state] })
      yield { type: 'note', text: 'scored' }
      return Number.parseInt(stateHash(state).slice(0, 2), 16) / 255
    },
    fullScores: () => undefined,
    trial: () => {
      throw new Error('no trial in this test')
    },
    ask: () => Promise.reject(new Error('no prompt in this test')),
    embedDemos: async () => undefined,
    askText: () => Promise.reject(new Error('no prompt in this test')),
  }
  return { run, asked }
}

async function through<T>(events: AsyncGenerator<RunEvent, T>): Promise<{ told: RunEvent[]; value: T }> {
  const told: RunEvent[] = []
  for (;;) {
    const step = await events.next()
    if (step.done) return { told, value: step.value }
    told.push(step.value)
  }
}

const ids = (demos: readonly Demo[] | undefined): readonly unknown[] =>
  (demos ?? []).map(demo => (demo['augmented'] ? `+${String(demo['text'])}` : /order (\d+)/.exec(String(demo['text']))?.[1]))

describe('LabeledFewShot', () => {
  it('draws as DSPy does: of 20 rows the first predictor gets 12, 13, 1', async () => {
    const { run } = contextOf(labeledFewShot.params.parse({ k: 3 }), { program: twoSteps() })
    const { value } = await through((await labeledFewShot.load()).compile(run))
    expect(ids(value.state['extract']?.demos)).toEqual(['12', '13', '1'])
    // The next one draws on from the same generator.
    const rng = pythonRandom(0)
    rng.sample(toyRows(20), 3)
    expect(value.state['classify']?.demos.map(demo => demo['text'])).toEqual(rng.sample(toyRows(20), 3).map(row => row.inputs['text']))
  })

  it('takes the first rows when told to, and all when there are few', async () => {
    const first = contextOf(labeledFewShot.params.parse({ k: 3, sample: false }))
    expect(ids((await through((await labeledFewShot.load()).compile(first.run))).value.state['classify']?.demos)).toEqual(['0', '1', '2'])
    const few = contextOf(labeledFewShot.params.parse({}), { train: toyRows(2) })
    expect(ids((await through((await labeledFewShot.load()).compile(few.run))).value.state['classify']?.demos)).toHaveLength(2)
  })

  it('keeps instructions and the model of a predictor, and drops its old demos', async () => {
    const program = oneStep('predict', { classify: { instructions: 'Mine.', demos: [{ text: 'old', label: 'red' }], lm: 'big' } })
    const { run } = contextOf(labeledFewShot.params.parse({ k: 1 }), { program })
    const { value } = await through((await labeledFewShot.load()).compile(run))
    expect(value.state['classify']).toMatchObject({ instructions: 'Mine.', lm: 'big' })
    expect(ids(value.state['classify']?.demos)).toHaveLength(1)
  })
})

describe('a labelled demo', () => {
  it('is the whole row, and follows wires to fields of another name', () => {
    const graph: Program['graph'] = {
      nodes: [
        inputNode(field('body', 'output')),
        signatureNode('s', 'Sort', [field('text', 'input'), field('kind', 'output')]),
        outputNode(field('label', 'input')),
      ],
      edges: [edge('in.body', 's.text'), edge('s.kind', 'out.label')],
    }
    const [predictor] = predictorsOf(graph)
    if (predictor === undefined) throw new Error('no predictor')
    expect(labelledDemo(predictor, { inputs: { body: 'Hi' }, labels: { label: 'red', note: 'n' } })).toEqual({
      body: 'Hi',
      text: 'Hi',
      label: 'red',
      kind: 'red',
      note: 'n',
    })
  })
})

describe('BootstrapFewShot', () => {
  const compile = (params: Record<string, unknown>, options: Parameters<typeof contextOf>[1] = {}) => {
    const context = contextOf(bootstrapFewShot.params.parse(params), options)
    return { ...context, result: bootstrapFewShot.load().then(({ compile }) => through(compile(context.run))) }
  }

  it('asks as many rows as successes are missing, so no more than a walk one by one', async () => {
    const right = (id: string): boolean => ['row-1', 'row-4', 'row-5', 'row-9'].includes(id)
    const { asked, result } = compile({ max_bootstrapped_demos: 3, max_labeled_demos: 0 }, { right })
    const { value } = await result
    expect(asked.map(one => one.ids)).toEqual([['row-0', 'row-1', 'row-2'], ['row-3', 'row-4'], ['row-5']])
    expect(ids(value.state['classify']?.demos)).toEqual(['+row-1', '+row-4', '+row-5'])
  })

  it('tries again at temperature 1 under another rollout', async () => {
    const { asked, result } = compile(
      { max_bootstrapped_demos: 2, max_rounds: 3 },
      { right: (id, round) => id === 'row-1' || round === 2, train: toyRows(3) },
    )
    const { value } = await result
    expect(asked.map(({ ids: rows, options }) => [rows, options.rollout, options.temperature])).toEqual([
      [['row-0', 'row-1'], undefined, undefined],
      [['row-0'], 1, 1],
      [['row-0'], 2, 1],
    ])
    expect(ids(value.state['classify']?.demos).slice(0, 2)).toEqual(['+row-0', '+row-1'])
  })

  it('fills up with labelled demos from the rows that were not bootstrapped, each predictor from all of them, in DSPy’s order', async () => {
    const { result } = compile({ max_bootstrapped_demos: 2, max_labeled_demos: 5 }, { program: twoSteps() })
    const { value } = await result
    const pool = pythonRandom(0).shuffle(toyRows(20).slice(2))
    const rng = pythonRandom(0)
    expect(labelledTexts(value.state, 'extract')).toEqual(texts(rng.sample(pool, 3)))
    expect(labelledTexts(value.state, 'classify')).toEqual(texts(rng.sample(pool, 3)))
  })

  it('draws from what the predictor before drew where the pool shrinks, as DSPy did before 3.4', async () => {
    const { result } = compile({ max_bootstrapped_demos: 2, max_labeled_demos: 5, shrinking_pool: true }, { program: twoSteps() })
    const { value } = await result
    const rng = pythonRandom(0)
    const first = rng.sample(pythonRandom(0).shuffle(toyRows(20).slice(2)), 3)
    expect(labelledTexts(value.state, 'extract')).toEqual(texts(first))
    expect(labelledTexts(value.state, 'classify')).toEqual(texts(rng.sample(first, 3)))
  })

  it('shows the teacher labelled demos, but never the row it works on', async () => {
    const { asked, result } = compile({ max_bootstrapped_demos: 20, max_labeled_demos: 20 })
    await result
    for (const { ids: rows, states, options } of asked) {
      expect(options).toMatchObject({ role: 'teacher', traceToMetric: true, purpose: 'bootstrap' })
      for (const [index, row] of rows.entries()) {
        const shown = ids(states[index]?.['classify']?.demos)
        expect(shown).toHaveLength(19)
        expect(shown).not.toContain(row.replace('row-', ''))
      }
    }
  })

  it('keeps the student’s own demos for the teacher when no labelled ones are wanted', async () => {
    const program = oneStep('predict', { classify: { instructions: 'x', demos: [{ text: 'own', label: 'red' }] } })
    const { asked, result } = compile({ max_labeled_demos: 0 }, { program })
    await result
    expect(asked[0]?.states[0]?.['classify']?.demos).toEqual([{ text: 'own', label: 'red' }])
  })

  it('lets a teacher that picks from a pool go on picking, but not the row it works on', async () => {
    const demos = toyRows(4).map(({ inputs, labels }) => ({ ...inputs, ...labels }))
    const program = oneStep('predict', { classify: { instructions: 'x', demos, nearest: { k: 1 } } })
    const { asked, result } = compile({ max_labeled_demos: 0 }, { program })
    await result
    const [first] = asked[0]?.states ?? []
    expect(first?.['classify']).toMatchObject({ demos: demos.slice(1), nearest: { k: 1 } })
  })

  it('needs the score of the threshold where one is set', async () => {
    const { result } = compile({ metric_threshold: 1, max_bootstrapped_demos: 1, max_labeled_demos: 0 }, { right: id => id === 'row-7' })
    expect(ids((await result).value.state['classify']?.demos)).toEqual(['+row-7'])
  })

  it('makes no run for 0 demos', async () => {
    const { asked, result } = compile({ max_bootstrapped_demos: 0, max_labeled_demos: 2 })
    expect(ids((await result).value.state['classify']?.demos)).toHaveLength(2)
    expect(asked).toEqual([])
  })

  it('gives up after as many failed rows as it may have', async () => {
    await expect(compile({ max_errors: 3 }, { error: () => true }).result).rejects.toMatchObject({ code: 'too-many-errors' })
    await expect(compile({ max_errors: 3 }, { error: id => id === 'row-0' || id === 'row-2' }).result).resolves.toBeDefined()
  })
})

describe('BootstrapFewShotWithRandomSearch', () => {
  it('tries zero-shot, labelled, unshuffled, then the seeds, each with the size its seed draws', async () => {
    const params = bootstrapFewShotRandomSearch.params.parse({ num_candidate_programs: 4, max_labeled_demos: 6 })
    const train = toyRows(8)
    const { run, asked } = contextOf(params, { train })
    const { told, value } = await through((await bootstrapFewShotRandomSearch.load()).compile(run))
    const proposed = told.flatMap(event => (event.type === 'candidate-propose' ? [event] : []))
    expect(proposed.map(event => event.label)).toEqual([
      'zero-shot',
      'labelled demos',
      'unshuffled',
      'seed 0',
      'seed 1',
      'seed 2',
      'seed 3',
    ])
    const sizes = proposed.map(event => event.state['classify']?.demos.filter(demo => demo['augmented']).length)
    expect(sizes).toEqual([0, 0, 4, 4, 2, 1, 2])
    const firstRows = asked.filter(({ options }) => options.purpose === 'bootstrap').map(({ ids: rows }) => rows)
    expect(firstRows[1]).toEqual([4, 1, 5, 2].map(index => `row-${index}`))
    expect(firstRows[2]).toEqual([3, 6].map(index => `row-${index}`))
    expect(told.filter(event => event.type === 'stage-start').map(event => event.title)).toEqual([
      'Zero-shot',
      'Labelled demos',
      'Random search',
    ])
    const best = proposed.map(event => Number.parseInt(event.candidate.slice(0, 2), 16)).reduce((left, right) => Math.max(left, right))
    expect(Number.parseInt(stateHash(value.state).slice(0, 2), 16)).toBe(best)
  })

  it('stops at a score good enough', async () => {
    const params = bootstrapFewShotRandomSearch.params.parse({ stop_at_score: 0 })
    const { told } = await through((await bootstrapFewShotRandomSearch.load()).compile(contextOf(params).run))
    expect(told.filter(event => event.type === 'candidate-propose')).toHaveLength(1)
    expect(told.some(event => event.type === 'note')).toBe(true)
  })
})

describe('the number of calls told before a run', () => {
  const cases = [
    ['labeled-few-shot', {}, oneStep(), 12, 10],
    ['labeled-few-shot', {}, twoSteps(), 30, 16],
    ['bootstrap-few-shot', { max_bootstrapped_demos: 3 }, oneStep(), 12, 10],
    ['bootstrap-few-shot', { max_bootstrapped_demos: 4, max_rounds: 2 }, twoSteps(), 30, 16],
    ['bootstrap-few-shot-random-search', { num_candidate_programs: 2 }, oneStep(), 12, 10],
    ['bootstrap-few-shot-random-search', { num_candidate_programs: 4, max_bootstrapped_demos: 2 }, twoSteps(), 30, 16],
  ] as const
  it.each(cases)('%s %j holds', async (id, params, program, train, val) => {
    const optimizer = { id, params }
    const { total, calls, stages } = estimateRun({ kind: 'compile', graph: program.graph, train, val, optimizer })
    const disk = memoryDisk()
    const outcome = await finish(toyRun({ optimizer, program, train, val }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(outcome).toMatchObject({ status: 'done' })
    expect(outcome.totals.answered).toBeGreaterThanOrEqual(total.low)
    expect(outcome.totals.answered).toBeLessThanOrEqual(total.high)
    const evaluated =
      [...disk.rollouts.values()].filter(record => record.purpose === 'evaluate').length * predictorsOf(program.graph).length
    const planned = calls.find(({ purpose }) => purpose === 'evaluate')
    // Zero-shot is the student itself, which the baseline has scored: the one evaluation that is saved.
    const saved = id === 'bootstrap-few-shot-random-search' ? val * predictorsOf(program.graph).length : 0
    expect(evaluated).toBe((planned?.expected ?? 0) - saved)
    expect(stages.reduce((sum, stage) => sum + stage.calls.high, 0)).toBe(total.high)
    expect(stages.reduce((sum, stage) => sum + stage.calls.expected, 0)).toBe(total.expected)
  })

  it.each([
    [oneStep(), 12, 10],
    [twoSteps(), 30, 16],
  ])('is exact for a teacher that is always right', async (program, train, val) => {
    const params = bootstrapFewShotRandomSearch.params.parse({ num_candidate_programs: 5 })
    const { run, asked } = contextOf(params, { program, train: toyRows(train) })
    await through((await bootstrapFewShotRandomSearch.load()).compile(run))
    const runs = asked.filter(({ options }) => options.purpose === 'bootstrap').reduce((sum, one) => sum + one.ids.length, 0)
    const callsPerRun = predictorsOf(program.graph).length
    const estimate = bootstrapFewShotRandomSearch.estimate(params, {
      train,
      val,
      predictors: callsPerRun,
      openInstructions: callsPerRun,
      openDemos: callsPerRun,
      callsPerRun,
    })
    expect(runs * callsPerRun).toBe(estimate.find(({ purpose }) => purpose === 'bootstrap')?.low)
    expect(asked.filter(({ options }) => options.purpose === 'evaluate').length * val * callsPerRun).toBe(
      estimate.find(({ purpose }) => purpose === 'evaluate')?.high,
    )
  })

  it('is exact for a teacher that is never right', async () => {
    const params = bootstrapFewShot.params.parse({ max_rounds: 3 })
    const { run, asked } = contextOf(params, { right: () => false })
    await through((await bootstrapFewShot.load()).compile(run))
    const runs = asked.reduce((sum, one) => sum + one.ids.length, 0)
    expect(runs).toBe(
      bootstrapFewShot.estimate(params, { train: 20, val: 5, predictors: 1, openInstructions: 1, openDemos: 1, callsPerRun: 1 })[0]?.high,
    )
  })
})

/** The labelled demos of a predictor, behind two bootstrapped ones. */
function labelledTexts(state: ProgramState, predictor: string): readonly unknown[] {
  return (state[predictor]?.demos ?? []).slice(2).map(demo => demo['text'])
}

function texts(rows: readonly Example[]): readonly unknown[] {
  return rows.map(row => row.inputs['text'])
}

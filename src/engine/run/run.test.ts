import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts, realClock } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep, toyRows, twoSteps } from '@/testing/toy-programs'
import { finish, start, toyModel, toyRun } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import { emptyRunView, reduceRun } from './view/reduce'
import type { Lm } from '../lm/lm'
import type { CodeRunner, UserFunction } from '../user-code/code-runner'
import { chatOf } from '@/testing/chat-of'
import { storyDigest } from './story/story'

const search = {
  id: 'bootstrap-few-shot-random-search',
  params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 3 },
}
const labelled = { id: 'labeled-few-shot', params: {} }
const ownMetric = { kind: 'code', params: { source: '() => 1' } }

/** A code runner whose only function is loaded when the test says so. */
function slowRunner(): { readonly runner: CodeRunner; readonly isLoading: Promise<void>; load(): void } {
  let begin = (): void => undefined
  let load = (): void => undefined
  const isLoading = new Promise<void>(resolve => (begin = resolve))
  const loaded = new Promise<UserFunction>(resolve => (load = () => resolve({ call: async () => 1 })))
  const runner: CodeRunner = {
    load: () => {
      begin()
      return loaded
    },
    dispose: () => undefined,
  }
  return { runner, isLoading, load }
}

describe('a compile', () => {
  it('takes the program to a better score and says so', async () => {
    const disk = memoryDisk()
    const outcome = await finish(toyRun({ optimizer: labelled, train: 40 }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(outcome.status).toBe('done')
    expect(outcome.result?.best?.summary.mean).toBeGreaterThan(outcome.result?.baseline?.summary.mean ?? 1)
    expect(outcome.sentence).toMatch(/before, .* after: \+/)
    expect(outcome.totals).toMatchObject({ calls: 24, answered: 24, cachedCalls: 0, failedCalls: 0, unpricedCalls: 0 })
    expect(outcome.totals.cost).toBeCloseTo((outcome.totals.inputTokens + 2 * outcome.totals.outputTokens) / 1e6, 9)
    expect(disk.rollouts.size).toBe(24)
    expect(disk.runCalls.size).toBe(24)
    const view = disk.events.reduce(reduceRun, emptyRunView)
    expect(view.end?.reason).toBe('done')
    expect(view.stages.map(stage => [stage.id, stage.status, stage.plannedCalls])).toEqual([
      ['baseline', 'done', 12],
      ['select', 'done', 0],
      ['final', 'done', 12],
    ])
    expect(view.candidates.map(candidate => candidate.label)).toEqual(['baseline', 'labelled demos'])
    expect(storyDigest(disk.events)).toBe(outcome.digest)
  })

  it('keeps the student when the compiled program is worse, and says that', async () => {
    const instructions = toyRows(12, 1000).map(row => `${String(row.inputs['text']).split(' ').at(-1)} is ${String(row.labels['label'])}`)
    const program = oneStep('predict', { classify: { instructions: instructions.join('\n'), demos: [] } })
    const { data, spec } = toyRun({ program, optimizer: labelled })
    // Demos with wrong labels win over the instructions, so the compiled program must lose.
    const lying = data.train.map(row => ({ ...row, labels: { label: row.labels['label'] === 'red' ? 'blue' : 'red' } }))
    const outcome = await finish({ spec, data: { ...data, train: lying } }, memoryPorts({ lm: simulatedLm() }))
    expect(outcome.result?.baseline?.summary.mean).toBe(1)
    expect(outcome.result?.best?.candidate).toBe(outcome.result?.baseline?.candidate)
    expect(outcome.result?.gain).toBeUndefined()
    expect(outcome.sentence).toMatch(/below the 100\.0 %/)
  })

  it('evaluates the same state once', async () => {
    // Zero-shot is the student itself: baseline 12, labelled 12, three bootstraps and the final one come on top.
    const lm = simulatedLm()
    const { status } = await finish(
      toyRun({ optimizer: { id: search.id, params: { ...search.params, num_candidate_programs: 0 } } }),
      memoryPorts({ lm }),
    )
    expect(status).toBe('done')
    const evaluations = 3
    expect(lm.count).toBeLessThanOrEqual(evaluations * 12 + 20)
    expect([...lm.asked.values()].every(times => times === 1)).toBe(true)
  })

  it('uses the val split to choose, and the train split where there is none', async () => {
    const outcome = await finish(toyRun({ optimizer: labelled, val: 0, train: 9 }), memoryPorts({ lm: simulatedLm() }))
    expect(outcome.result?.baseline?.summary.count).toBe(9)
  })

  it('runs the teacher on the teacher model', async () => {
    const asked = new Set<string>()
    const lm = simulatedLm({ onRequest: (_, request) => void asked.add(`${request.model}`) })
    const models = { task: toyModel, prompt: toyModel, teacher: { ...toyModel, id: 'big', model: 'toy-big' }, overrides: {} }
    const disk = memoryDisk()
    await finish(toyRun({ optimizer: { id: 'bootstrap-few-shot', params: {} }, models }), memoryPorts({ lm, disk }))
    expect([...asked].sort()).toEqual(['toy-1', 'toy-big'])
    const purposes = new Set([...disk.runCalls.values()].map(call => `${call.model} ${call.purpose}`))
    expect([...purposes].sort()).toEqual(['toy-1 evaluate', 'toy-big bootstrap'])
  })
})

describe('an evaluation', () => {
  it('gives the mean with its interval', async () => {
    const outcome = await finish(toyRun({ kind: 'evaluate', val: 30, program: twoSteps() }), memoryPorts({ lm: simulatedLm() }))
    const { mean, low, high, count } = outcome.result?.baseline?.summary ?? { mean: 0, low: 1, high: 0, count: 0 }
    expect(count).toBe(30)
    expect(low).toBeLessThanOrEqual(mean)
    expect(high).toBeGreaterThanOrEqual(mean)
    // Rows with the same keyword ask the second step the same: answered 60 times, paid 42 times.
    expect(outcome.totals).toMatchObject({ calls: 42, cachedCalls: 18, answered: 60 })
  })

  it('leaves rows out that failed on the way to the model, and counts rows as 0 whose answer made no sense', async () => {
    const inner = simulatedLm()
    const lm = {
      ...inner,
      async generate(...[request, call]: Parameters<typeof inner.generate>) {
        const text = chatOf(request).messages.at(-1)?.content ?? ''
        if (text.includes('order 1001 ')) throw new EngineError('lm-server', 'Broken for good.', { isRetryable: false })
        const answer = await inner.generate(request, call)
        return text.includes('order 1002 ') ? { ...answer, text: 'no idea' } : answer
      },
    }
    const disk = memoryDisk()
    const outcome = await finish(toyRun({ kind: 'evaluate' }), memoryPorts({ lm, disk }))
    expect(outcome.result?.baseline?.summary).toMatchObject({ count: 11, errors: 1, unscored: 1 })
    const [, gone, odd] = [...disk.rollouts.values()].sort((left, right) => left.index - right.index).map(record => record.rollout)
    expect(gone).toMatchObject({ score: null, error: { code: 'lm-server' } })
    expect(odd).toMatchObject({ score: 0, error: { code: 'adapter-parse' } })
    expect(outcome.totals.failedCalls).toBe(1)
    const again = await finish(toyRun({ kind: 'evaluate' }), memoryPorts({ lm: simulatedLm(), disk, offline: true }))
    expect(again.divergence).toBeUndefined()
    expect(again.digest).toBe(outcome.digest)
  })

  it('ends when too many rows fail, and tries them again when resumed', async () => {
    const disk = memoryDisk()
    const down = simulatedLm({
      onRequest: () => {
        throw new EngineError('lm-network', 'No connection.', { isRetryable: false })
      },
    })
    const failed = await finish(toyRun({ kind: 'evaluate', maxErrors: 5 }), memoryPorts({ lm: down, disk }))
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'too-many-errors' } })
    const resumed = await finish(toyRun({ kind: 'evaluate', maxErrors: 5 }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(resumed).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 12 } } } })
  })

  it('scores a candidate whose answers cannot be read as 0 and goes on, where the student would end the run', async () => {
    const inner = simulatedLm()
    const lm: Lm = {
      ...inner,
      async generate(request, call) {
        const answer = await inner.generate(request, call)
        return chatOf(request).messages.length > 2 ? { ...answer, text: 'no idea' } : answer
      },
    }
    const compile = toyRun({ optimizer: { id: 'labeled-few-shot', params: { k: 2 } }, maxErrors: 3 })
    const outcome = await finish(compile, memoryPorts({ lm }))
    expect(outcome).toMatchObject({ status: 'done' })
    expect(outcome.result?.best?.candidate).toBe(outcome.result?.baseline?.candidate)
    const demos = [{ text: 'order 1 for item zorp', label: 'red' }]
    const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos } })
    const broken = await finish(toyRun({ ...compile.spec, program, state: program.state }), memoryPorts({ lm }))
    expect(broken.error?.code).toBe('too-many-errors')
  })

  it('ends at once when the key is refused, and goes on when it is corrected', async () => {
    const disk = memoryDisk()
    const refused = simulatedLm({
      latencyMs: 1,
      onRequest: count => {
        if (count > 3) throw new EngineError('lm-auth', 'The key was refused. Check it in Settings.')
      },
    })
    const failed = await finish(toyRun({ kind: 'evaluate', concurrency: 2, val: 40 }), memoryPorts({ lm: refused, disk }))
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'lm-auth' }, sentence: 'The key was refused. Check it in Settings.' })
    expect(refused.count).toBeLessThanOrEqual(6)
    const resumed = await finish(toyRun({ kind: 'evaluate', concurrency: 2, val: 40 }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(resumed.status).toBe('done')
    expect(resumed.divergence).toBeUndefined()
  })
})

describe('a row', () => {
  it('reports each step and what the program returned', async () => {
    const handle = start(toyRun({ kind: 'row', program: twoSteps() }), memoryPorts({ lm: simulatedLm() }))
    const outcome = await handle.done
    expect(outcome.result?.prediction).toHaveProperty('label')
    const meters = handle.batches
      .flatMap(batch => batch.meters)
      .map(meter => ('node' in meter ? `${meter.type} ${meter.node}` : meter.type))
    expect(meters).toEqual(['node-start extract', 'node-end extract', 'node-start classify', 'node-end classify'])
  })

  it('runs without a label, without a score', async () => {
    const { spec } = toyRun({ kind: 'row' })
    const row = { id: 'typed', inputs: { text: 'order 1 for item zorp' }, labels: {} }
    const outcome = await finish({ spec, data: { train: [], val: [row] } }, memoryPorts({ lm: simulatedLm() }))
    expect(outcome).toMatchObject({ status: 'done', sentence: 'The row is done.' })
  })
})

describe('commands', () => {
  it('pause starts nothing, lets answers under way in, and resume goes on', async () => {
    const disk = memoryDisk()
    const lm = simulatedLm({ latencyMs: 20 })
    const handle = start(toyRun({ kind: 'evaluate', val: 60, concurrency: 8 }), memoryPorts({ lm, disk }))
    await realClock.sleep(60)
    handle.command('pause')
    const sent = lm.count
    await realClock.sleep(150)
    expect(lm.count).toBe(sent)
    expect(disk.calls.size).toBe(sent)
    expect(handle.batches.at(-1)?.status).toBe('paused')
    handle.command('resume')
    const outcome = await handle.done
    expect(outcome.status).toBe('done')
    expect(lm.count).toBe(60)
  })

  it.each([1, 8, 64])('stop, cancel and stop while paused end within a second at concurrency %i', async concurrency => {
    for (const commands of [['stop'], ['cancel'], ['pause', 'stop']] as const) {
      const hanging = simulatedLm({ onRequest: () => new Promise<void>(() => undefined) })
      const disk = memoryDisk()
      const handle = start(toyRun({ optimizer: search, val: 100, concurrency }), memoryPorts({ lm: hanging, disk }))
      await realClock.sleep(30)
      const at = Date.now()
      for (const command of commands) handle.command(command)
      const outcome = await handle.done
      expect(Date.now() - at).toBeLessThan(5_000)
      expect(outcome.status).toBe(commands.at(-1) === 'cancel' ? 'cancelled' : 'stopped')
      expect(disk.events.at(-1)?.type).toBe(commands.at(-1) === 'cancel' ? 'run-cancel' : 'run-end')
      expect(outcome.totals.calls).toBe(hanging.count)
    }
  })

  it.each([
    ['stop', 'stopped', 'Stopped. No row was run yet.'],
    ['cancel', 'cancelled', 'Cancelled. Nothing was kept but the answers in the cache.'],
  ] as const)('%s while the metric is still being loaded is no failure', async (command, status, sentence) => {
    const disk = memoryDisk()
    const { runner, isLoading, load } = slowRunner()
    const handle = start(toyRun({ optimizer: labelled, metric: ownMetric }), memoryPorts({ lm: simulatedLm(), disk, runner }))
    await isLoading
    handle.command(command)
    load()
    expect(await handle.done).toMatchObject({ status, sentence, totals: { calls: 0 } })
    expect(disk.events.reduce(reduceRun, emptyRunView).end?.sentence).toBe(sentence)
  })

  it('stop while the metric is still being loaded leaves a run that can be resumed', async () => {
    const disk = memoryDisk()
    const first = slowRunner()
    const run = toyRun({ optimizer: labelled, metric: ownMetric })
    const handle = start(run, memoryPorts({ lm: simulatedLm(), disk, runner: first.runner }))
    await first.isLoading
    handle.command('stop')
    first.load()
    await handle.done
    const second = slowRunner()
    second.load()
    expect(await finish(run, memoryPorts({ lm: simulatedLm(), disk, runner: second.runner }))).toMatchObject({ status: 'done' })
    expect(disk.events.reduce(reduceRun, emptyRunView).end?.reason).toBe('done')
  })

  it('a time cap that is used up before the metric is loaded ends the run as a cap does', async () => {
    const { runner, load } = slowRunner()
    const handle = start(
      toyRun({ optimizer: labelled, metric: ownMetric, budget: { maxMs: 30 } }),
      memoryPorts({ lm: simulatedLm(), runner }),
    )
    setTimeout(load, 100)
    expect(await handle.done).toMatchObject({ status: 'capped', sentence: expect.stringMatching(/^Stopped by a cap: The time limit/) })
  })

  it('stop keeps the best candidate, and resume goes on to the same end', async () => {
    const whole = await finish(toyRun({ optimizer: search }), memoryPorts({ lm: simulatedLm() }))
    const disk = memoryDisk()
    let stop = (): void => undefined
    const lm = simulatedLm({ latencyMs: 2, onRequest: count => (count === 40 ? stop() : undefined) })
    const handle = start(toyRun({ optimizer: search }), memoryPorts({ lm, disk }))
    stop = () => handle.command('stop')
    const stopped = await handle.done
    expect(stopped).toMatchObject({ status: 'stopped' })
    expect(stopped.result?.best).toBeDefined()
    const resumed = await finish(toyRun({ optimizer: search }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(resumed.divergence).toBeUndefined()
    expect(resumed.digest).toBe(whole.digest)
    expect(disk.events.reduce(reduceRun, emptyRunView).end?.reason).toBe('done')
  })
})

describe('caps', () => {
  it('refuse a budget that cannot pay the first evaluation, with the numbers', async () => {
    const lm = simulatedLm()
    const run = (budget: Record<string, number>) => finish(toyRun({ optimizer: labelled, budget }), memoryPorts({ lm }))
    const calls = await run({ maxCalls: 11 })
    expect(calls).toMatchObject({ status: 'failed', error: { code: 'budget-too-small', facts: { needed: 12, cap: 11 } } })
    expect(calls.sentence).toMatch(/12 LM calls, but the cap is 11/)
    expect((await run({ maxTokens: 100 })).error?.code).toBe('budget-too-small')
    expect((await run({ maxCost: 0.000001 })).error?.code).toBe('budget-too-small')
    expect(lm.count).toBe(0)
  })

  it.each([1, 8, 64])('on money hold at concurrency %i, with answers of any length', async concurrency => {
    const lm = simulatedLm({ latencyMs: 3 })
    const models = { task: { ...toyModel, settings: { maxTokens: 60 } }, prompt: toyModel, overrides: {} }
    const maxCost = 0.012
    const outcome = await finish(toyRun({ optimizer: search, val: 20, concurrency, models, budget: { maxCost } }), memoryPorts({ lm }))
    expect(outcome.status).toBe('capped')
    expect(outcome.totals.cost).toBeLessThanOrEqual(maxCost)
    expect(outcome.totals.cost).toBeGreaterThan(maxCost / 2)
  })

  it('on time end a run that waits for an answer', async () => {
    const lm = simulatedLm({ onRequest: () => new Promise<void>(() => undefined) })
    const at = Date.now()
    const outcome = await finish(toyRun({ kind: 'evaluate', budget: { maxMs: 80 } }), memoryPorts({ lm }))
    expect(outcome.status).toBe('capped')
    expect(Date.now() - at).toBeLessThan(5_000)
  })

  it('let answers under way come in before the run ends', async () => {
    const disk = memoryDisk()
    const lm = simulatedLm({ latencyMs: 60 })
    const models = { task: { ...toyModel, settings: { maxTokens: 60 } }, prompt: toyModel, overrides: {} }
    const { spec, data } = toyRun({ kind: 'evaluate', models, val: 4, budget: { maxTokens: 12_000 } })
    const long = { id: 'long', inputs: { text: 'word '.repeat(4000) }, labels: { label: 'red' } }
    const outcome = await finish({ spec, data: { ...data, val: [...data.val.slice(0, 3), long] } }, memoryPorts({ lm, disk }))
    expect(outcome.status).toBe('capped')
    expect(lm.count).toBe(3)
    expect(disk.calls.size).toBe(3)
  })
})

describe('the journal', () => {
  it('is written before the listener hears of it', async () => {
    const disk = memoryDisk()
    const { spec, data } = toyRun({ optimizer: labelled })
    let heard = 0
    const { startRun } = await import('./run')
    const handle = startRun(spec, data, memoryPorts({ lm: simulatedLm(), disk }), batch => {
      heard += batch.events.length
      expect(disk.events.length).toBe(heard)
    })
    await handle.done
    expect(heard).toBe(disk.events.length)
  })

  it('full: the run pauses with the reason, loses nothing, and goes on when there is room', async () => {
    const disk = memoryDisk()
    let isFull = true
    const onAppend = (): void => {
      if (isFull) throw new EngineError('storage-full', 'There is no room left.')
    }
    const lm = simulatedLm({ latencyMs: 5 })
    const handle = start(toyRun({ kind: 'evaluate', val: 40 }), memoryPorts({ lm, disk, onAppend }))
    while (!handle.batches.some(batch => batch.problem)) await realClock.sleep(10)
    expect(handle.batches.at(-1)).toMatchObject({ status: 'paused', problem: { code: 'storage-full' } })
    isFull = false
    handle.command('resume')
    const outcome = await handle.done
    expect(outcome.status).toBe('done')
    expect(disk.rollouts.size).toBe(40)
    expect(disk.events[0]?.type).toBe('run-start')
  })

  it('that refuses to write ends the run', async () => {
    const onAppend = (): void => {
      throw new EngineError('storage-failed', 'Another tab has taken this run over.')
    }
    const outcome = await finish(toyRun({ kind: 'evaluate', val: 400 }), memoryPorts({ lm: simulatedLm({ latencyMs: 5 }), onAppend }))
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'storage-failed' } })
  })

  it('that tells another story is noticed once, and the run goes on', async () => {
    const disk = memoryDisk()
    await finish(toyRun({ optimizer: search }), memoryPorts({ lm: simulatedLm(), disk }))
    const place = disk.events.findIndex(event => event.type === 'fullset-score')
    const event = disk.events[place]
    if (event?.type === 'fullset-score') disk.events[place] = { ...event, batch: 99 }
    const outcome = await finish(toyRun({ optimizer: search }), memoryPorts({ lm: simulatedLm(), disk }))
    expect(outcome).toMatchObject({ status: 'done', divergence: { seq: event?.seq } })
    expect(disk.events.filter(({ type }) => type === 'run-diverge')).toHaveLength(1)
    expect(disk.events.reduce(reduceRun, emptyRunView).divergence?.seq).toBe(event?.seq)
    // The story that was told last is the one a later replay repeats.
    const again = await finish(toyRun({ optimizer: search }), memoryPorts({ lm: simulatedLm(), disk, offline: true }))
    expect(again.divergence).toBeUndefined()
    expect(again.digest).toBe(outcome.digest)
  })
})

describe('before the first request', () => {
  it.each([
    [
      'a cycle or a loose wire',
      { program: { graph: { ...oneStep().graph, edges: [] }, state: {} } },
      'graph-invalid',
      /Nothing feeds "text" of Classify/,
    ],
    ['an unknown optimizer', { optimizer: { id: 'magic', params: {} } }, 'params-invalid', /magic/],
    ['a parameter out of range', { optimizer: { id: 'labeled-few-shot', params: { k: 0 } } }, 'params-invalid', /"k"/],
    ['an unknown metric', { optimizer: labelled, metric: { kind: 'vibes', params: {} } }, 'params-invalid', /vibes/],
    ['no training row', { optimizer: labelled, train: 0 }, 'data-invalid', /at least 1 row in the train split/],
    ['no row', { kind: 'evaluate' as const, train: 0, val: 0 }, 'data-invalid', /no row/],
  ])('tells of %s', async (_what, changes, code, sentence) => {
    const lm = simulatedLm()
    const disk = memoryDisk()
    const outcome = await finish(toyRun(changes), memoryPorts({ lm, disk }))
    expect(outcome.status).toBe('failed')
    expect(outcome.error?.code).toBe(code)
    expect(outcome.sentence).toMatch(sentence)
    expect(lm.count).toBe(0)
    expect(disk.events.map(({ type }) => type)).toEqual(['run-error'])
  })
})

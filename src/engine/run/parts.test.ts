import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, toyRun } from '@/testing/toy-run'
import { pairedGain, summarize } from '../evaluate/aggregate'
import { isSchemaComplete, journalEventSchema } from '../record/event-schema'
import type { JournalEvent, RunEvent } from '../record/events'
import { pauseGate } from './gate'
import { emptyRunView, reduceRun } from './view/reduce'
import { createScoreboard } from './story/scoreboard'
import { slotsOf } from './slots'
import { createStory, storyDigest } from './story/story'
import { createTally } from './recording/tally'
import { noTotals } from '../record/totals'

const note = (text: string): RunEvent => ({ type: 'note', text })
const at = (seq: number, event: RunEvent): JournalEvent => ({ ...event, seq, at: 1000 + seq })
const stopped: RunEvent = { type: 'run-end', reason: 'stopped', sentence: 'Stopped.', result: { kind: 'compile' } }

describe('a story', () => {
  it('numbers new events and passes over recorded ones', () => {
    const story = createStory([at(0, note('a')), at(1, note('b'))])
    expect(story.isReplaying).toBe(true)
    expect(story.admit(note('a'), 9).kind).toBe('replayed')
    expect(story.admit(note('b'), 9).kind).toBe('replayed')
    expect(story.isReplaying).toBe(false)
    expect(story.admit(note('c'), 9)).toEqual({ kind: 'new', events: [{ type: 'note', text: 'c', seq: 2, at: 9 }] })
  })

  it('goes on behind an interruption, with the digest of a run without one', () => {
    const story = createStory([at(0, note('a')), at(1, stopped)])
    story.admit(note('a'), 9)
    expect(story.admit(note('b'), 9)).toMatchObject({ kind: 'new', events: [{ text: 'b', seq: 2 }] })
    const plain = createStory([])
    plain.admit(note('a'), 1)
    plain.admit(note('b'), 2)
    expect(story.digest()).toBe(plain.digest())
    expect(story.digest()).toBe(storyDigest([at(0, note('a')), at(1, stopped), at(2, note('b'))]))
  })

  it('may end early without being another story', () => {
    const story = createStory([at(0, note('a')), at(1, note('b'))])
    story.admit(note('a'), 9)
    expect(story.admit(stopped, 9)).toMatchObject({ kind: 'new', events: [{ type: 'run-end', seq: 2 }] })
    expect(story.divergence).toBeUndefined()
  })

  it('says once where it leaves the record', () => {
    const story = createStory([at(0, note('a')), at(1, note('b')), at(2, note('c'))])
    story.admit(note('a'), 9)
    const admitted = story.admit(note('x'), 9)
    expect(admitted).toMatchObject({
      kind: 'new',
      events: [
        { type: 'run-diverge', divergedAt: 1, seq: 3 },
        { text: 'x', seq: 4 },
      ],
    })
    expect(story.admit(note('y'), 9)).toMatchObject({ kind: 'new', events: [{ text: 'y', seq: 5 }] })
  })
})

describe('the view of a run', () => {
  it('is the same from a live run, from a record, and from events heard twice', async () => {
    const disk = memoryDisk()
    await finish(toyRun({ optimizer: { id: 'bootstrap-few-shot', params: {} } }), memoryPorts({ lm: simulatedLm(), disk }))
    const once = disk.events.reduce(reduceRun, emptyRunView)
    const twice = [...disk.events, ...disk.events].reduce(reduceRun, emptyRunView)
    expect(twice).toEqual(once)
    expect(once.best?.candidate).toBe(once.end?.result?.best?.candidate)
    expect(once.plannedCalls).toBe(disk.totals?.answered)
    for (const event of disk.events) expect(journalEventSchema.safeParse(event).error).toBeUndefined()
  })

  it('opens again when an ended run goes on, and skips what it does not know', () => {
    const ended = [at(0, note('a')), at(1, stopped)].reduce(reduceRun, emptyRunView)
    expect(ended.end?.reason).toBe('stopped')
    const open = reduceRun(ended, at(2, note('b')))
    expect(open.end).toBeUndefined()
    // An event as a newer version might write it.
    const strange = { type: 'weather-change', seq: 3, at: 1 } as unknown as JournalEvent
    expect(reduceRun(open, strange)).toEqual({ ...open, seq: 3 })
    expect(journalEventSchema.safeParse(strange).success).toBe(false)
    expect(isSchemaComplete).toBe(true)
  })

  it('counts states that were proposed again, and the demos of each bootstrap', () => {
    const propose = (label: string): RunEvent => ({
      type: 'candidate-propose',
      candidate: 'c',
      label,
      how: 'sample',
      parents: [],
      state: {},
    })
    const demos: RunEvent = { type: 'demos-bootstrap', predictor: 'p', demos: [{ augmented: true }], examples: ['r1', 'r2'] }
    const view = [propose('a'), propose('b'), demos, propose('c')].map((event, seq) => at(seq, event)).reduce(reduceRun, emptyRunView)
    expect(view.candidates).toMatchObject([{ label: 'a', repeats: 2 }])
    expect(view.bootstraps).toEqual([{ predictor: 'p', demos: 1, successes: 2 }])
  })

  it('keeps the latest front of each row', () => {
    const rows = (score: number, ...candidates: string[]) => [{ example: 'r2', score, candidates }]
    const first: RunEvent = {
      type: 'frontier-change',
      rows: [{ example: 'r1', score: 1, candidates: ['a'] }, ...rows(0, 'a')],
      members: [{ candidate: 'a', rows: 2 }],
    }
    const members = [
      { candidate: 'b', rows: 1 },
      { candidate: 'a', rows: 1 },
    ]
    const view = [first, { type: 'frontier-change', rows: rows(0.5, 'b'), members } as const]
      .map((event, seq) => at(seq, event))
      .reduce(reduceRun, emptyRunView)
    expect(view.frontier).toEqual({ rows: [{ example: 'r1', score: 1, candidates: ['a'] }, ...rows(0.5, 'b')], members })
  })

  it('takes 20,000 events in well under a second', () => {
    const events = Array.from({ length: 20_000 }, (_, seq) =>
      at(seq, { type: 'stage-step', stage: 's', step: seq, steps: 20_000, title: 't' }),
    )
    const start = performance.now()
    events.reduce(reduceRun, emptyRunView)
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})

describe('totals', () => {
  const usage = { inputTokens: 10, outputTokens: 5 }
  it('count an answer of an earlier attempt once', () => {
    let calls = 0
    const first = createTally(noTotals, () => ({ calls, tokens: 0, cost: 0 }))
    for (let n = 0; n < 3; n++) {
      calls += 1
      first.request({ isAnswered: true, usage, cost: 15 })
      first.add({ key: `k${n}` }, true)
    }
    first.add({ key: 'k0' }, true)
    expect(first.totals()).toMatchObject({ calls: 3, cachedCalls: 1, answered: 4, cost: 45, inputTokens: 30 })
    const second = createTally(first.totals(), () => ({ calls, tokens: 0, cost: 0 }))
    expect(second.totals()).toEqual(first.totals())
    for (let n = 0; n < 4; n++) second.add({ key: `k${n % 3}` }, true)
    expect(second.totals()).toEqual(first.totals())
    calls += 2
    second.request({ isAnswered: false })
    second.request({ isAnswered: true, usage })
    second.add({ key: 'k3' }, true)
    expect(second.totals()).toMatchObject({ calls: 5, cachedCalls: 1, answered: 5, failedCalls: 1, unpricedCalls: 1, cost: 45 })
  })

  it('count what was paid although nobody was left to hear of it', () => {
    const tally = createTally(noTotals, () => ({ calls: 1, tokens: 0, cost: 0 }))
    tally.request({ isAnswered: true, usage, cost: 15 })
    expect(tally.totals()).toMatchObject({ calls: 1, answered: 1, cachedCalls: 0, cost: 15 })
  })

  it('count cut answers once each, also those of an earlier attempt', () => {
    const spent = () => ({ calls: 0, tokens: 0, cost: 0 })
    const first = createTally(noTotals, spent)
    first.add({ key: 'whole' }, true)
    first.add({ key: 'tools', finish: 'tool-calls' }, true)
    expect(first.totals().cutAnswers).toBeUndefined()
    for (const _row of [1, 2, 3]) first.add({ key: 'long', finish: 'length' }, true)
    first.add({ key: 'filtered', finish: 'filter' }, true)
    first.add({ key: 'refused', error: { code: 'lm-content-filter', message: '' } }, false)
    expect(first.totals().cutAnswers).toBe(3)
    const second = createTally(first.totals(), spent)
    second.add({ key: 'long', finish: 'length' }, true)
    expect(second.totals().cutAnswers).toBe(3)
  })
})

describe('scores', () => {
  const rng = pythonRandom(3)
  const row = (score: number | null, code?: 'adapter-parse' | 'lm-server') => ({ score, ...(code && { error: { code, message: '' } }) })

  it('leave rows without a score out of the mean', () => {
    const summary = summarize([row(1), row(0, 'adapter-parse'), row(null, 'lm-server'), row(1)], rng)
    expect(summary).toMatchObject({ mean: 2 / 3, count: 3, errors: 1, unscored: 1 })
    expect(summarize([], rng)).toMatchObject({ mean: 0, count: 0 })
  })

  it('compare two candidates on the rows that both have', () => {
    const gain = pairedGain([1, 0, 0, null, 1], [1, 1, 1, 1, 0], rng)
    expect(gain).toMatchObject({ mean: 0.25, count: 4, fixed: 2, broken: 1, same: 1 })
    expect(gain.low).toBeLessThanOrEqual(0.25)
    expect(gain.high).toBeGreaterThanOrEqual(0.25)
  })
})

describe('the scoreboard', () => {
  const summary = (mean: number) => ({ mean, low: 0, high: 1, count: 2, errors: 0, unscored: 0 })
  const scored = (candidate: string, mean: number) => ({ candidate, state: {}, scores: [], summary: summary(mean) })

  it('prefers a candidate to the student on equal scores, and the first of equal candidates', () => {
    const board = createScoreboard()
    board.add(scored('student', 0.5))
    expect(board.best?.candidate).toBe('student')
    board.add(scored('a', 0.5))
    board.add(scored('b', 0.5))
    expect(board.best?.candidate).toBe('a')
    board.add(scored('c', 0.6))
    board.add(scored('d', 0.55))
    expect([board.baseline?.candidate, board.best?.candidate]).toEqual(['student', 'c'])
  })
})

describe('slots', () => {
  it('let no more through than there are, in order', async () => {
    const slots = slotsOf(2)
    let running = 0
    let most = 0
    const ended: number[] = []
    await Promise.all(
      [1, 2, 3, 4, 5].map(n =>
        slots.run(async () => {
          most = Math.max(most, ++running)
          await Promise.resolve()
          running -= 1
          ended.push(n)
        }),
      ),
    )
    expect(most).toBe(2)
    expect(ended).toEqual([1, 2, 3, 4, 5])
  })
})

describe('the gate', () => {
  it('holds work while closed and gives way to an abort', async () => {
    const gate = pauseGate()
    const { signal } = new AbortController()
    await gate.wait(signal)
    gate.close()
    let isThrough = false
    const waiting = gate.wait(signal).then(() => (isThrough = true))
    await Promise.resolve()
    expect(isThrough).toBe(false)
    gate.open()
    await waiting
    gate.close()
    const controller = new AbortController()
    const other = gate.wait(controller.signal)
    controller.abort(new Error('enough'))
    await expect(other).rejects.toThrow('enough')
  })
})

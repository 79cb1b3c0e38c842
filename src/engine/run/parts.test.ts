import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, toyRun } from '@/testing/toy-run'
import { pairedGain, summarize } from '../evaluate/aggregate'
import { isSchemaComplete, journalEventSchema } from '../record/event-schema'
import type { JournalEvent, RunEvent } from '../record/events'
import { pauseGate } from './base/gate'
import { emptyRunView, reduceRun } from './view/reduce'
import { createScoreboard } from './work/scoreboard'
import { createStory, storyDigest } from './story/story'
import { createTally, type TalliedCall } from './recording/tally'
import { noTotals } from '../record/totals'
import type { CallPurpose } from '../lm/lm'
import type { RequestEnd } from '../lm/spend'

const best = (candidate: string): RunEvent => ({ type: 'best-change', candidate, score: 1 })
const at = (seq: number, event: RunEvent): JournalEvent => ({ ...event, seq, at: 1000 + seq })
const stopped: RunEvent = { type: 'run-end', reason: 'stopped', sentence: 'Stopped.', result: { kind: 'compile' } }

describe('a story', () => {
  it('numbers new events and passes over recorded ones', () => {
    const story = createStory([at(0, best('a')), at(1, best('b'))])
    expect(story.isReplaying).toBe(true)
    expect(story.admit(best('a'), 9).kind).toBe('replayed')
    expect(story.admit(best('b'), 9).kind).toBe('replayed')
    expect(story.isReplaying).toBe(false)
    expect(story.admit(best('c'), 9)).toEqual({ kind: 'new', events: [{ ...best('c'), seq: 2, at: 9 }] })
  })

  it('goes on behind an interruption, with the digest of a run without one', () => {
    const story = createStory([at(0, best('a')), at(1, stopped)])
    story.admit(best('a'), 9)
    expect(story.admit(best('b'), 9)).toMatchObject({ kind: 'new', events: [{ candidate: 'b', seq: 2 }] })
    const plain = createStory([])
    plain.admit(best('a'), 1)
    plain.admit(best('b'), 2)
    expect(story.digest()).toBe(plain.digest())
    expect(story.digest()).toBe(storyDigest([at(0, best('a')), at(1, stopped), at(2, best('b'))]))
  })

  it('may end early without being another story', () => {
    const story = createStory([at(0, best('a')), at(1, best('b'))])
    story.admit(best('a'), 9)
    expect(story.admit(stopped, 9)).toMatchObject({ kind: 'new', events: [{ type: 'run-end', seq: 2 }] })
    expect(story.divergence).toBeUndefined()
  })

  it('says once where it leaves the record', () => {
    const story = createStory([at(0, best('a')), at(1, best('b')), at(2, best('c'))])
    story.admit(best('a'), 9)
    const admitted = story.admit(best('x'), 9)
    expect(admitted).toMatchObject({
      kind: 'new',
      events: [
        { type: 'run-diverge', divergedAt: 1, seq: 3 },
        { candidate: 'x', seq: 4 },
      ],
    })
    expect(story.admit(best('y'), 9)).toMatchObject({ kind: 'new', events: [{ candidate: 'y', seq: 5 }] })
  })

  it('stays the same where a later version says it in other words or plans other calls, with the digest it had', () => {
    const calls = { low: 1, expected: 2, high: 3 }
    const told = (words: string, low: number): readonly RunEvent[] => [
      { type: 'run-start', kind: 'compile', stages: [{ id: 'search', title: words, calls: { ...calls, low } }] },
      { type: 'stage-start', stage: 'search', title: words },
      { type: 'stage-step', stage: 'search', step: 1, steps: 2, title: words },
      { type: 'candidate-propose', candidate: 'a', label: words, how: 'rules', parents: [], state: {} },
      { type: 'candidate-accept', candidate: 'a', reason: words },
      { type: 'candidate-reject', candidate: 'a', reason: words },
      { type: 'note', text: words },
      { type: 'run-end', reason: 'done', sentence: words, result: { kind: 'compile' } },
    ]
    const recorded = told('before', 1).map((event, seq) => at(seq, event))
    const story = createStory(recorded)
    for (const event of told('after', 0)) expect(story.admit(event, 9).kind).toBe('replayed')
    expect(story.digest()).toBe(storyDigest(recorded))
    const other = createStory(recorded)
    expect(other.admit({ type: 'run-start', kind: 'evaluate', stages: [] }, 9)).toMatchObject({ kind: 'new' })
    expect(other.divergence).toMatchObject({ seq: 0 })
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
    const ended = [at(0, best('a')), at(1, stopped)].reduce(reduceRun, emptyRunView)
    expect(ended.end?.reason).toBe('stopped')
    const open = reduceRun(ended, at(2, best('b')))
    expect(open.end).toBeUndefined()
    // An event as a newer version might write it.
    const strange: JournalEvent = JSON.parse('{"type": "weather-change", "seq": 3, "at": 1}')
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
  const answered = { isAnswered: true, role: 'task' } as const
  const judged = { isAnswered: true, role: 'judge' } as const
  const spent = () => ({ calls: 0, tokens: 0, cost: 0 })
  const got = (key: string, more: Partial<TalliedCall> = {}): TalliedCall => ({ key, cached: false, usage, ...more })
  const came = (purpose: CallPurpose, cost?: number): RequestEnd => ({
    purpose,
    isAnswered: true,
    usage,
    ...(cost !== undefined && { cost }),
  })
  const failed = (purpose: CallPurpose): RequestEnd => ({ purpose, isAnswered: false })

  it('count an answer of an earlier attempt once', () => {
    let calls = 0
    const first = createTally(noTotals, () => ({ calls, tokens: 0, cost: 0 }))
    for (let n = 0; n < 3; n++) {
      calls += 1
      first.request(came('evaluate', 15))
      first.add(got(`k${n}`), answered)
    }
    first.add(got('k0', { cached: true }), answered)
    expect(first.totals()).toMatchObject({ calls: 3, cachedCalls: 1, answered: 4, cost: 45, inputTokens: 30 })
    const second = createTally(first.totals(), () => ({ calls, tokens: 0, cost: 0 }))
    expect(second.totals()).toEqual(first.totals())
    for (let n = 0; n < 4; n++) second.add(got(`k${n % 3}`, { cached: true }), answered)
    expect(second.totals()).toEqual(first.totals())
    calls += 2
    second.request(failed('evaluate'))
    second.request(came('evaluate'))
    second.add(got('k3'), answered)
    expect(second.totals()).toMatchObject({ calls: 5, cachedCalls: 1, answered: 5, failedCalls: 1, unpricedCalls: 1, cost: 45 })
  })

  it('count what was paid although nobody was left to hear of it', () => {
    const tally = createTally(noTotals, () => ({ calls: 1, tokens: 0, cost: 0 }))
    tally.request(came('evaluate', 15))
    expect(tally.totals()).toMatchObject({ calls: 1, answered: 1, cachedCalls: 0, cost: 15 })
  })

  it('count cut answers once each, also those of an earlier attempt', () => {
    const first = createTally(noTotals, spent)
    first.add(got('whole'), answered)
    first.add(got('tools', { finish: 'tool-calls' }), answered)
    expect(first.totals().cutAnswers).toBeUndefined()
    for (const _row of [1, 2, 3]) first.add(got('long', { finish: 'length' }), answered)
    first.add(got('filtered', { finish: 'filter' }), answered)
    first.add(got('refused', { error: { code: 'lm-content-filter', message: '' } }), { ...answered, isAnswered: false })
    expect(first.totals().cutAnswers).toBe(3)
    const second = createTally(first.totals(), spent)
    second.add(got('long', { finish: 'length' }), answered)
    expect(second.totals().cutAnswers).toBe(3)
  })

  it('say apart what the judge took, the same after a kill that lost the record of some of its answers', () => {
    const first = createTally(noTotals, spent)
    first.request(came('evaluate', 15))
    first.add(got('a'), answered)
    expect(first.totals().judge).toBeUndefined()
    for (const end of [came('judge', 15), failed('judge'), failed('judge'), came('judge', 15), came('judge', 15)]) first.request(end)
    for (const key of ['b', 'c', 'd']) first.add(got(key), judged)
    first.add(got('b', { cached: true }), judged)
    const whole = first.totals()
    expect(whole).toMatchObject({ answered: 5, cachedCalls: 1, cost: 60 })
    expect(whole.judge).toMatchObject({ calls: 5, answered: 4, cachedCalls: 1, failedCalls: 2, inputTokens: 30, cost: 45 })

    // Killed after three answers of the judge, when only the first was noted.
    const killed = createTally(noTotals, spent)
    killed.request(came('judge', 15))
    killed.add(got('b'), judged)
    const { judge: noted } = killed.totals()
    const lost = new Map([
      ['c', 15],
      ['d', 15],
    ])
    const resumed = createTally({ ...whole, ...(noted && { judge: noted }) }, spent, lost)
    for (const key of ['b', 'c', 'd', 'c']) resumed.add(got(key, { cached: true }), judged)
    // Attempts that failed before a lost answer are known to the whole alone.
    expect(resumed.totals().judge).toEqual({ ...whole.judge, calls: 3, failedCalls: 0 })
    expect({ ...resumed.totals(), judge: 0, calls: 0 }).toEqual({ ...whole, judge: 0, calls: 0 })
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

import { noTotals } from '@/engine/record/totals'
import { expect, test } from 'vitest'
import type { JournalEvent, MeterEvent } from '@/engine/record/events'
import type { RunMessage } from '@/worker/api'
import { applyMessage, foldEvents, newLiveRun, shownRolloutCount } from './live-run'
import { emptyRunView } from '@/engine/run/view/reduce'
import { runPercent } from '../notices/run-icon'
import { endNotice } from '../notices/run-notices'

function message(patch: Partial<RunMessage>): RunMessage {
  return { runId: 'run_1', status: 'running', events: [], rollouts: [], meters: [], totals: noTotals, ...patch }
}
const start: JournalEvent = { type: 'run-start', kind: 'evaluate', stages: [], seq: 0, at: 1 }
const note: JournalEvent = { type: 'note', text: 'hello', seq: 1, at: 2 }
const end: JournalEvent = { type: 'run-end', reason: 'done', sentence: 'Scored 3 rows.', result: { kind: 'evaluate' }, seq: 2, at: 3 }

test('a live run and a stored one add up to the same view, however the batches are cut', () => {
  const stored = foldEvents(emptyRunView, [start, note, end])
  const oneByOne = [start, note, end].reduce((run, event) => applyMessage(run, message({ events: [event] })), newLiveRun('run_1'))
  const atOnce = applyMessage(newLiveRun('run_1'), message({ events: [start, note, end] }))
  expect(oneByOne.view).toEqual(stored)
  expect(atOnce.view).toEqual(stored)
})

test('events seen before change nothing', () => {
  const run = applyMessage(newLiveRun('run_1'), message({ events: [start, note] }))
  expect(applyMessage(run, message({ events: [start, note] })).view).toEqual(run.view)
})

test('a missing event is a gap, and the view waits for the storage', () => {
  const run = applyMessage(newLiveRun('run_1'), message({ events: [note] }))
  expect(run.hasGap).toBe(true)
  expect(run.view.seq).toBe(-1)
})

test('node states follow the meters', () => {
  const meters: MeterEvent[] = [
    { type: 'node-start', node: 'a' },
    { type: 'node-end', node: 'a', outputs: { text: 'x' }, ms: 4 },
    { type: 'node-start', node: 'b' },
    { type: 'node-end', node: 'b', error: { code: 'lm-auth', message: 'Wrong key.' }, ms: 2 },
    { type: 'node-start', node: 'c' },
  ]
  const { nodes } = applyMessage(newLiveRun('run_1'), message({ meters }))
  expect(nodes).toMatchObject({ a: { status: 'done', outputs: { text: 'x' } }, b: { status: 'failed' }, c: { status: 'running' } })
})

test('a pause that came by itself keeps its reason until the run moves again', () => {
  const problem = { code: 'storage-full', message: 'No space left.' } as const
  const full = applyMessage(newLiveRun('run_1'), message({ status: 'paused', problem }))
  const later = applyMessage(full, message({ status: 'paused' }))
  expect(later.problem).toEqual(problem)
  expect(applyMessage(later, message({})).problem).toBeUndefined()
})

test('a wait is shown until something moves', () => {
  const waiting = applyMessage(newLiveRun('run_1'), message({ meters: [{ type: 'wait', until: 99, reason: 'rate limit' }] }))
  expect(waiting.waiting).toEqual({ until: 99, reason: 'rate limit' })
  expect(applyMessage(waiting, message({})).waiting).toBeDefined()
  expect(applyMessage(waiting, message({ events: [start] })).waiting).toBeUndefined()
  expect(applyMessage(waiting, message({ status: 'cancelled' })).waiting).toBeUndefined()
})

test('only the latest rollouts stay in memory', () => {
  const rollouts = Array.from({ length: shownRolloutCount + 5 }, (_, index) => ({
    batch: 0,
    index,
    candidate: 'c',
    stage: 's',
    purpose: 'evaluate' as const,
    rollout: { exampleId: `${index}`, trace: [], score: 1, ms: 1 },
  }))
  const run = applyMessage(newLiveRun('run_1'), message({ rollouts }))
  expect(run.rollouts).toHaveLength(shownRolloutCount)
  expect(run.rollouts[0]?.index).toBe(5)
})

test('20,000 events are reduced in well under a second', () => {
  const events: JournalEvent[] = [start]
  for (let seq = 1; seq < 20_000; seq += 1) events.push({ type: 'best-change', candidate: 'c', score: seq / 20_000, seq, at: seq })
  let run = newLiveRun('run_1')
  const before = performance.now()
  for (let index = 0; index < events.length; index += 200) run = applyMessage(run, message({ events: events.slice(index, index + 200) }))
  expect(performance.now() - before).toBeLessThan(500)
  expect(run.view.seq).toBe(19_999)
})

test('the icon is never full before the end', () => {
  const totals = { ...noTotals, answered: 30 }
  expect(runPercent({ totals, view: { ...emptyRunView, plannedCalls: 40 } })).toBe(75)
  expect(runPercent({ totals, view: { ...emptyRunView, plannedCalls: 20 } })).toBe(99)
  expect(runPercent({ totals, view: emptyRunView })).toBe(0)
})

test('an end is told in its own words; a row run tells only that it failed', () => {
  const view = foldEvents(emptyRunView, [start, end])
  expect(endNotice({ status: 'done', view })).toEqual({ title: 'The evaluation finished', tone: 'good', detail: 'Scored 3 rows.' })
  expect(endNotice({ status: 'done', view: { ...view, kind: 'row' } })).toBeUndefined()
  expect(endNotice({ status: 'failed', view: { ...view, kind: 'row' } })).toMatchObject({ tone: 'bad' })
})

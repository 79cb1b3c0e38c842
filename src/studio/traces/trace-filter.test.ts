import { expect, it } from 'vitest'
import type { RolloutRecord } from '@/engine/record/events'
import type { SpanCall } from '@/engine/trace/span'
import { openTraceFilter, type TraceFilter } from '@/state/runs/run-page'
import { activeFilterCount, filterRollouts } from './trace-filter'

const call = (patch: Partial<SpanCall> = {}): SpanCall => ({
  key: 'k',
  format: 'chat',
  model: 'm',
  cached: false,
  attempts: 1,
  usage: { inputTokens: 1, outputTokens: 1 },
  ms: 1,
  ...patch,
})
const record = (index: number, calls: readonly SpanCall[], patch: Partial<RolloutRecord> = {}): RolloutRecord => ({
  batch: 0,
  index,
  candidate: 'a',
  stage: 's',
  purpose: 'evaluate',
  rollout: {
    exampleId: `row-${index}`,
    prediction: { label: `answer ${index}` },
    score: 1,
    ms: 1,
    trace: [{ node: 'n', predictor: 'p', name: 'N', inputs: {}, outputs: { label: 'x' }, calls, ms: 1 }],
  },
  ...patch,
})
const unread = { code: 'adapter-parse', message: 'No field label.' } as const
const rollouts = [
  record(0, [call()]),
  record(1, [call({ cached: true })]),
  record(2, [call({ error: unread }), call({ format: 'json-schema' })]),
  record(3, [call()], { batch: 1, candidate: 'b', purpose: 'bootstrap' }),
]
const found = (filter: Partial<TraceFilter>) =>
  filterRollouts(rollouts, { ...openTraceFilter, ...filter }, id => ({ id, inputs: { text: `Order ${id}` }, labels: {} })).map(
    ({ index }) => index,
  )

it('searches inputs, outputs and errors, also those a fallback repaired', () => {
  expect(found({ query: ' ORDER row-1' })).toEqual([1])
  expect(found({ query: 'answer 3' })).toEqual([3])
  expect(found({ query: 'no field' })).toEqual([2])
})

it('tells paid from cached, and finds fallbacks', () => {
  expect(found({ paid: 'cached' })).toEqual([1])
  expect(found({ paid: 'paid' })).toEqual([0, 2, 3])
  expect(found({ hasFallback: true })).toEqual([2])
  expect(found({ error: 'adapter-parse' })).toEqual([2])
})

it('finds rows in which a step ended at a bound, whichever or one', () => {
  const stopped = (index: number, reason: 'max-iterations' | 'max-attempts') => {
    const own = record(index, [call()])
    return { ...own, rollout: { ...own.rollout, trace: own.rollout.trace.map(span => ({ ...span, stopped: reason })) } }
  }
  const all = [...rollouts, stopped(7, 'max-iterations'), stopped(8, 'max-attempts')]
  const at = (filter: Partial<TraceFilter>) =>
    filterRollouts(all, { ...openTraceFilter, ...filter }, () => undefined).map(({ index }) => index)
  expect(at({ stopped: 'any' })).toEqual([7, 8])
  expect(at({ stopped: 'max-attempts' })).toEqual([8])
  expect(at({ stopped: 'context-length' })).toEqual([])
  expect(activeFilterCount({ ...openTraceFilter, stopped: 'any' })).toBe(1)
})

it('keeps to a predictor, a candidate, a purpose and a batch', () => {
  expect(found({ predictor: 'other' })).toEqual([])
  expect(found({ candidate: 'b' })).toEqual([3])
  expect(found({ purpose: 'evaluate', batch: 1 })).toEqual([])
  expect(found({ batch: 1 })).toEqual([3])
})

it('counts the filters that are set, not the search', () => {
  expect(activeFilterCount({ ...openTraceFilter, query: 'x', batch: 0, hasFallback: true, paid: 'paid' })).toBe(3)
})

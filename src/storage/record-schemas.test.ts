import { describe, expect, it } from 'vitest'
import { toyModel, toyRun } from '@/testing/toy-run'
import { runRecordSchema } from './record-schemas'
import type { RunRecord } from './records'

const totals = { calls: 24, cachedCalls: 0, failedCalls: 1, inputTokens: 900, outputTokens: 80, cost: 0.01, unpricedCalls: 0, answered: 24 }
const { data: _rows, spec } = toyRun({ kind: 'evaluate' })
const record: RunRecord = {
  id: 'run_1',
  projectId: 'p',
  kind: 'evaluate',
  title: 'Evaluate val',
  status: 'done',
  spec,
  createdAt: 1,
  epoch: 1,
  heartbeatAt: 2,
  totals,
}

describe('the record of a run', () => {
  it('is read as it was written before metrics could ask a judge', () => {
    expect(runRecordSchema.parse(record)).toEqual(record)
  })

  it('keeps the judge it had, and what that took', () => {
    const judged = {
      ...record,
      spec: { ...spec, metric: { kind: 'rubric-judge', params: {} }, models: { ...spec.models, judge: { ...toyModel, id: 'judge' } } },
      totals: { ...totals, judge: { ...totals, calls: 8, answered: 8 } },
    }
    expect(runRecordSchema.parse(judged)).toEqual(judged)
    expect(runRecordSchema.safeParse({ ...judged, totals: { ...totals, judge: { calls: 1 } } }).success).toBe(false)
  })
})

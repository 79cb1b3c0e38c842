import { describe, expect, it } from 'vitest'
import { toyRun } from '@/testing/toy-run'
import { optimizerKinds } from '../../optimizers/registry'
import { scoringVersions, type RunSpec } from '../../record/spec'
import { runSpecSchema } from '../../record/spec-schema'
import { scoredAsBegun } from './scored-as-begun'

const specOf = (version: (typeof scoringVersions)[number] | undefined, params = {}, id = 'bootstrap-few-shot'): RunSpec => ({
  ...toyRun({ optimizer: { id, params } }).spec,
  ...(version !== undefined && { scoring: { version } }),
})

describe('a run that was begun before settings started from something else', () => {
  it('keeps the pool of labelled demos as it was then', () => {
    expect(scoredAsBegun(specOf(undefined)).optimizer?.params).toEqual({ shrinking_pool: true })
    expect(scoredAsBegun(specOf(2)).optimizer?.params).toEqual({ shrinking_pool: true })
    expect(scoredAsBegun(specOf(3)).optimizer?.params).toEqual({})
  })

  it('keeps what it was given', () => {
    expect(scoredAsBegun(specOf(2, { shrinking_pool: false, max_rounds: 2 })).optimizer?.params).toEqual({
      shrinking_pool: false,
      max_rounds: 2,
    })
  })

  it('keeps the rules of comparison that it had, and no older ones', () => {
    expect(scoredAsBegun(specOf(undefined, {}, 'ensemble')).optimizer?.params).toEqual({ normalize: 'dspy', shrinking_pool: true })
    expect(scoredAsBegun(specOf(2, {}, 'ensemble')).optimizer?.params).toEqual({ shrinking_pool: true })
    expect(scoredAsBegun(specOf(undefined)).metric?.params).toMatchObject({ rule: 'dspy' })
    expect(scoredAsBegun(specOf(2)).metric?.params).toEqual({ field: 'label' })
  })

  it('is read from a file in every version', () => {
    for (const version of [undefined, ...scoringVersions]) expect(runSpecSchema.parse(specOf(version))).toMatchObject(specOf(version))
  })

  it('is told by every optimizer that has the setting', () => {
    const having = optimizerKinds.filter(({ params }) => 'shrinking_pool' in params.shape)
    expect(having.map(({ id, before = [] }) => [id, before.some(({ params }) => params['shrinking_pool'] === true)])).toEqual(
      having.map(({ id }) => [id, true]),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { optimizerContract } from '@/testing/optimizer-contract'
import { optimizerParams } from '@/testing/optimizer-params'
import { smallParams } from '@/testing/small-optimizers'
import { knnFewShot } from './few-shot/knn-few-shot'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { estimateRun } from '../run/plan/estimate'
import { optimizerKinds } from './registry'

for (const optimizer of optimizerKinds) optimizerContract({ optimizer, params: smallParams[optimizer.id] ?? {} })
optimizerContract({ optimizer: knnFewShot, params: { k: 2, max_labeled_demos: 4, vectorizer: 'embedding' }, note: 'by embeddings' })

const effortless = new Set(optimizerKinds.filter(({ params }) => !('auto' in params.shape)).map(({ id }) => id))

describe('the registry of optimizers', () => {
  it('has small parameters here for each', () => {
    expect(Object.keys(smallParams).sort()).toEqual(optimizerKinds.map(({ id }) => id).sort())
  })

  it('expects no more than the most and no less than the least, for each purpose and for each stage', () => {
    for (const { id } of optimizerKinds) {
      for (const program of [oneStep(), twoSteps()]) {
        for (const [train, val] of [
          [2, 1],
          [21, 61],
          [400, 300],
        ] as const) {
          for (const params of [smallParams[id], effortless.has(id) ? {} : { auto: 'heavy' }]) {
            const { calls, stages, total } = estimateRun({
              kind: 'compile',
              ...program,
              train,
              val,
              optimizer: { id, params: params ?? {} },
            })
            for (const range of [...calls, ...stages.map(stage => stage.calls), total]) {
              const isOrdered = range.low <= range.expected && range.expected <= range.high
              expect({ id, train, val, params, range, isOrdered }).toMatchObject({ isOrdered: true })
            }
          }
        }
      }
    }
  })

  it('counts the rows it deals without looking at them', () => {
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
    for (const { id, split, params } of optimizerKinds) {
      const size = fc.integer({ min: 0, max: 2500 })
      const property = fc.property(optimizerParams[id] ?? fc.constant({}), size, size, (given, train, val) => {
        const parsed = params.parse({ ...given, ...(!effortless.has(id) && train % 2 === 0 && { auto: 'light' }) })
        const rows = split?.rows(parsed, { train: numbers(train), val: numbers(val) })
        expect(split?.counts(parsed, { train, val })).toEqual(rows && { train: rows.train.length, val: rows.val.length })
      })
      fc.assert(property, { numRuns: split ? 200 : 1 })
    }
  })

  it('describes every parameter for the form', () => {
    for (const { id, params } of optimizerKinds) {
      for (const [name, schema] of Object.entries(params.shape)) {
        const meta = schema.meta()
        expect(meta?.title, `${id} ${name}`).toBeTruthy()
        expect(meta?.['help'], `${id} ${name}`).toBeTruthy()
      }
    }
  })
})

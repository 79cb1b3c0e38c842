import { describe, expect, it } from 'vitest'
import { optimizerContract } from '@/testing/optimizer-contract'
import { knnFewShot } from './knn-few-shot'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { estimateRun } from '../run/plan/estimate'
import { optimizerKinds } from './registry'

/** Small enough for a test. A new optimizer needs a line here, or the suite below fails. */
const smallParams: Readonly<Record<string, Record<string, number | string>>> = {
  'labeled-few-shot': { k: 8 },
  'bootstrap-few-shot': { max_bootstrapped_demos: 3, max_labeled_demos: 6, max_rounds: 2 },
  'bootstrap-few-shot-random-search': { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 3 },
  'bootstrap-few-shot-tpe': { max_demos: 3, max_labeled_demos: 6, num_candidate_programs: 4 },
  'knn-few-shot': { k: 2, max_labeled_demos: 4 },
  ensemble: { size: 2, max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
  copro: { breadth: 3, depth: 2 },
  gepa: { auto: 'manual', max_metric_calls: 80 },
  simba: { bsize: 6, num_candidates: 2, max_steps: 2 },
  'infer-rules': { num_candidates: 2, max_bootstrapped_demos: 2, max_labeled_demos: 3 },
  'mipro-v2': { auto: 'manual', num_candidates: 4, num_trials: 6, minibatch_size: 3, max_bootstrapped_demos: 2, max_labeled_demos: 2 },
}

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

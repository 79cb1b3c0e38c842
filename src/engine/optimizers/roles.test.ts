import { describe, expect, it } from 'vitest'
import { memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { twoSteps } from '@/testing/toy-programs'
import { finish, toyModel, toyRun } from '@/testing/toy-run'
import type { ModelRole } from '../record/events'
import { parseParams } from '../run/plan/params'
import { optimizerKinds } from './registry'

const all: readonly ModelRole[] = ['task', 'prompt', 'teacher', 'reflection', 'embedding']

/** Parameters that let an optimizer ask whom it can, and some that keep it from asking. */
const cases: Readonly<Record<string, readonly Record<string, number | string>[]>> = {
  'labeled-few-shot': [{ k: 4 }],
  'bootstrap-few-shot': [{ max_bootstrapped_demos: 2 }, { max_bootstrapped_demos: 0 }],
  'bootstrap-few-shot-random-search': [{ max_bootstrapped_demos: 2, num_candidate_programs: 1 }],
  'bootstrap-few-shot-tpe': [{ max_demos: 2, num_candidate_programs: 2 }],
  'knn-few-shot': [{ k: 2 }, { k: 2, vectorizer: 'embedding' }],
  'mipro-v2': [
    { auto: 'manual', num_candidates: 3, num_trials: 3, minibatch_size: 3 },
    { auto: 'manual', num_candidates: 3, num_trials: 3, minibatch_size: 3, max_bootstrapped_demos: 0, max_labeled_demos: 0 },
    { auto: 'manual', num_candidates: 3, num_trials: 3, minibatch_size: 3, max_bootstrapped_demos: 0, max_labeled_demos: 4 },
  ],
  gepa: [{ auto: 'manual', max_metric_calls: 60 }],
  simba: [{ bsize: 6, num_candidates: 2, max_steps: 2 }],
  copro: [{ breadth: 3, depth: 2 }],
  'infer-rules': [
    { num_candidates: 2, max_bootstrapped_demos: 2 },
    { num_candidates: 2, max_bootstrapped_demos: 0 },
  ],
  ensemble: [{ size: 2, max_bootstrapped_demos: 2, num_candidate_programs: 2 }],
}

describe('the roles an optimizer says it asks', () => {
  it('are tried for each', () => {
    expect(Object.keys(cases).sort()).toEqual(optimizerKinds.map(({ id }) => id).sort())
  })

  for (const optimizer of optimizerKinds) {
    for (const params of cases[optimizer.id] ?? []) {
      it(`are those it asks: ${optimizer.id} ${JSON.stringify(params)}`, async () => {
        const lms = new Map(all.map(role => [role as string, simulatedLm()]))
        const model = (role: ModelRole) => ({ ...toyModel, id: role, model: role })
        const models = {
          task: model('task'),
          prompt: model('prompt'),
          teacher: model('teacher'),
          reflection: model('reflection'),
          embedding: model('embedding'),
          overrides: {},
        }
        const run = toyRun({ optimizer: { id: optimizer.id, params }, program: twoSteps(), models, train: 12, val: 6 })
        const ports = memoryPorts({ lm: simulatedLm() })
        const outcome = await finish(run, {
          ...ports,
          connect({ id }) {
            const lm = lms.get(id)
            if (!lm) throw new Error(`a model "${id}" was asked`)
            return lm
          },
        })
        expect(outcome).toMatchObject({ status: 'done' })
        const asked = all.filter(role => (lms.get(role)?.count ?? 0) > 0)
        const declared = optimizer.roles(parseParams(optimizer.title, optimizer.params, params))
        expect(asked.toSorted()).toEqual(['task', ...declared].toSorted())
      })
    }
  }
})

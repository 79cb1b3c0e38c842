import { z } from 'zod'
import { withLabelledDemos, withoutDemos } from './kit/labelled-demos'
import { defineOptimizer } from './optimizer'

/** LabeledFewShot (dspy-spec §6.1): train examples as demos, as they are. No LM request. */
export const labeledFewShot = defineOptimizer({
  id: 'labeled-few-shot',
  title: 'Labelled few-shot',
  dspyName: 'LabeledFewShot',
  help: 'Puts rows of the train split into the prompt as they are. Takes no calls of its own; a good first step.',
  params: z.object({
    k: z.number().int().min(1).max(256).default(16).meta({ title: 'Demos', help: 'How many train examples each predictor gets.' }),
    sample: z.boolean().default(true).meta({ title: 'Draw at random', help: 'Off takes the first examples of the train split instead.' }),
  }),
  needs: { trainset: 1, valset: 0, metric: false },
  roles: () => [],
  estimate: () => [],
  stages: () => [{ id: 'select', title: 'Choose labelled demos', calls: { low: 0, expected: 0, high: 0 } }],
  async *compile(run) {
    yield { type: 'stage-start', stage: 'select', title: 'Choose labelled demos' }
    const { k, sample } = run.params
    const blank = { graph: run.student.graph, state: withoutDemos(run.student) }
    const state = withLabelledDemos(blank, run.trainset, { k, ...(sample && { rng: run.random(0) }) })
    yield {
      type: 'candidate-propose',
      candidate: run.candidateId(state),
      label: 'labelled demos',
      how: 'labelled',
      parents: [run.candidateId(run.student.state)],
      state,
    }
    yield { type: 'stage-end', stage: 'select' }
    return { state }
  },
})

import { withLabelledDemos, withoutDemos } from '../kit/labelled-demos'
import type { RunEvent } from '../../record/events'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { stage, type Params } from './labeled-few-shot'

/** LabeledFewShot (dspy-spec §6.1): train examples as demos, as they are. No LM request. */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
  yield { type: 'stage-start', stage: stage.id, title: stage.title }
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
  yield { type: 'stage-end', stage: stage.id }
  return { state }
}

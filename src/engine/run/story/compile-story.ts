import type { OptimizerMethod } from '../../optimizers/kit/optimizer'
import type { RunEvent, StagePlan } from '../../record/events'
import { compileSentence, resultSoFar, type StoryEnd } from './result'
import { optimizerContext, type Session } from '../work/session'

export const baselineStage = { id: 'baseline', title: 'Baseline' }
export const finalStage = { id: 'final', title: 'Final evaluation' }

/** An optimizer whose method is loaded, with the parameters of this run. */
export interface ReadyOptimizer {
  readonly id: string
  readonly params: Record<string, unknown>
  readonly method: OptimizerMethod<Record<string, unknown>>
}

/**
 * A compile: the student is scored, the optimizer works, its result is scored if it was not yet. The better of the two wins, and
 * the compiled one on equal scores.
 */
export async function* compileStory(
  session: Session,
  { id, params, method }: ReadyOptimizer,
  stages: readonly StagePlan[],
): AsyncGenerator<RunEvent, StoryEnd> {
  const { student } = session
  const studentId = session.candidateId(student.state)
  yield { type: 'run-start', kind: 'compile', stages }
  yield { type: 'stage-start', stage: baselineStage.id, title: baselineStage.title }
  yield { type: 'candidate-propose', candidate: studentId, label: 'baseline', how: 'student', parents: [], state: student.state }
  yield* followBest(session, session.evaluate(student.state))
  yield { type: 'stage-end', stage: baselineStage.id }

  const { state, graph } = yield* followBest(session, method.compile(optimizerContext(session, params)))

  yield { type: 'stage-start', stage: finalStage.id, title: finalStage.title }
  const candidate = session.candidateId(state, graph)
  if (!session.board.isNamed(candidate)) {
    yield { type: 'candidate-propose', candidate, label: 'compiled', how: id, parents: [studentId], state, ...(graph && { graph }) }
  }
  yield* followBest(session, session.evaluate(state, graph))
  const { baseline, best: lastBest } = session.board
  const compiled = session.board.scored(candidate)
  const isWorse = compiled !== undefined && baseline !== undefined && compiled.summary.mean < baseline.summary.mean
  const best = isWorse ? baseline : compiled
  if (best && best !== lastBest) yield { type: 'best-change', candidate: best.candidate, score: best.summary.mean }
  yield { type: 'stage-end', stage: finalStage.id }
  const result = resultSoFar(session, best)
  return { result, sentence: compileSentence(session, compiled, result) }
}

/** Passes events on, and says whenever another candidate is the best that was fully evaluated. */
async function* followBest<T>({ board }: Session, events: AsyncGenerator<RunEvent, T>): AsyncGenerator<RunEvent, T> {
  for (;;) {
    const before = board.best
    const step = await events.next()
    if (step.done) return step.value
    yield step.value
    const { best } = board
    if (best && best !== before) yield { type: 'best-change', candidate: best.candidate, score: best.summary.mean }
  }
}

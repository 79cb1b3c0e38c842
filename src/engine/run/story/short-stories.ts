import type { RunEvent, StagePlan } from '../../record/events'
import { resultSoFar, type StoryEnd } from './result'
import { summarySentence } from './sentences'
import type { Session } from '../work/session'

export const evaluateStage = { id: 'evaluate', title: 'Evaluate' }
export const rowStage = { id: 'row', title: 'Run one row' }

/** An evaluation: every row of `val` once. */
export async function* evaluateStory(session: Session, stages: readonly StagePlan[]): AsyncGenerator<RunEvent, StoryEnd> {
  const { state } = session.student
  yield { type: 'run-start', kind: 'evaluate', stages }
  yield { type: 'stage-start', stage: evaluateStage.id, title: evaluateStage.title }
  yield { type: 'candidate-propose', candidate: session.candidateId(state), label: 'baseline', how: 'student', parents: [], state }
  yield* session.evaluate(state)
  yield { type: 'stage-end', stage: evaluateStage.id }
  const { baseline } = session.board
  return { result: resultSoFar(session), sentence: baseline ? summarySentence(baseline.summary) : 'No row was evaluated.' }
}

/** One row, to see what the program does with it. */
export async function* rowStory(session: Session, stages: readonly StagePlan[]): AsyncGenerator<RunEvent, StoryEnd> {
  const { state } = session.student
  yield { type: 'run-start', kind: 'row', stages }
  yield { type: 'stage-start', stage: rowStage.id, title: rowStage.title }
  yield { type: 'candidate-propose', candidate: session.candidateId(state), label: 'baseline', how: 'student', parents: [], state }
  const { rollouts } = await session.runBatch(state, session.val.slice(0, 1), { purpose: 'row', maxErrors: Infinity })
  yield { type: 'stage-end', stage: rowStage.id }
  const rollout = rollouts[0]
  const prediction = rollout?.prediction
  return { result: { kind: 'row', ...(prediction && { prediction }) }, sentence: rowSentence(rollout?.error?.message, rollout?.score) }
}

function rowSentence(error: string | undefined, score: number | null | undefined): string {
  if (error !== undefined) return `The row failed: ${error}`
  return typeof score === 'number' ? `The row scores ${Number(score.toFixed(3))}.` : 'The row is done.'
}

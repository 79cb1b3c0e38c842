import { scorePercent } from '@/lib/percent'
import { pairedGain } from '../../evaluate/aggregate'
import type { RunResult } from '../../record/events'
import type { ScoredCandidate } from '../work/scoreboard'
import { gainSentence, summarySentence } from './sentences'
import type { Session } from '../work/session'

/** What a story hands back when it is through. */
export interface StoryEnd {
  readonly result: RunResult
  readonly sentence: string
}

/** Baseline and best, as far as they were fully evaluated. */
export function resultSoFar(session: Session, best: ScoredCandidate | undefined = session.board.best): RunResult {
  const { board, spec } = session
  const { baseline } = board
  if (baseline === undefined || best === undefined) return { kind: spec.kind }
  return {
    kind: spec.kind,
    baseline: { candidate: baseline.candidate, summary: baseline.summary },
    best: {
      candidate: best.candidate,
      label: board.label(best.candidate),
      summary: best.summary,
      state: best.state,
      ...(best.graph && { graph: best.graph }),
    },
    ...(best !== baseline && { gain: pairedGain(baseline.scores, best.scores, session.rng('gain')) }),
  }
}

/** How a compile came out, in plain words. */
export function compileSentence(session: Session, compiled: ScoredCandidate | undefined, result: RunResult): string {
  const { baseline } = session.board
  if (baseline === undefined || result.best === undefined) return 'The program was not fully evaluated.'
  if (result.gain) return gainSentence(baseline.summary, result.best.summary, result.gain)
  if (compiled && compiled !== baseline) {
    return `The compiled program scores ${scorePercent(compiled.summary.mean)}, below the ${scorePercent(baseline.summary.mean)} it started from. The program you had stays the best.`
  }
  return `No better program was found: ${summarySentence(baseline.summary)}`
}

/** What a run that was ended early keeps. A run that had not begun its work yet has no session. */
export function endedEarlySentence(session: Session | undefined, cause: string): string {
  if (session === undefined) return `${cause} No row was run yet.`
  const { best, baseline } = session.board
  if (session.spec.kind !== 'compile') return `${cause} Rows that were done are kept.`
  if (baseline === undefined || best === undefined) return `${cause} The program was not fully evaluated yet, so there is nothing to keep.`
  if (best === baseline) return `${cause} No candidate beat the program it started from, at ${scorePercent(baseline.summary.mean)}.`
  return `${cause} Kept the best candidate, ${session.board.label(best.candidate)}, at ${scorePercent(best.summary.mean)}; it started from ${scorePercent(baseline.summary.mean)}.`
}

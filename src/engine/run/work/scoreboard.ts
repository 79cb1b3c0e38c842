import type { ScoreSummary } from '../../evaluate/rollout'
import type { ProgramState, CandidateId, ProgramGraph } from '../../program/program'

/** A candidate that was scored on the whole valset. */
export interface ScoredCandidate {
  readonly candidate: CandidateId
  readonly state: ProgramState
  /** Present where it is another program than the student. */
  readonly graph?: ProgramGraph
  readonly scores: readonly (number | null)[]
  readonly summary: ScoreSummary
}

/** Every fully evaluated candidate of a run, and the best of them: what a stop or a cap keeps. */
export interface Scoreboard {
  add(scored: ScoredCandidate): void
  scored(candidate: CandidateId): ScoredCandidate | undefined
  /** The label a candidate was first proposed under. */
  name(candidate: CandidateId, label: string): void
  label(candidate: CandidateId): string
  isNamed(candidate: CandidateId): boolean
  /** The first to be scored: the student. */
  readonly baseline: ScoredCandidate | undefined
  readonly best: ScoredCandidate | undefined
}

/** A candidate replaces the student on equal scores, so that a compile is worth its name, and others only when it is better. */
export function createScoreboard(): Scoreboard {
  const all = new Map<CandidateId, ScoredCandidate>()
  const labels = new Map<CandidateId, string>()
  let baseline: ScoredCandidate | undefined
  let best: ScoredCandidate | undefined
  return {
    add(scored) {
      all.set(scored.candidate, scored)
      baseline ??= scored
      if (best === undefined || scored.summary.mean > best.summary.mean) best = scored
      else if (best === baseline && scored.summary.mean === best.summary.mean) best = scored
    },
    scored: candidate => all.get(candidate),
    name(candidate, label) {
      if (!labels.has(candidate)) labels.set(candidate, label)
    },
    label: candidate => labels.get(candidate) ?? candidate,
    isNamed: candidate => labels.has(candidate),
    get baseline() {
      return baseline
    },
    get best() {
      return best
    },
  }
}

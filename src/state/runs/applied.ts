import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import type { ProgramGraph, ProgramState } from '@/engine/program/program'
import type { StateVersion } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import { useMemo } from 'react'
import { useProject } from '../document/project-store'
import { useVersions } from '../session/queries'
import { replacesProgram, type AppliedProgram } from '../document/edits/apply'
import type { CandidateView } from '@/engine/run/view/run-view'
import type { RunRecord } from '@/storage/records'

export interface AppliedFacts {
  /** The last version that this candidate of this run was applied as. */
  readonly version?: StateVersion
  /** The program has this state now. */
  readonly isInUse: boolean
  /** Names of steps of the run that the program no longer has; empty where they would come with the candidate. */
  readonly missing: readonly string[]
  /** Names of steps that have other fields now than when the run began: its demos and its score are of the old ones. */
  readonly changed: readonly string[]
  /** Applying brings the steps and wires of the candidate, too. */
  readonly replaces: boolean
}

/** The program that a candidate of a run is: the one that was compiled, unless the optimizer made another. */
export function candidateProgram(
  { spec }: Pick<RunRecord, 'spec'>,
  { state, graph }: Pick<CandidateView, 'state' | 'graph'>,
): AppliedProgram {
  return graph === undefined ? { graph: spec.graph, state } : { graph, state, isOther: true }
}

/** Whether a candidate has been applied, and what applying it would do. */
export function useApplied(record: RunRecord, candidate: Pick<CandidateView, 'state' | 'graph'>): AppliedFacts {
  const { data: versions } = useVersions(record.projectId)
  const graph = useProject(project => project.graph)
  const current = useProject(project => project.state)
  const { state, graph: other } = candidate
  return useMemo(
    () =>
      appliedFacts({
        versions: versions ?? [],
        runId: record.id,
        program: candidateProgram(record, { state, ...(other && { graph: other }) }),
        graph,
        current,
      }),
    [versions, record, state, other, graph, current],
  )
}

export interface AppliedQuery {
  readonly versions: readonly StateVersion[]
  readonly runId: string
  /** The run's candidate. */
  readonly program: AppliedProgram
  /** The graph and the state of the program now. */
  readonly graph: ProgramGraph
  readonly current: ProgramState
}

export function appliedFacts({ versions, runId, program, graph, current }: AppliedQuery): AppliedFacts {
  const wanted = predictorsOf(program.graph)
  const ids = wanted.map(predictor => predictor.id)
  const has = new Map(predictorsOf(graph).map(predictor => [predictor.id, predictor]))
  const text = textOf(program.state, ids)
  const version = versions
    .filter(each => each.runId === runId && textOf(each.state, ids) === text)
    .toSorted((a, b) => b.number - a.number)[0]
  const replaces = replacesProgram(graph, program)
  const missing = wanted.filter(predictor => !has.has(predictor.id))
  const changed = wanted.filter(predictor => {
    const now = has.get(predictor.id)
    return now !== undefined && fieldsOf(now) !== fieldsOf(predictor)
  })
  return {
    ...(version && { version }),
    isInUse: textOf(current, ids) === text && missing.length === 0 && !replaces,
    missing: replaces ? [] : missing.map(predictor => predictor.stepName),
    changed: replaces ? [] : [...new Set(changed.map(predictor => predictor.stepName))],
    replaces,
  }
}

function fieldsOf({ signature }: Predictor): string {
  return canonicalJson(signature({}).fields.map(({ name, role, type }) => [name, role, type]))
}

/** Predictors that the run did not know say nothing about its candidate. */
function textOf(state: ProgramState, ids: readonly string[]): string {
  return canonicalJson(ids.map(id => state[id] ?? null))
}

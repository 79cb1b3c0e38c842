import { predictorsOf } from '@/engine/graph/predictors'
import type { ProgramGraph, ProgramState } from '@/engine/program/program'
import type { StateVersion } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import { useMemo } from 'react'
import { useProject } from '../document/project-store'
import { useVersions } from '../session/queries'
import type { RunRecord } from '@/storage/records'

export interface AppliedFacts {
  /** The last version that this candidate of this run was applied as. */
  readonly version?: StateVersion
  /** The program has this state now. */
  readonly isInUse: boolean
  /** Names of steps of the run that the program no longer has. */
  readonly missing: readonly string[]
  /** False when no step of the run is left in the program: there is nothing to apply to. */
  readonly canApply: boolean
}

/** Whether a candidate has been applied, and whether it still can be. */
export function useApplied({ id: runId, projectId, spec }: RunRecord, state: ProgramState): AppliedFacts {
  const { data: versions } = useVersions(projectId)
  const graph = useProject(project => project.graph)
  const current = useProject(project => project.state)
  return useMemo(
    () => appliedFacts({ versions: versions ?? [], runId, ran: spec.graph, state, graph, current }),
    [versions, runId, spec.graph, state, graph, current],
  )
}

export interface AppliedQuery {
  readonly versions: readonly StateVersion[]
  readonly runId: string
  /** The graph and the state of the run's candidate. */
  readonly ran: ProgramGraph
  readonly state: ProgramState
  /** The graph and the state of the program now. */
  readonly graph: ProgramGraph
  readonly current: ProgramState
}

export function appliedFacts({ versions, runId, ran, state, graph, current }: AppliedQuery): AppliedFacts {
  const ids = predictorsOf(ran).map(predictor => predictor.id)
  const has = new Set(predictorsOf(graph).map(predictor => predictor.id))
  const text = textOf(state, ids)
  const version = versions
    .filter(each => each.runId === runId && textOf(each.state, ids) === text)
    .toSorted((a, b) => b.number - a.number)[0]
  const missing = predictorsOf(ran).filter(predictor => !has.has(predictor.id))
  return {
    ...(version && { version }),
    isInUse: textOf(current, ids) === text && missing.length === 0,
    missing: missing.map(predictor => predictor.node.name),
    canApply: missing.length < ids.length,
  }
}

/** Predictors that the run did not know say nothing about its candidate. */
function textOf(state: ProgramState, ids: readonly string[]): string {
  return canonicalJson(ids.map(id => state[id] ?? null))
}

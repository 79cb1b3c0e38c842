import { useMemo } from 'react'
import { programOutputs } from '@/engine/program/ends'
import { planOf, recommend, type PlannedCalls, type Recommendation } from '@/engine/advice/recommend'
import type { CallEstimate } from '@/engine/record/events'
import { optimizerKind, optimizerKinds } from '@/engine/optimizers/registry'
import type { OptimizerKind } from '@/engine/optimizers/kit/optimizer'
import type { Project } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import type { JsonObject } from '@/lib/json'
import type { RunEstimate } from '@/worker/api'
import { useEstimate } from './estimate-query'
import { useProject } from '../../document/project-store'

export interface OptimizerAdvice {
  /** The best fit first; empty where every step is locked. */
  readonly recommendations: readonly Recommendation[]
  /** Calls of a compile with these settings; undefined where it could not start with them. */
  plan(kind: OptimizerKind, params: JsonObject): PlannedCalls | undefined
  /** US dollars it is expected to take; undefined while a price or the usage is unknown. */
  cost(plan: Pick<PlannedCalls, 'byPurpose'>): number | undefined
}

/** What fits the project's rows, metric, locks and caps; `pending` until the rows are counted, undefined where nothing could run anyway. */
export function useOptimizerAdvice(): OptimizerAdvice | 'pending' | undefined {
  const project = useProject(one => one)
  // Rows and prices are asked with an optimizer that has no settings to go wrong: the chosen one may be half set.
  const { data: counted, isPending } = useEstimate({ ...project, optimizer: plainOptimizer }, 'compile')
  const { graph, metric, mapping, run } = project
  return useMemo(() => {
    if (counted === undefined) return isPending ? 'pending' : undefined
    const { train, val, costPerCall = {} } = counted
    const isLabelled = programOutputs(graph).some(field => mapping.labels[field.id] !== undefined)
    const { maxCalls } = run.budget
    const situation = { graph, train, val, isLabelled, metric, optimizers: optimizerKinds, ...(maxCalls !== undefined && { maxCalls }) }
    return {
      recommendations: recommend(situation),
      plan: (kind, params) => planOf(kind, params, situation),
      cost: ({ byPurpose }) => expectedCost(byPurpose, costPerCall),
    }
  }, [counted, isPending, graph, metric, mapping, run])
}

/** Whether the project compiles with this optimizer and these settings already; keys left out stand for their defaults. */
export function isChosen({ id, params }: Project['optimizer'], optimizerId: string, wanted: JsonObject): boolean {
  return id === optimizerId && complete(optimizerId, params[id] ?? {}) === complete(optimizerId, wanted)
}

function complete(id: string, params: JsonObject): string {
  return canonicalJson(optimizerKind(id)?.params.safeParse(params).data ?? params)
}

function expectedCost(calls: readonly CallEstimate[], costs: NonNullable<RunEstimate['costPerCall']>): number | undefined {
  let sum = 0
  for (const { purpose, role, expected } of calls) {
    const each = costs[role === 'reflection' ? role : purpose]
    if (expected === 0) continue
    if (each === undefined) return undefined
    sum += expected * each
  }
  return sum
}

const plainOptimizer: Project['optimizer'] = { id: 'labeled-few-shot', params: {} }

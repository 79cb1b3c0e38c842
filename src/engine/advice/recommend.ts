import { canonicalJson } from '@/lib/canonical-json'
import type { JsonObject } from '@/lib/json'
import type { CallRange } from '../lm/call-range'
import type { OptimizerKind } from '../optimizers/kit/optimizer'
import { estimateCompile, sizesOf } from '../run/plan/estimate'
import type { CallEstimate } from '../record/events'
import { ladder, type Rung } from './ladder'
import { situationFacts, type Situation, type SituationFacts } from './situation'

export interface Recommendation {
  readonly optimizerId: string
  readonly title: string
  /** Only what differs from the optimizer's defaults. */
  readonly params: JsonObject
  /** For optimizers that have one. */
  readonly effort?: Effort
  /** One sentence. */
  readonly why: string
  /** LM calls of the whole compile, baseline and final evaluation included. */
  readonly calls: CallRange
  readonly byPurpose: readonly CallEstimate[]
  /** Even its cheapest preset is expected to need more calls than the cap. */
  readonly isOverCap: boolean
}

/**
 * The optimizers that can run on this data, the one that fits best first, each with the largest preset that the cap on calls pays
 * for. Empty without rows, and where everything is locked: then there is nothing to recommend but that.
 */
export function recommend(situation: Situation): readonly Recommendation[] {
  const facts = situationFacts(situation)
  if (facts.rows === 0) return []
  const found = ladder.flatMap(rung => {
    const kind = facts.optimizers.find(({ id }) => id === rung.id)
    const fit = rung.fit(facts)
    const recommendation = kind && fit !== undefined ? fitted(rung, kind, facts) : undefined
    return recommendation && fit !== undefined ? [{ recommendation, fit: fit - (recommendation.isOverCap ? overCapLoss : 0) }] : []
  })
  return found.toSorted((a, b) => b.fit - a.fit).map(({ recommendation }) => recommendation)
}

/** What a run that cannot be paid for loses: it comes after everything that can. */
const overCapLoss = 100

function fitted(rung: Rung, kind: OptimizerKind, facts: SituationFacts): Recommendation | undefined {
  const { maxCalls } = facts
  const plans = rung.presets(facts).flatMap(preset => planOf(kind, known(kind, preset), facts) ?? [])
  const plan = plans.find(({ calls }) => maxCalls === undefined || calls.expected <= maxCalls) ?? plans.at(-1)
  if (plan === undefined) return undefined
  const isOverCap = maxCalls !== undefined && plan.calls.expected > maxCalls
  const effort = effortOf(kind, plan.params)
  return { optimizerId: kind.id, title: kind.title, why: rung.why(facts), isOverCap, ...(effort && { effort }), ...plan }
}

export interface PlannedCalls {
  readonly params: JsonObject
  readonly calls: CallRange
  readonly byPurpose: readonly CallEstimate[]
}

/** Calls of a compile with these settings; undefined where it could not start with them. */
export function planOf(
  kind: OptimizerKind,
  params: JsonObject,
  rows: Pick<Situation, 'graph' | 'train' | 'val' | 'metric'>,
): PlannedCalls | undefined {
  const parsed = kind.params.safeParse(params)
  if (!parsed.success || rows.train < kind.needs.trainset || rows.val < kind.needs.valset) return undefined
  const chosen = { optimizer: kind, params: parsed.data }
  if (kind.problem?.(parsed.data, sizesOf(chosen, rows)) !== undefined) return undefined
  const { total, calls } = estimateCompile(chosen, rows)
  return { params, calls: total, byPurpose: calls }
}

const effortLevels = ['light', 'medium', 'heavy'] as const
export type Effort = (typeof effortLevels)[number]

/** The efforts an optimizer offers by one word: empty for those that have no such setting. */
export function effortsOf(kind: OptimizerKind): readonly Effort[] {
  if (!('auto' in kind.params.shape)) return []
  return effortLevels.filter(auto => kind.params.shape['auto']?.safeParse(auto).success)
}

/** The effort of a recommendation, for optimizers that have one. */
function effortOf(kind: OptimizerKind, params: JsonObject): Effort | undefined {
  const auto = effortsOf(kind).length > 0 ? kind.params.safeParse(params).data?.['auto'] : undefined
  return effortLevels.find(level => level === auto)
}

/** Without keys the optimizer lacks, and without what is its default anyway. */
function known(kind: OptimizerKind, preset: JsonObject): JsonObject {
  const defaults = kind.params.safeParse({}).data ?? {}
  return Object.fromEntries(
    Object.entries(preset).filter(
      ([key, value]) => key in kind.params.shape && (defaults[key] === undefined || canonicalJson(defaults[key]) !== canonicalJson(value)),
    ),
  )
}

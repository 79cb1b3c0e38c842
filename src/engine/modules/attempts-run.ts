import type { SignatureNode } from '../program/program'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import { innerPrefix, type innerKinds, type InnerModule } from './inner-module'
import { rewardOf, type Reward } from './reward'
import type { Attempt, Scope } from './scope'
import { isStepFailure } from './step-failure'

export interface AttemptPlan {
  readonly n: number
  readonly reward: string
  /** Null: always all attempts. */
  readonly threshold: number | null
  /** How many attempts may fail before the step does. */
  readonly failCount: number
}

/** The settings of a step that keeps the best of several attempts. */
export interface AttemptParams {
  readonly module: keyof typeof innerKinds
  readonly N: number
  readonly threshold: number | null
  readonly fail_count?: number | undefined
  readonly reward: string
}

/** One attempt that came to an answer which the reward function could judge. */
export interface RewardedAttempt {
  readonly attempt: Attempt
  readonly outputs: Values
  readonly reward: Reward
}

/**
 * The loop of BestOfN and Refine: tries the module until an answer is worth the threshold, keeps the best (the first of equals), and says
 * so when no attempt reached it. Every attempt samples again at temperature 1. `between` hands the advice for the next attempt.
 * Source: dspy-spec §3.9, §3.10. Differs: the number of failures allowed holds for each row; DSPy counts it down over the life of the
 * object, and returns nothing where every attempt failed and none was one too many. Ours then throws the last failure.
 */
export async function bestAttempt(
  { inner, inputs, scope }: { readonly inner: InnerModule; readonly inputs: Values; readonly scope: Scope },
  plan: AttemptPlan,
  between?: (tried: RewardedAttempt) => Promise<Readonly<Record<string, string>>>,
): Promise<Values> {
  let best: RewardedAttempt | undefined
  let failures = 0
  let lastFailure: unknown
  let hints: Readonly<Record<string, string>> | undefined
  const fail = (error: unknown): void => {
    lastFailure = error
    failures += 1
    if (failures > plan.failCount) throw error
  }
  for (let index = 0; index < plan.n; index++) {
    const attempt = await scope.attempt(index, { prefix: innerPrefix, temperature: 1, ...(hints && { hints }) }, own =>
      inner.kind.run(inner.node, inputs, own),
    )
    if (attempt.outputs === undefined) {
      fail(attempt.error)
      continue
    }
    try {
      const reward = await rewardOf(plan.reward, inputs, written(inner.node, attempt.outputs), scope.runner)
      attempt.score(reward.value, reward.feedback)
      const tried = { attempt, outputs: attempt.outputs, reward }
      if (best === undefined || reward.value > best.reward.value) best = tried
      if (isEnough(reward, plan)) break
      if (between && index < plan.n - 1) hints = await between(tried)
    } catch (error) {
      if (!isStepFailure(error)) throw error
      fail(error)
    }
  }
  if (best === undefined) throw lastFailure ?? new EngineError('graph-invalid', 'The number of attempts must be at least 1.')
  best.attempt.keep()
  if (plan.threshold !== null && !isEnough(best.reward, plan)) scope.stop('max-attempts')
  return best.outputs
}

function isEnough({ value }: Reward, { threshold }: AttemptPlan): boolean {
  return threshold !== null && value >= threshold
}

/** A reward judges what was asked for, not the reasoning a module adds. */
function written(node: SignatureNode, outputs: Values): Values {
  const names = node.fields.filter(field => field.role === 'output').map(field => field.name)
  return Object.fromEntries(names.map(name => [name, outputs[name] ?? null]))
}

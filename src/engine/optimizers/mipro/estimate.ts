import type { CallEstimate } from '../../record/events'
import type { OptimizerSizes } from '../kit/optimizer'
import { exactly } from '../../lm/call-range'
import { fewestSummaryCalls, summaryCalls } from './dataset-summary-calls'
import { demoSetCalls } from './demo-set-calls'
import type { MiproParams } from './params'
import { miproPlan } from './plan'

/** LM requests of MIPROv2's compile (dspy-spec §6.19). */
export function miproEstimate(params: MiproParams, sizes: OptimizerSizes): readonly CallEstimate[] {
  const plan = miproPlan(params, sizes)
  const full = sizes.val * sizes.callsPerRun
  const proposals = proposalCalls(params, sizes, plan.instructions)
  const skipped = params.data_aware_proposer && proposals > 0 ? summarySavings(params, sizes) : 0
  const trials = plan.isMinibatch ? plan.trials * plan.minibatchSize * sizes.callsPerRun : 0
  return [
    { purpose: 'bootstrap', ...demoSetCalls(params, plan, sizes) },
    { purpose: 'propose', low: proposals - skipped, expected: proposals, high: proposals },
    ...(plan.isMinibatch ? [{ purpose: 'trial' as const, ...exactly(trials) }] : []),
    // A combination may come up twice, and is scored once.
    { purpose: 'evaluate', ...exactly(plan.fullEvaluations * full), low: 0 },
  ]
}

/** Requests to the prompt model where nothing fails (dspy-spec §6.19). */
function proposalCalls(params: MiproParams, { train, openInstructions }: OptimizerSizes, instructions: number): number {
  if (openInstructions === 0) return 0
  const summary = params.data_aware_proposer ? summaryCalls(train, params.view_data_batch_size) : 0
  return summary + openInstructions * instructions * (params.program_aware_proposer ? 3 : 1)
}

function summarySavings(params: MiproParams, { train }: OptimizerSizes): number {
  const { view_data_batch_size: size } = params
  return summaryCalls(train, size) - fewestSummaryCalls(train, size)
}

import type { Demo, PredictorId, Program, ProgramState } from '../../program/program'
import { openPredictors } from '../../graph/locks'
import type { Rng } from '@/lib/rng'
import type { RunContext } from '../kit/run-context'
import type { InstructionProposal } from '../../record/events'
import { describeProgram } from '../kit/describe-program'
import { instructionsOf, unlessRefused, withInstructions } from '../kit/instructions'
import { withDemos } from '../kit/labelled-demos'
import type { NumpyGenerator } from './pcg64'
import type { Bucket, SimbaRun } from './buckets'
import { noRun, ruleField, ruleIn, ruleSignature, shortened, showFields, showTrajectory, withRule } from './text'

/** Scores of a batch below which a run teaches nothing, and above which there is nothing left to teach. */
export interface Borders {
  readonly low: number
  readonly high: number
}

/**
 * A copy with some demos dropped: about as many as it has above what it should have, and one at least when it is full (dspy-spec §6.8,
 * step 7). Every predictor loses the same places.
 */
export function withFewerDemos({ graph, state }: Program, maxDemos: number, rng: Rng, poisson: NumpyGenerator): ProgramState {
  const room = maxDemos > 0 ? maxDemos : 3
  const count = openPredictors(graph, 'demos').reduce((most, { id }) => Math.max(most, state[id]?.demos.length ?? 0), 0)
  const drops = Math.min(count, Math.max(poisson.poisson(count / room), count >= room ? 1 : 0))
  const dropped = new Set(Array.from({ length: drops }, () => rng.randbelow(count)))
  if (dropped.size === 0) return state
  return withDemos(graph, state, ({ id }) => (state[id]?.demos ?? []).filter((_, place) => !dropped.has(place)))
}

/** Whether a row shows a run worth showing: not one of the worst tenth of its batch. */
export function hasDemo({ best }: Bucket, { low }: Borders): boolean {
  return best.score > low
}

/** Adds the last call of each predictor in the best run as a demo. */
export function withDemoOf({ best }: Bucket, { graph, state }: Program, maxLength: number): ProgramState {
  const demos = new Map<PredictorId, Demo>()
  for (const { predictor, inputs, outputs, discarded } of best.rollout.trace) {
    if (predictor === undefined || outputs === undefined || discarded) continue
    const cut = Object.entries(inputs).map(([name, value]) => [name, shortened(value, maxLength)] as const)
    demos.set(predictor, { augmented: true, ...Object.fromEntries(cut), ...outputs })
  }
  return withDemos(graph, state, ({ id }) => {
    const demo = demos.get(id)
    return [...(state[id]?.demos ?? []), ...(demo ? [demo] : [])]
  })
}

/** Whether a row shows a difference worth explaining. */
export function hasRule({ best, worst }: Bucket, { low, high }: Borders): boolean {
  return best.score > low && worst.score < high
}

export interface WrittenRules {
  readonly state: ProgramState
  readonly proposals: readonly { readonly predictor: PredictorId; readonly proposal: InstructionProposal }[]
}

/**
 * Asks the prompt model what sets the better run apart and adds its rules to the instructions. Undefined when there are none, or when
 * the answer could not be had. Differs: a rule that stands there already is not added again.
 */
export async function writeRules(run: RunContext<unknown>, bucket: Bucket, { graph, state }: Program): Promise<WrittenRules | undefined> {
  const { best, worst, example } = bucket
  const open = openPredictors(graph, 'instructions')
  const [better, worse] = best.score > worst.score ? [best, worst] : [undefined, worst]
  const inputs = {
    program_code: describeProgram({ graph, state }),
    program_inputs: showFields(example.inputs),
    oracle_metadata: showFields(example.labels),
    ...describeRun('worse', worse),
    ...describeRun('better', better),
  }
  const answer = await unlessRefused(run.ask(ruleSignature(open), inputs, { purpose: 'propose' }))
  if (answer === undefined) return undefined
  const proposals = open.flatMap(predictor => {
    const rule = ruleIn(answer.values, predictor)
    const before = instructionsOf(predictor, state)
    if (rule === undefined || before.includes(rule)) return []
    return [{ predictor: predictor.id, proposal: { text: withRule(before, rule), call: answer.call, note: ruleField(predictor) } }]
  })
  if (proposals.length === 0) return undefined
  const texts = new Map(proposals.map(({ predictor, proposal }) => [predictor, proposal.text]))
  return { state: withInstructions({ graph, state }, ({ id }) => texts.get(id)), proposals }
}

function describeRun(side: 'better' | 'worse', run: SimbaRun | undefined): Record<string, string> {
  const { feedback, error } = run?.rollout ?? {}
  return {
    [`${side}_program_trajectory`]: run ? showTrajectory(run.rollout.trace) : noRun,
    [`${side}_program_outputs`]: showFields(run?.rollout.prediction),
    [`${side}_reward_value`]: run ? String(run.score) : noRun,
    [`${side}_reward_info`]: feedback ?? error?.message ?? noRun,
  }
}

import { workPool } from '@/lib/work-pool'
import type { Example } from '../../base/example'
import { EngineError } from '../../base/errors'
import { completeState } from '../../graph/default-state'
import { executeProgram } from '../../graph/execute'
import { absentOutputs } from '../../graph/plan'
import { costOf, createBudget } from '../../lm/sending/budget'
import type { CallKey, Lm, LmRequest, ModelSpec } from '../../lm/lm'
import { callKey } from '../../lm/kept/request-key'
import { nothingSpent, type Spent } from '../../lm/spend'
import { asksJudge, bindMetric } from '../../metrics/registry'
import { leastTokens, worstCaseTokens } from '../../lm/usage'
import { modelById } from '../plan/models-of'
import { modelFor as modelOfRole } from './asker'
import type { RunPorts } from '../base/ports'
import { rowJudge } from './row-judge'
import { createRunFacts } from '../plan/run-facts'
import { stacksOf } from './stacks'
import type { RunSpec } from '../../record/spec'

/** What a run cannot do without. */
export interface CertainCalls extends Spent {
  /** What has to be free at the least before any of these requests may leave: see `BudgetGate`. */
  readonly first: Pick<Spent, 'tokens' | 'cost'>
  /** Rows that were looked at; fewer than there are where `isEnough` ended it. */
  readonly rows: number
}

/** What looking at a run without sending anything needs. */
export type ProbePorts = Pick<RunPorts, 'clock' | 'runner' | 'connect'> & { readonly calls: Pick<RunPorts['calls'], 'get'> }

/**
 * Walks the program, and the judge where its metric asks one, over rows with the stored answers alone and gathers the requests at which it
 * has to stop: a run on these rows sends each of them, whatever is answered. Equal requests count once, as they are sent once, and what lies behind an open one is not counted,
 * since it may turn out equal or stored. So this never says more than a run in which no request fails goes on to pay.
 */
export async function certainCalls(
  spec: RunSpec,
  rows: readonly Example[],
  ports: ProbePorts,
  { isEnough, signal }: { readonly isEnough: (sofar: CertainCalls) => boolean; readonly signal: AbortSignal },
): Promise<CertainCalls> {
  const open = new Set<CallKey>()
  let sum = nothingSpent
  let first = { tokens: Infinity, cost: Infinity }
  let walked = 0
  const note = (key: CallKey, request: LmRequest, { price }: ModelSpec): void => {
    if (open.has(key)) return
    open.add(key)
    const tokens = leastTokens(request)
    const worst = worstCaseTokens(request)
    sum = { calls: sum.calls + 1, tokens: sum.tokens + tokens, cost: sum.cost + (price ? costOf(price, tokens, 0) : 0) }
    first = {
      tokens: Math.min(first.tokens, worst.input + worst.output),
      cost: Math.min(first.cost, price ? costOf(price, worst.input, worst.output) : 0),
    }
  }
  const sofar = (): CertainCalls => ({ ...sum, first: open.size > 0 ? first : { tokens: 0, cost: 0 }, rows: walked })
  const lmOf = probesOf(spec, ports, note)
  const program = { graph: spec.graph, state: completeState(spec.graph, spec.state) }
  const modelFor = (id: string | undefined): { lm: Lm; model: ModelSpec } => {
    const model = id === undefined ? spec.models.task : modelById(spec.models, id)
    return { lm: lmOf(model), model }
  }
  const call = { signal, rollout: 0, purpose: 'evaluate' } as const
  const { clock, runner } = ports
  // Other metrics ask nobody, and may run code that takes its time.
  const metric = spec.metric && asksJudge(spec.metric) ? await bindMetric(spec.metric, { runner }) : undefined
  const judge = () => {
    const model = modelOfRole(spec.models, 'judge')
    return rowJudge({ model, lm: lmOf(model), graph: spec.graph, signal, clock, record: () => undefined })
  }
  const pool = workPool(() => rowsAtOnce)
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    signal.throwIfAborted()
    const piece = rows.slice(start, start + rowsAtOnce)
    await pool.map(piece, async example => {
      const { values, trace } = await executeProgram(program, example.inputs, { clock, runner, modelFor, call })
      if (!values || !metric) return
      const absent = absentOutputs(program.graph, values)
      await metric({ example, prediction: values, absent, steps: trace, ask: judge().ask }).catch(() => undefined)
    })
    walked += piece.length
    if (isEnough(sofar())) break
  }
  return sofar()
}

/** Reads of the call store that run together. */
const rowsAtOnce = 16

/** The stacks of the run with nothing behind their cache: what is not stored is noted and refused. */
function probesOf(spec: RunSpec, ports: ProbePorts, note: (key: CallKey, request: LmRequest, model: ModelSpec) => void) {
  const { clock } = ports
  const connect = (model: ModelSpec): Lm => ({
    get capabilities() {
      return ports.connect(model).capabilities
    },
    async generate(request, { rollout }) {
      note(callKey(request, rollout), request, model)
      throw new EngineError('lm-not-recorded', 'This request has no stored answer.', { isRetryable: false })
    },
  })
  const calls = { get: ports.calls.get, add: () => Promise.reject(new Error('a walk without requests has no answer to store')) }
  const budget = createBudget({}, clock)
  return stacksOf(spec, { clock, calls, connect }, { budget, facts: createRunFacts(spec, [], () => undefined) })
}

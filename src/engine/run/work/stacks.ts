import { pythonRandom } from '@/lib/rng'
import type { Lm, ModelSpec } from '../../lm/lm'
import { traitsOf } from '../../providers/registry'
import type { Flights } from '../../lm/kept/single-flight'
import { lmStack, type LmStackOptions } from '../../lm/sending/stack'
import type { RunPorts } from '../base/ports'
import { keyedEndpoint, type RunFacts } from '../plan/run-facts'
import type { RunSpec } from '../../record/spec'

type StackPorts = Pick<RunPorts, 'clock' | 'calls' | 'connect' | 'noteSpend' | 'offline' | 'timeoutMs'>

/** What all stacks of a run share. */
export interface SharedParts extends Pick<
  LmStackOptions,
  'places' | 'budget' | 'failedCalls' | 'reading' | 'gate' | 'onWait' | 'onEnd' | 'onLongPause' | 'onHeld'
> {
  readonly facts: RunFacts
}

/** One stack a model: its cache, retries and single-flight. The places, the budget and the pause are shared by all. */
export function stacksOf(spec: Pick<RunSpec, 'seed' | 'callKeys'>, ports: StackPorts, { facts, ...shared }: SharedParts) {
  const { clock, calls, noteSpend, offline, timeoutMs } = ports
  const stacks = new Map<string, Lm>()
  // Two entries may be one model with the same settings.
  const flights: Flights = new Map()
  return (model: ModelSpec): Lm => {
    let stack = stacks.get(model.id)
    if (stack === undefined) {
      const endpoint = keyedEndpoint(spec, model)
      stack = lmStack({
        ...shared,
        flights,
        entry: model,
        facts: facts(model),
        ...(endpoint !== undefined && { endpoint }),
        connect: ports.connect(model),
        calls,
        clock,
        rng: pythonRandom(`retry ${spec.seed} ${model.id}`),
        // What this machine answers itself can cost nothing.
        ...(noteSpend && !traitsOf(model).free && { noteSpend }),
        ...(offline && { offline }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      })
      stacks.set(model.id, stack)
    }
    return stack
  }
}

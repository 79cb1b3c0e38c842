import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import { loadOnce } from '../user-code/load-once'
import type { CodeRunner } from '../user-code/code-runner'

/** A number in the scale of the reward function, which need not be 0 to 1. */
export interface Reward {
  readonly value: number
  readonly feedback?: string
}

/** Asks the reward function in the code runner. Throws `metric-failed` for anything but a finite number, and what the code runner throws. */
export async function rewardOf(source: string, inputs: Values, outputs: Values, runner: CodeRunner): Promise<Reward> {
  const reward = await loadOnce(runner, source, 'reward')
  return readReward(await reward.call([inputs, outputs]))
}

function readReward(returned: Json): Reward {
  if (isJsonObject(returned)) {
    const { feedback } = returned
    const { value } = readReward(returned['score'] ?? null)
    return typeof feedback === 'string' ? { value, feedback } : { value }
  }
  if (typeof returned === 'boolean') return { value: returned ? 1 : 0 }
  if (typeof returned === 'number' && Number.isFinite(returned)) return { value: returned }
  throw new EngineError('metric-failed', 'The reward function returned no number. Return a number, true or false, or { score, feedback }.')
}

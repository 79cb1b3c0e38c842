import { z } from 'zod'
import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import { loadOnce } from '../sandbox/load-once'
import type { Sandbox } from '../sandbox/sandbox'

/** Worth 1 when no output is empty: the least that can be asked of any answer. */
export const defaultReward = '(inputs, outputs) =>\n  Object.values(outputs).every(value => value !== null && value !== "") ? 1 : 0\n'

export const rewardParam = z.string().min(1).default(defaultReward).meta({
  title: 'Reward',
  help: 'A JavaScript function (inputs, outputs) that returns a number, true or false, or { score, feedback }. It sees no labels. Higher is better.',
  widget: 'code',
})

/** A number in the scale of the reward function, which need not be 0 to 1. */
export interface Reward {
  readonly value: number
  readonly feedback?: string
}

/** Asks the reward function in the sandbox. Throws `metric-failed` for anything but a finite number, and what the sandbox throws. */
export async function rewardOf(source: string, inputs: Values, outputs: Values, sandbox: Sandbox): Promise<Reward> {
  const reward = await loadOnce(sandbox, source, 'metric')
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

import type { Values } from '../base/example'
import type { LmSettings } from '../lm/lm'
import type { SignatureNode } from '../program/program'
import type { CallConfig } from './call-config'
import { joinAnswers } from './join-answers'
import type { PredictOptions, Scope } from './scope'

/**
 * Asks the predictor of the step for its completions and returns one of them. All are asked to their end before one that failed ends the
 * step, so that what was asked does not depend on which answer came first. Source: dspy-spec §3.1, §3.12 (`majority`).
 * Differs: `first` is what DSPy's Prediction shows of several completions and `majority` what its caller makes of them; here the step
 * does both, as nothing after it could.
 */
export async function runPredict(node: SignatureNode, inputs: Values, scope: Scope, config: CallConfig): Promise<Values> {
  const { n, reduce_fn, field, normalize: rule } = config
  const settings = settingsOf(config)
  const options: PredictOptions = { ...(settings && { settings }), ...(n > 1 && { isOneOfSeveral: true }) }
  if (n === 1) return scope.predict('', inputs, options)
  const asked = Array.from({ length: n }, (_, sample) => scope.predict('', inputs, { ...options, sample }))
  const completions = (await Promise.allSettled(asked)).map(end => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
  if (reduce_fn === 'first') return completions[0] ?? {}
  const outputs = node.fields.filter(({ role }) => role === 'output')
  const typeOf = (name: string) => outputs.find(output => output.name === name)?.type
  const counted = field ?? outputs.at(-1)?.name
  return joinAnswers('majority', completions, { rule, typeOf, ...(counted !== undefined && { counted }) })
}

/** Undefined where nothing is set, so that a request is what it was before there were settings. */
function settingsOf({ temperature, max_tokens, top_p, stop, seed, reasoning_effort }: CallConfig): Partial<LmSettings> | undefined {
  const settings: Partial<LmSettings> = {
    ...(temperature !== undefined && { temperature }),
    ...(max_tokens !== undefined && { maxTokens: max_tokens }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
    ...(seed !== undefined && { seed }),
    ...(reasoning_effort !== undefined && { reasoningEffort: reasoning_effort }),
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}

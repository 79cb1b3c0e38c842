import { EngineError, isEngineError } from '../errors'
import type { Lm, LmRequest, LmSettings } from './lm'

/** How a model samples. It answers without them, too, in its own way; any other refused setting is the user's to remove. */
const samplingSettings = { temperature: 'temperature', top_p: 'topP' } as const satisfies Record<string, keyof LmSettings>
type Refusable = keyof typeof samplingSettings

/**
 * Leaves out sampling settings that the model once refused at this endpoint. Optimizers raise the temperature of whatever model they are
 * given, and nobody could take that out of a model's settings. The refusal itself is thrown as one to try again, so that the attempt is
 * counted like any other.
 * Differs: DSPy knows such models by their names and refuses to make them with another temperature than 1.
 */
export function withoutRefused(inner: Lm): Lm {
  const refused = new Set<Refusable>()
  return {
    get capabilities() {
      return inner.capabilities
    },
    async generate(request, call) {
      const sent = refused.size === 0 ? request : leaveOut(request, refused)
      try {
        return await inner.generate(sent, call)
      } catch (error) {
        const named = refusedSetting(error, sent)
        if (named === undefined || !isEngineError(error)) throw error
        refused.add(named)
        throw new EngineError(error.code, error.message, { ...error.facts, isRetryable: true, retryAfterMs: 1 }, error)
      }
    },
  }
}

function refusedSetting(error: unknown, { settings }: LmRequest): Refusable | undefined {
  const named = isEngineError(error, 'lm-bad-request') ? error.facts['unsupported'] : undefined
  const found = named === 'temperature' || named === 'top_p' ? named : undefined
  return found && settings[samplingSettings[found]] !== undefined ? found : undefined
}

function leaveOut(request: LmRequest, refused: ReadonlySet<Refusable>): LmRequest {
  const { temperature, topP, ...others } = request.settings
  const settings: LmSettings = {
    ...others,
    ...(temperature !== undefined && !refused.has('temperature') && { temperature }),
    ...(topP !== undefined && !refused.has('top_p') && { topP }),
  }
  return { ...request, settings }
}

import type { Limiter } from './limiter'
import type { Lm, LmLine } from '../lm'

/** Puts a model behind the queue it shares with all runs. A caller that already holds a place hands it in as `call.slot`. */
export function rateLimited(inner: Lm, limiter: Limiter, line?: LmLine): Lm {
  return {
    get capabilities() {
      return inner.capabilities
    },
    queue: limiter,
    ...(line && { line }),
    async generate(request, call) {
      const slot = call.slot ?? (await limiter.enter(request, call))
      try {
        const response = await inner.generate(request, call)
        slot.leave({ kind: 'answered', usage: response.usage })
        return response
      } catch (error) {
        slot.leave({ kind: 'failed', error })
        throw error
      }
    },
  }
}

import { isEngineError } from '../../base/errors'
import type { Lm } from '../lm'
import { inOrder, refusableOf, type RefusablePart } from '../refusable'

/** What is known of one model during one run. */
export interface KnownFacts {
  /** What was known before the first request. It decides what is asked for, so it stands in the spec. */
  readonly atStart: readonly RefusablePart[]
  /** What is known now. It decides only how a request is written, never which request is made. */
  readonly refused: readonly RefusablePart[]
  learn(parts: readonly RefusablePart[]): void
}

export function knownFacts(
  atStart: readonly RefusablePart[] = [],
  since: readonly RefusablePart[] = [],
  onLearn: (learned: readonly RefusablePart[]) => void = () => undefined,
): KnownFacts {
  let refused = inOrder([...atStart, ...since])
  return {
    atStart,
    get refused() {
      return refused
    },
    learn(parts) {
      const learned = inOrder(parts.filter(part => !refused.includes(part)))
      if (learned.length === 0) return
      refused = inOrder([...refused, ...learned])
      onLearn(learned)
    },
  }
}

/**
 * Tells the provider with each request what its model does not take, and learns from its refusals. Stands below the cache: the key of a
 * call is that of the request as it was asked, whenever the refusal came.
 */
export function withFacts(inner: Lm, facts: KnownFacts): Lm {
  return {
    get capabilities() {
      const { responseFormats, tools } = inner.capabilities
      return {
        responseFormats: responseFormats.filter(format => !facts.atStart.includes(format)),
        ...(tools && !facts.atStart.includes('tools') && { tools }),
      }
    },
    ...(inner.queue && { queue: inner.queue }),
    ...(inner.line && { line: inner.line }),
    async generate(request, call) {
      try {
        return await inner.generate(request, { ...call, refused: facts.refused })
      } catch (error) {
        if (isEngineError(error)) facts.learn(refusableOf(error.facts['learned']))
        throw error
      }
    },
  }
}

/** Asks again as long as a refusal teaches something: for a single question outside of a run, where nothing counts the attempts. */
export function untilNothingIsLearned(inner: Lm): Lm {
  const facts = knownFacts()
  const learning = withFacts(inner, facts)
  return {
    ...learning,
    async generate(request, call) {
      for (;;) {
        const before = facts.refused
        try {
          return await learning.generate(request, call)
        } catch (error) {
          if (facts.refused === before || call.signal.aborted) throw error
        }
      }
    },
  }
}

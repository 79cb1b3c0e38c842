import { describe, expect, it } from 'vitest'
import { EngineError } from '../base/errors'
import type { Lm } from '../lm/lm'
import { callKey } from '../lm/kept/request-key'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'

/** Fails every attempt of one call for good, and answers it when it is asked for again later in the run. */
function moody(): Lm & { readonly asked: ReadonlyMap<string, number> } {
  const calm = simulatedLm()
  let chosen: string | undefined
  let refusals = 0
  return {
    ...calm,
    asked: calm.asked,
    async generate(request, call) {
      const key = callKey(request, call.rollout)
      chosen ??= key
      if (key === chosen && refusals++ < 1) throw new EngineError('lm-server', 'Not now.', { isRetryable: false, status: 500 })
      return calm.generate(request, call)
    },
  }
}

describe('a call that failed for good and is asked for again', () => {
  // Without a val split the baseline runs on the training rows, and a teacher without demos asks the same.
  const run = toyRun({
    program: oneStep(),
    val: 0,
    train: 9,
    optimizer: { id: 'bootstrap-few-shot', params: { max_labeled_demos: 0, max_bootstrapped_demos: 9 } },
  })

  it('comes out in a replay as it did in the run', async () => {
    const disk = memoryDisk()
    const first = await finish(run, memoryPorts({ lm: moody(), disk }))
    expect(first).toMatchObject({ status: 'done' })
    expect(first.result?.baseline?.summary.unscored).toBe(1)
    const again = await finish(run, memoryPorts({ lm: simulatedLm(), disk, offline: true }))
    expect({ digest: again.digest, divergence: again.divergence }).toEqual({ digest: first.digest, divergence: undefined })
  })
})

import { describe, expect, it } from 'vitest'
import { EngineError } from './errors'
import { onUse } from './on-use'

describe('onUse', () => {
  it('loads once, for all who ask at once', async () => {
    let count = 0
    const part = onUse(async () => ++count)
    expect(await Promise.all([part(), part(), part()])).toEqual([1, 1, 1])
  })

  it('says what to do where a part does not come, and tries again', async () => {
    let count = 0
    const part = onUse(async () => {
      if (++count === 1) throw new TypeError('Failed to fetch dynamically imported module')
      return count
    })
    const failures = await Promise.allSettled([part(), part()])
    for (const failure of failures)
      expect(failure).toMatchObject({ status: 'rejected', reason: { code: 'storage-failed', facts: { reason: 'chunk' } } })
    expect(await part()).toBe(2)
    expect(await part()).toBe(2)
  })

  it('passes on what the part itself says is wrong', async () => {
    const part = onUse(() => Promise.reject(new EngineError('params-invalid', 'No address.')))
    await expect(part()).rejects.toMatchObject({ code: 'params-invalid', message: 'No address.' })
  })
})

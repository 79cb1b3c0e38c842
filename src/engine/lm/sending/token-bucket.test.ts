import { describe, expect, it } from 'vitest'
import { tokenBucket } from './token-bucket'

describe('tokenBucket', () => {
  it('is absent without a limit', () => {
    expect(tokenBucket(undefined, 0)).toBeUndefined()
    expect(tokenBucket(0, 0)).toBeUndefined()
  })

  it.each([1, 3, 10, 60, 500])('lets no more than %i through in any minute, and most of them', perMinute => {
    const bucket = tokenBucket(perMinute, 0)
    if (!bucket) throw new Error('no bucket')
    const sent: number[] = []
    for (let now = 0; now < 5 * 60_000;) {
      const wait = bucket.waitMs(now)
      if (wait > 0) now += wait
      else {
        bucket.take(now, 1)
        sent.push(now)
      }
    }
    const inWindow = (from: number): number => sent.filter(at => at >= from && at < from + 60_000).length
    for (const from of sent) expect(inWindow(from)).toBeLessThanOrEqual(perMinute)
    expect(inWindow(120_000)).toBeGreaterThanOrEqual(Math.floor(perMinute * 0.9))
  })

  it('lets a large prompt leave, and waits longer after it', () => {
    const bucket = tokenBucket(6000, 0)
    expect(bucket?.waitMs(0)).toBe(0)
    bucket?.take(0, 6000)
    expect(bucket?.waitMs(0)).toBeGreaterThan(55_000)
    expect(bucket?.waitMs(65_000)).toBe(0)
  })

  it('takes unused units back, up to its size', () => {
    const bucket = tokenBucket(10, 0)
    bucket?.take(0, 1)
    expect(bucket?.waitMs(0)).toBeGreaterThan(0)
    bucket?.take(0, -5)
    expect(bucket?.waitMs(0)).toBe(0)
    bucket?.take(0, 1)
    expect(bucket?.waitMs(0)).toBeGreaterThan(0)
  })
})

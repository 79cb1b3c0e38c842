import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSaver, saveDelayMs, type SaveState } from './saver'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function rig(write: () => Promise<void>, isRetryable = true) {
  const states: SaveState[] = []
  const saver = createSaver({ write, now: () => 7, report: state => states.push(state), isRetryable: () => isRetryable })
  return { saver, states, statuses: () => states.map(state => state.status) }
}

test('writes once, a while after the last of several changes', async () => {
  const write = vi.fn(() => Promise.resolve())
  const { saver, statuses } = rig(write)
  saver.changed()
  await vi.advanceTimersByTimeAsync(saveDelayMs - 1)
  saver.changed()
  await vi.advanceTimersByTimeAsync(saveDelayMs - 1)
  expect(write).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(write).toHaveBeenCalledTimes(1)
  expect(statuses()).toEqual(['saving', 'saving', 'saved'])
  expect(saver.isDirty()).toBe(false)
})

test('a change during a write is written after it', async () => {
  const releases: (() => void)[] = []
  const write = vi.fn(() => new Promise<void>(resolve => releases.push(resolve)))
  const { saver } = rig(write)
  saver.changed()
  const flushed = saver.flush()
  saver.changed()
  releases[0]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(write).toHaveBeenCalledTimes(2)
  releases[1]?.()
  await flushed
  expect(saver.isDirty()).toBe(false)
})

test('a failed write is told and tried again until it works', async () => {
  let failures = 2
  const write = vi.fn(() => (failures-- > 0 ? Promise.reject(new Error('The disk is full.')) : Promise.resolve()))
  const { saver, states } = rig(write)
  saver.changed()
  await saver.flush()
  expect(states.at(-1)).toMatchObject({ status: 'failed', error: 'The disk is full.' })
  expect(saver.isDirty()).toBe(true)
  await vi.advanceTimersByTimeAsync(2_000 + 4_000)
  expect(write).toHaveBeenCalledTimes(3)
  expect(states.at(-1)).toEqual({ status: 'saved', at: 7 })
})

test('a failure that no second try can repair is not tried again', async () => {
  const write = vi.fn(() => Promise.reject(new Error('gone')))
  const { saver } = rig(write, false)
  saver.changed()
  await saver.flush()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(write).toHaveBeenCalledTimes(1)
})

test('flush without changes writes nothing', async () => {
  const write = vi.fn(() => Promise.resolve())
  await rig(write).saver.flush()
  expect(write).not.toHaveBeenCalled()
})

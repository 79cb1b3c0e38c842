import { isEngineError } from '../../base/errors'
import type { CallStore } from '../../lm/kept/call-store'

/** An answer was paid for before it is stored: when the disk is full, it waits for room instead of being lost. */
export function patientStore(calls: CallStore, waitForRoom: (error: unknown) => Promise<void>): CallStore {
  return { get: (key, how) => calls.get(key, how), add: (call, paid) => patiently(() => calls.add(call, paid), waitForRoom) }
}

/** Writes again and again until there is room, or the wait for it is given up. */
export async function patiently<T>(write: () => Promise<T>, waitForRoom: (error: unknown) => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!isEngineError(error, 'storage-full')) throw error
      await waitForRoom(error)
    }
  }
}

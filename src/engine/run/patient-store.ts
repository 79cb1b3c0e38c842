import { isEngineError } from '../errors'
import type { CallStore } from './ports'

/** An answer was paid for before it is stored: when the disk is full, it waits for room instead of being lost. */
export function patientStore(calls: CallStore, waitForRoom: (error: unknown) => Promise<void>): CallStore {
  return {
    get: key => calls.get(key),
    async add(call) {
      for (;;) {
        try {
          return await calls.add(call)
        } catch (error) {
          if (!isEngineError(error, 'storage-full')) throw error
          await waitForRoom(error)
        }
      }
    },
  }
}

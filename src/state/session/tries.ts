import { newId } from '@/lib/ids'
import type { TryId } from '@/storage/records'
import { engine } from './engine-client'
import { notifyError } from './notices'

/** Names a try before it is made, so that it can be stopped. */
export function newTryId(): TryId {
  return newId('try')
}

/** Ends a try or check: no further request leaves. */
export function stopTry(id: TryId): void {
  engine()
    .stopTry(id)
    .catch((error: unknown) => notifyError('It was not stopped', error))
}

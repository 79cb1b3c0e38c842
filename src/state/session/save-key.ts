import { engine } from './engine-client'
import { notify, notifyError } from './notices'
import { invalidate, queryKeys } from './query-client'

/** Binds a key to an origin, and tells what was left out of it; false when it was refused. */
export async function saveKey(origin: string, key: string, remember: boolean): Promise<boolean> {
  try {
    const remarks = await engine().setKey(origin, key, remember)
    notify({ title: 'Key saved', detail: [`For ${origin} only.`, ...remarks].join(' '), tone: remarks.length > 0 ? 'warn' : 'good' })
    return true
  } catch (error) {
    notifyError('The key was not saved', error)
    return false
  } finally {
    invalidate(queryKeys.keys())
  }
}

import { askToPersist } from '@/storage/usage'
import { engine } from '@/state/session/engine-client'
import { notify, notifyError } from '@/state/session/notices'
import { invalidate, queryKeys } from '@/state/session/query-client'

/** The origin a key would be bound to, or undefined for an address that no key may be sent to. */
export function originOf(address: string): string | undefined {
  if (!URL.canParse(address.trim())) return undefined
  const url = new URL(address.trim())
  const isLocal = url.hostname === 'localhost' || url.hostname === '127.0.0.1'
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal) ? url.origin : undefined
}

export async function forgetKey(origin: string): Promise<void> {
  try {
    await engine().forgetKey(origin)
    notify({ title: `Forgot the key for ${origin}`, detail: whatFollows, tone: 'neutral' })
  } catch (error) {
    notifyError('The key was not forgotten', error)
  } finally {
    invalidate(queryKeys.keys())
  }
}

export async function forgetAllKeys(): Promise<void> {
  try {
    await engine().forgetAllKeys()
    notify({ title: 'All keys are forgotten', detail: whatFollows, tone: 'neutral' })
  } catch (error) {
    notifyError('The keys were not forgotten', error)
  } finally {
    invalidate(queryKeys.keys())
  }
}

const whatFollows = 'In every tab. Runs that need a forgotten key pause. Enter the key again and resume them to go on.'

/** Asks the browser not to clear the studio's storage by itself. */
export async function keepStorage(): Promise<void> {
  const isKept = await askToPersist()
  invalidate(queryKeys.storageInfo())
  if (isKept) notify({ title: 'The browser will keep your projects', tone: 'good' })
  else {
    notify({
      title: 'The browser did not agree yet',
      detail: 'Browsers decide by how much a site is used. Bookmark the studio and try again, or export project files now and then.',
      tone: 'warn',
    })
  }
}

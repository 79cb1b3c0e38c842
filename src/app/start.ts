import { watchBlobs } from '@/state/blobs'
import { watchStorage } from '@/state/session/query-client'
import { watchRuns } from '@/state/runs/live/live-runs'
import { installShortcuts } from '@/state/commands/run-command'
import { watchDamage } from '@/state/session/damage'
import { notifyError, onNotice } from '@/state/session/notices'
import { flushSave } from '@/state/document/project-store'
import { startSystemNotices } from '@/state/runs/notices/system-notices'
import { watchWorkspace } from '@/state/session/workspace'
import { announce } from '@/ui/announcer'
import { leaveKeysToInputMethods } from '@/ui/input-method'
import { toast } from '@/ui/toast'
import { allowTranslation } from '@/ui/translated-page'
import { preloadStudio } from './preload'
import { watchTheme } from './theme'

/** Ties the page to the world outside of React: theme, keys, storage, the worker, leaving the page. Once, for its whole life. */
export function startApp(): void {
  leaveKeysToInputMethods(window)
  allowTranslation(document)
  watchTheme()
  watchStorage()
  installShortcuts()
  onNotice(notice => {
    toast(notice)
    announce(notice.detail === undefined ? notice.title : `${notice.title}. ${notice.detail}`)
  })
  preloadStudio()
  void watchWorkspace()
  watchDamage()
  watchBlobs()
  void startSystemNotices().catch(() => undefined)
  watchRuns().catch((error: unknown) => notifyError('The engine could not start', error))
  // Hidden is the last moment a browser promises before it may drop the page.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void flushSave()
  })
}

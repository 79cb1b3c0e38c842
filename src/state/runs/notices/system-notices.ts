import { createStore, useStore } from 'zustand'
import { z } from 'zod'
import { getSetting, putSetting } from '@/storage/settings'
import { onRunEnd } from '../live/live-runs'
import { endNotice } from './run-notices'
import { notify, notifyError } from '../../session/notices'
import { createTurns } from '@/lib/turns'

export interface SystemNotices {
  readonly isOn: boolean
  /** `unsupported` where the browser has none. */
  readonly permission: NotificationPermission | 'unsupported'
}

const settingKey = 'notifyWhenDone'
const store = createStore<SystemNotices>(() => ({ isOn: false, permission: permissionNow() }))
let started: Promise<void> | undefined

/** Reads the user's choice, and from then on tells ends of runs outside of the window while it is out of sight. */
export function startSystemNotices(): Promise<void> {
  started ??= readChoice().then(() => {
    onRunEnd(run => {
      const notice = run.isOwn ? endNotice(run) : undefined
      if (notice !== undefined && store.getState().isOn && document.visibilityState === 'hidden')
        show(run.runId, notice.title, notice.detail)
    })
  })
  return started
}

async function readChoice(): Promise<void> {
  const choice = choices.next()
  const wasOn = await getSetting(settingKey, z.boolean())
  choice.take(() => store.setState({ isOn: wasOn === true && permissionNow() === 'granted', permission: permissionNow() }))()
}

/** The choice that is stored, and those made since: the last one counts. */
const choices = createTurns()

export function useSystemNotices(): SystemNotices {
  return useStore(store)
}

/** Call it from a click: the browser asks the user only then. */
export async function setSystemNotices(wanted: boolean): Promise<void> {
  const choice = choices.next()
  try {
    const permission = wanted && permissionNow() === 'default' ? await Notification.requestPermission() : permissionNow()
    const isOn = wanted && permission === 'granted'
    choice.take(() => store.setState({ isOn, permission }))()
    if (choice.isOver()) return
    await putSetting(settingKey, isOn)
    if (wanted && !isOn) {
      notify({
        title: 'The browser does not allow notifications here',
        detail: 'Allow them for this site in the settings of the browser, then switch this on again.',
        tone: 'warn',
      })
    }
  } catch (error) {
    notifyError('The setting was not saved', error)
  }
}

function permissionNow(): SystemNotices['permission'] {
  return typeof Notification === 'undefined' ? 'unsupported' : Notification.permission
}

function show(runId: string, title: string, body: string | undefined): void {
  // One notification a run, however often it is told.
  const notification = new Notification(title, { tag: runId, ...(body !== undefined && { body }) })
  notification.addEventListener('click', () => {
    window.focus()
    notification.close()
  })
}

import { useSyncExternalStore } from 'react'
import { canvasCommands, pasteText } from './canvas-commands'
import type { Command } from './command'
import { documentCommands } from './document-commands'
import { runMenuCommands } from './run-menu-commands'
import { screenCommands } from './screen-commands'
import { liveRuns } from '../runs/live/live-runs'
import { projectStore } from '../document/project-store'
import { sessionStore } from '../session/session-store'
import { isMacPlatform, isTyping, matchesShortcut } from '../session/shortcuts'

export type { Command } from './command'

/** Every action of a user, once: buttons, menus, keys and the palette take them from here. */
export const commands: readonly Command[] = [...documentCommands, ...canvasCommands, ...runMenuCommands, ...screenCommands]

/** Throws for an unknown id: that is a bug. */
function command(id: string): Command {
  const found = commands.find(each => each.id === id)
  if (found === undefined) throw new Error(`no command ${id}`)
  return found
}

/** Runs a command when it is enabled; says whether it did. */
export function runCommand(id: string): boolean {
  const found = command(id)
  if (!found.enabled()) return false
  void found.run()
  return true
}

export interface ShownCommand extends Command {
  readonly isEnabled: boolean
}

/** The commands with whether each can run now. */
export function useCommands(): readonly ShownCommand[] {
  return useSyncExternalStore(subscribe, shownCommands)
}

export function useCommand(id: string): ShownCommand {
  const found = useCommands().find(each => each.id === id)
  if (found === undefined) throw new Error(`no command ${id}`)
  return found
}

/** Listens to the keyboard. Returns a function that stops. */
export function installShortcuts(): () => void {
  const isMac = isMacPlatform()
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    const isInText = isTyping(event.target)
    // A dialog has the keys to itself.
    const isInDialog =
      event.target instanceof Element && event.target.closest('[role="dialog"],[role="alertdialog"],[role="menu"]') !== null
    const found = commands.find(
      each =>
        [each.shortcut, ...(each.otherShortcuts ?? [])].some(keys => keys !== undefined && matchesShortcut(event, keys, isMac)) &&
        each.enabled(),
    )
    // The browser's own paste event carries the text without asking for a permission.
    if (found === undefined || found.id === 'paste' || (isInText && found.worksWhileTyping !== true) || isInDialog) return
    // Keys of the canvas (delete, copy…) must not take text that is selected elsewhere.
    if (found.isCanvasKey === true && !isCanvasFocused(event.target)) return
    event.preventDefault()
    void found.run()
  }
  const onPaste = (event: ClipboardEvent) => {
    if (isTyping(event.target) || !command('paste').enabled() || !isCanvasOnTop()) return
    event.preventDefault()
    void pasteText(event.clipboardData?.getData('text/plain') ?? '')
  }
  window.addEventListener('keydown', onKeyDown)
  window.addEventListener('paste', onPaste)
  return () => {
    window.removeEventListener('keydown', onKeyDown)
    window.removeEventListener('paste', onPaste)
  }
}

/** Wherever the caret was before, a paste is meant for the canvas; only an open dialog has it to itself. */
function isCanvasOnTop(): boolean {
  return (
    document.querySelector('.react-flow, [data-canvas]') !== null && document.querySelector('[role="dialog"],[role="alertdialog"]') === null
  )
}

function isCanvasFocused(target: EventTarget | null): boolean {
  if (window.getSelection()?.isCollapsed === false) return false
  return target === document.body || (target instanceof Element && target.closest('.react-flow, [data-canvas]') !== null)
}

let shown: readonly ShownCommand[] | undefined

function shownCommands(): readonly ShownCommand[] {
  const isProjectOpen = projectStore.getState().project !== null
  const next = commands.map(each => ({ ...each, isEnabled: (!each.needsProject || isProjectOpen) && each.enabled() }))
  // The same list while nothing changed, or React would draw forever.
  if (shown === undefined || next.some((each, index) => each.isEnabled !== shown?.[index]?.isEnabled)) shown = next
  return shown
}

function subscribe(listener: () => void): () => void {
  const stops = [projectStore.subscribe(listener), sessionStore.subscribe(listener), liveRuns.subscribe(listener)]
  window.addEventListener('hashchange', listener)
  return () => {
    for (const stop of stops) stop()
    window.removeEventListener('hashchange', listener)
  }
}

/** Keys as commands write them: `Mod+Shift+Z`, `Delete`, `?`. Mod is Command on a Mac and Control elsewhere. */
export function matchesShortcut(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  shortcut: string,
  isMac: boolean,
): boolean {
  const parts = shortcut.split('+')
  const key = parts.at(-1) ?? ''
  const wantsMod = parts.includes('Mod')
  const hasMod = isMac ? event.metaKey : event.ctrlKey
  const hasOther = isMac ? event.ctrlKey : event.metaKey
  if (wantsMod !== hasMod || hasOther || parts.includes('Alt') !== event.altKey) return false
  // `?` already tells of Shift, on keyboards of every country.
  const isSymbol = key.length === 1 && !/[a-z0-9]/i.test(key)
  if (!isSymbol && parts.includes('Shift') !== event.shiftKey) return false
  // Alt with a digit types another character on many keyboards: the place of the key counts.
  if (event.altKey && /^\d$/.test(key)) return event.code === `Digit${key}`
  return event.key.toLowerCase() === key.toLowerCase()
}

/** Whether keys belong to what is typed: then single keys and the box's own undo stay with it. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('.cm-editor') !== null) return true
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !buttonLikeInputs.has(target.type)
}

export function isMacPlatform(): boolean {
  return typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.userAgent)
}

const buttonLikeInputs: ReadonlySet<string> = new Set(['button', 'checkbox', 'radio', 'range', 'color', 'file', 'submit', 'reset'])

import { cx } from './cx'

interface KbdProps {
  /** `Mod+Shift+Z`, `?`, `Escape`. `Mod` is ⌘ on a Mac, Ctrl elsewhere. */
  readonly keys: string
  readonly className?: string
}

export function Kbd({ keys, className }: KbdProps) {
  return <kbd className={cx('rounded-xs border border-line bg-sunken px-1 font-sans text-xs text-faint', className)}>{keyText(keys)}</kbd>
}

/** A shortcut as this machine's user writes it: `⇧⌘Z` or `Ctrl+Shift+Z`. */
export function keyText(keys: string): string {
  const parts = keys.split(/\+(?=.)/).map(part => (isMac() ? macNames : otherNames)[part] ?? part.toUpperCase())
  return isMac() ? parts.join('') : parts.join('+')
}

function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)
}

const shared: Readonly<Record<string, string>> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Delete: 'Del',
  Backspace: '⌫',
  Space: 'Space',
  Tab: 'Tab',
}
const macNames: Readonly<Record<string, string>> = { ...shared, Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃' }
const otherNames: Readonly<Record<string, string>> = { ...shared, Mod: 'Ctrl', Shift: 'Shift', Alt: 'Alt', Ctrl: 'Ctrl' }

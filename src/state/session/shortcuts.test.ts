import { expect, test } from 'vitest'
import { commands } from '../commands/run-command'
import { matchesShortcut } from './shortcuts'

function press(key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) {
  return { key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held }
}

test.each([
  ['Mod+Z', press('z', { ctrlKey: true }), false, true],
  ['Mod+Z', press('z', { metaKey: true }), true, true],
  ['Mod+Z', press('z', { ctrlKey: true }), true, false],
  ['Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), false, false],
  ['Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), false, true],
  ['Mod+Enter', press('Enter', { ctrlKey: true }), false, true],
  ['Delete', press('Delete'), false, true],
  ['Delete', press('Delete', { ctrlKey: true }), false, false],
  ['?', press('?', { shiftKey: true }), false, true],
  ['?', press('?'), false, true],
  ['Mod+.', press('.', { ctrlKey: true }), false, true],
  ['Alt+2', { ...press('™', { altKey: true }), code: 'Digit2' }, true, true],
  ['A', press('a'), false, true],
  ['A', press('A', { shiftKey: true }), false, false],
])('%s and %o, on a Mac: %s, match: %s', (shortcut, event, isMac, isMatch) => {
  expect(matchesShortcut(event, shortcut, isMac)).toBe(isMatch)
})

test('no two commands have the same id or the same keys', () => {
  const ids = commands.map(command => command.id)
  expect(new Set(ids).size).toBe(ids.length)
  const keys = commands.flatMap(command => [command.shortcut, ...(command.otherShortcuts ?? [])]).filter(key => key !== undefined)
  expect(new Set(keys).size).toBe(keys.length)
})

test('without a project nothing that needs one is enabled', () => {
  const enabled = commands.filter(command => command.enabled()).map(command => command.id)
  expect(enabled).toEqual(expect.arrayContaining(['go-gallery', 'palette', 'shortcuts']))
  expect(enabled).not.toEqual(expect.arrayContaining(['undo', 'run-row', 'compile', 'fit-view']))
})

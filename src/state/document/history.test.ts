import { describe, expect, test } from 'vitest'
import { emptyHistory, historyLimit, mergePauseMs, recordEntry, takeRedo, takeUndo, type HistoryEntry } from './history'

function replace(value: string, before: string, at: number, mergeKey?: string): HistoryEntry {
  return {
    label: `set ${value}`,
    mergeKey,
    at,
    patches: [{ op: 'replace', path: ['name'], value }],
    inverse: [{ op: 'replace', path: ['name'], value: before }],
  }
}

describe('history', () => {
  test('typing without long pauses is one step that goes back to the start', () => {
    let history = recordEntry(emptyHistory, replace('a', '', 0, 'name'))
    history = recordEntry(history, replace('ab', 'a', mergePauseMs, 'name'))
    history = recordEntry(history, replace('abc', 'ab', mergePauseMs * 2, 'name'))
    expect(history.undo).toHaveLength(1)
    expect(history.undo[0]?.patches).toEqual([{ op: 'replace', path: ['name'], value: 'abc' }])
    expect(history.undo[0]?.inverse).toEqual([{ op: 'replace', path: ['name'], value: '' }])
  })

  test('a pause, another key, or no key begins a new step', () => {
    let history = recordEntry(emptyHistory, replace('a', '', 0, 'name'))
    history = recordEntry(history, replace('b', 'a', mergePauseMs + 1, 'name'))
    history = recordEntry(history, replace('c', 'b', mergePauseMs + 2, 'other'))
    history = recordEntry(history, replace('d', 'c', mergePauseMs + 3))
    history = recordEntry(history, replace('e', 'd', mergePauseMs + 4))
    expect(history.undo.map(entry => entry.label)).toEqual(['set a', 'set b', 'set c', 'set d', 'set e'])
  })

  test('an undone step can be redone until something new is done', () => {
    const one = recordEntry(emptyHistory, replace('a', '', 0))
    const undone = takeUndo(one)
    expect(undone?.entry.label).toBe('set a')
    expect(undone?.history.redo).toHaveLength(1)
    const redone = takeRedo(undone?.history ?? emptyHistory)
    expect(redone?.history.undo).toHaveLength(1)
    expect(recordEntry(undone?.history ?? emptyHistory, replace('b', '', 1)).redo).toEqual([])
  })

  test('a redone step takes no more typing in', () => {
    const one = recordEntry(emptyHistory, replace('a', '', 0, 'name'))
    const redone = takeRedo(takeUndo(one)?.history ?? emptyHistory)?.history ?? emptyHistory
    expect(recordEntry(redone, replace('ab', 'a', 1, 'name')).undo).toHaveLength(2)
  })

  test('only so many steps are kept', () => {
    let history = emptyHistory
    for (let index = 0; index < historyLimit + 20; index += 1) history = recordEntry(history, replace(`${index}`, '', index))
    expect(history.undo).toHaveLength(historyLimit)
    expect(history.undo[0]?.label).toBe('set 20')
  })

  test('there is nothing to take from an empty history', () => {
    expect(takeUndo(emptyHistory)).toBeUndefined()
    expect(takeRedo(emptyHistory)).toBeUndefined()
  })
})

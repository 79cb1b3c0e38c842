import { describe, expect, test } from 'vitest'
import { blankProject } from './blank-project'
import {
  emptyHistory,
  entryAt,
  entryOf,
  historyLimit,
  mergePauseMs,
  recordEntry,
  withEntry,
  withoutEntry,
  type History,
  type HistoryEntry,
} from './history'
import type { StepPlace } from './place'

const names = new Map<string, ReturnType<typeof blankProject>>()
const named = (name: string) => {
  const project = names.get(name) ?? blankProject('p', name, 0)
  names.set(name, project)
  return project
}

interface Options {
  readonly key?: string
  readonly places?: readonly StepPlace[]
}

function rename(after: string, before: string, at: number, { key, places = ['everywhere'] }: Options = {}): HistoryEntry {
  return {
    id: `${after} from ${before} at ${at}`,
    order: 0,
    label: `set ${after}`,
    places,
    mergeKey: key,
    at,
    change: { kind: 'document', before: named(before), after: named(after) },
  }
}

function labels({ undo }: History): readonly string[] {
  return undo.map(entry => entry.label)
}

describe('history', () => {
  test('typing without long pauses is one step that goes back to the start', () => {
    let history = recordEntry(emptyHistory, rename('a', '', 0, { key: 'name' }))
    history = recordEntry(history, rename('ab', 'a', mergePauseMs, { key: 'name' }))
    history = recordEntry(history, rename('abc', 'ab', mergePauseMs * 2, { key: 'name' }))
    expect(history.undo).toHaveLength(1)
    expect(history.undo[0]?.change).toEqual({ kind: 'document', before: named(''), after: named('abc') })
  })

  test('a pause, another key, another place, no key, or a change in between begins a new step', () => {
    let history = recordEntry(emptyHistory, rename('a', '', 0, { key: 'name' }))
    history = recordEntry(history, rename('b', 'a', mergePauseMs + 1, { key: 'name' }))
    history = recordEntry(history, rename('c', 'b', mergePauseMs + 2, { key: 'other' }))
    history = recordEntry(history, rename('d', 'c', mergePauseMs + 3))
    history = recordEntry(history, rename('e', 'd', mergePauseMs + 4, { key: 'name' }))
    history = recordEntry(history, rename('f', 'e', mergePauseMs + 5, { key: 'name', places: ['data'] }))
    history = recordEntry(history, rename('h', 'g', mergePauseMs + 6, { key: 'name', places: ['data'] }))
    expect(labels(history)).toEqual(['set a', 'set b', 'set c', 'set d', 'set e', 'set f', 'set h'])
  })

  test('undo and redo of a place take the newest step that is seen there', () => {
    let history = recordEntry(emptyHistory, rename('a', '', 0, { places: ['build:'] }))
    history = recordEntry(history, rename('b', 'a', 1, { places: ['build:vote/m1'] }))
    history = recordEntry(history, rename('c', 'b', 2, { places: ['compile'] }))
    history = recordEntry(history, rename('d', 'c', 3, { places: ['build', 'runs'] }))
    expect(entryAt(history, 'undo', 'compile')?.label).toBe('set c')
    for (const place of ['runs', 'build:', 'build:vote/m1', undefined] as const) {
      expect(entryAt(history, 'undo', place)?.label).toBe('set d')
    }
    history = withoutEntry(history, 'undo', history.undo[3]!.id)
    expect(entryAt(history, 'undo', 'build:')?.label).toBe('set a')
    expect(entryAt(history, 'undo', 'build:vote/m1')?.label).toBe('set b')
    expect(entryAt(history, 'undo', 'data')).toBeUndefined()
    expect(entryAt(history, 'undo', 'runs')).toBeUndefined()
  })

  test('something new takes away what could be redone at its places, and nothing else', () => {
    const undone = rename('a', '', 0, { key: 'name', places: ['data'] })
    const history = withEntry(emptyHistory, 'redo', undone, undone.change)
    expect(recordEntry(history, rename('b', '', 1, { places: ['compile'] })).redo).toHaveLength(1)
    expect(recordEntry(history, rename('b', '', 1, { places: ['data'] })).redo).toEqual([])
  })

  test('a redone step takes no more typing in', () => {
    const one = rename('a', '', 0, { key: 'name' })
    const redone = withEntry(emptyHistory, 'undo', one, one.change)
    expect(recordEntry(redone, rename('ab', 'a', 1, { key: 'name' })).undo).toHaveLength(2)
  })

  test('a step keeps its id when others join it, and when it is undone and redone', () => {
    let history = recordEntry(emptyHistory, rename('a', '', 0, { key: 'name' }))
    const [{ id }] = history.undo as [HistoryEntry]
    history = recordEntry(history, rename('ab', 'a', 1, { key: 'name' }))
    for (const [from, to] of [['undo', 'redo'] as const, ['redo', 'undo'] as const]) {
      const step = entryOf(history, from, id)!
      expect(step.change).toMatchObject({ before: named(''), after: named('ab') })
      history = withEntry(withoutEntry(history, from, id), to, step, step.change)
      expect(entryOf(history, from, id)).toBeUndefined()
    }
    expect(entryOf(history, 'undo', id)?.label).toBe('set ab')
  })

  test('the order says which of two steps was made or undone later, in whichever list they are', () => {
    let history = recordEntry(emptyHistory, rename('a', '', 0))
    history = recordEntry(history, rename('b', 'a', 0, { places: ['data'] }))
    const [first, second] = history.undo as [HistoryEntry, HistoryEntry]
    expect(second.order).toBeGreaterThan(first.order)
    history = withEntry(withoutEntry(history, 'undo', first.id), 'redo', first, first.change)
    expect(entryOf(history, 'redo', first.id)!.order).toBeGreaterThan(second.order)
    history = recordEntry(history, rename('c', 'b', 0, { places: ['compile'] }))
    expect(history.undo.at(-1)!.order).toBeGreaterThan(history.redo[0]!.order)
  })

  test('typing that ends where it began leaves no step, and none of what was before it is lost', () => {
    let history = recordEntry(emptyHistory, rename('z', 'y', 0))
    history = recordEntry(history, rename('a', 'z', 1, { key: 'name' }))
    // Equal, but not the same object.
    const back = rename('z', 'a', 2, { key: 'name' })
    const change = { kind: 'document', before: named('a'), after: structuredClone(named('z')) } as const
    history = recordEntry(history, { ...back, change })
    expect(labels(history)).toEqual(['set z'])
  })

  test('only so many steps are kept', () => {
    let history = emptyHistory
    for (let index = 0; index < historyLimit + 20; index += 1) history = recordEntry(history, rename(`${index}`, '', index))
    expect(history.undo).toHaveLength(historyLimit)
    expect(history.undo[0]?.label).toBe('set 20')
  })
})

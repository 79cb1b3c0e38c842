import { expect, test } from 'vitest'
import { toyProject } from '@/testing/toy-project'
import type { Project } from '@/engine/project/project'
import { stepInTheWay } from './carry-over'
import { emptyHistory, entryOf, recordEntry, withEntry, withoutEntry, type History } from './history'

const start: Project = toyProject()
const model = { ...start.models[0]!, id: 'second' }

/** Steps by label, each the document after it; the one before is that of the step before. */
function historyOf(steps: Readonly<Record<string, Project>>): History {
  let before = start
  let history = emptyHistory
  for (const [id, after] of Object.entries(steps)) {
    history = recordEntry(history, { id, label: id, places: ['everywhere'], at: 0, change: { kind: 'document', before, after } })
    before = after
  }
  return history
}

function undone(history: History, id: string, change: { readonly before: Project; readonly after: Project }): History {
  const entry = entryOf(history, 'undo', id)!
  return withEntry(withoutEntry(history, 'undo', id), 'redo', entry, { kind: 'document', ...change })
}

function named(history: History, id: string, isReachable: (id: string) => boolean = () => true) {
  const entry = entryOf(history, 'undo', id) ?? entryOf(history, 'redo', id)
  const found = entry && stepInTheWay(history, entry, each => isReachable(each.id))
  return found && [found.entry.id, found.remedy]
}

const withModel = { ...start, models: [...start.models, model] }
const withTeacher = { ...withModel, roles: { ...start.roles, teacher: 'second' } }
const withBoth = { ...withTeacher, roles: { ...withTeacher.roles, judge: 'second' } }

test('names each step in the way in turn, the first one first', () => {
  const history = historyOf({ add: withModel, teacher: withTeacher, judge: withBoth })
  expect(named(history, 'add')).toEqual(['teacher', 'undo'])
  const withJudge = { ...withBoth, roles: { ...withBoth.roles, teacher: 'sandbox' } }
  const rest = undone(history, 'teacher', { before: withBoth, after: withJudge })
  expect(named(rest, 'add')).toEqual(['judge', 'undo'])
  expect(named(undone(rest, 'judge', { before: withJudge, after: withModel }), 'add')).toBeUndefined()
})

test('names a step that was undone as one to redo', () => {
  // Its own name was typed once more by another tab, so that nothing but the undoing stands in the way.
  const renamed = { ...withModel, models: [start.models[0]!, { ...model, label: 'Other' }] }
  const history = historyOf({ label: renamed, later: { ...renamed, models: [start.models[0]!, { ...model, label: 'Third' }] } })
  const back = undone(history, 'later', { before: renamed, after: { ...renamed, models: [start.models[0]!, { ...model, label: 'X' }] } })
  expect(named(back, 'label')).toEqual(['later', 'redo'])
})

test('never names a step that came before, or one that nobody can reach', () => {
  const again = { ...start, name: 'b' }
  const history = historyOf({ first: { ...start, name: 'a' }, second: again, third: { ...start, name: 'c' } })
  expect(named(history, 'third')).toBeUndefined()
  // Another tab went back to the name that the first step had changed: the first step is still no advice for the one after it.
  const called = (name: string): Project => ({ ...start, name })
  let restored = historyOf({ one: called('b') })
  restored = recordEntry(restored, {
    id: 'two',
    label: 'two',
    places: ['everywhere'],
    at: 0,
    change: { kind: 'document', before: called(start.name), after: called('d') },
  })
  expect(named(restored, 'two')).toBeUndefined()
  expect(named(history, 'second')).toEqual(['third', 'undo'])
  expect(named(history, 'second', id => id !== 'third')).toBeUndefined()
  // To take the third one back would not help while the second one stays.
  expect(named(history, 'first', id => id !== 'second')).toBeUndefined()
})

import { beforeEach, describe, expect, it } from 'vitest'
import { ensembleOf, ensembleState } from '@/engine/graph/ensemble'
import type { ProgramState } from '@/engine/program/program'
import { twoSteps } from '@/testing/toy-programs'
import { toyProject } from '@/testing/toy-project'
import { currentProject, projectStore, setStoreClock, showProject, undo } from '../project-store'
import { copyNodes, duplicateNodes, pasteNodes } from './graph-edits'
import { addModel, removeModel } from './project-edits'
import { keepMember, restoreVersion, setNearest, setPredictorsLm, setReduce } from './state-edits'

const member = (name: string): ProgramState => ({
  extract: { instructions: `Find, ${name}.`, demos: [{ text: name, keyword: name }] },
  classify: { instructions: `Sort, ${name}.`, demos: [], lm: 'sandbox' },
})
const members = ['one', 'two', 'three'].map(member)
const [one, two] = members
if (!one || !two) throw new Error('three members')
const together = ensembleState(one, members, 'majority')
const pool = ['zorp', 'blin', 'quax', 'mofi'].map(text => ({ text, keyword: text }))
const picking: ProgramState = { ...one, extract: { instructions: 'Find.', demos: pool, nearest: { k: 2, embedder: 'words' } } }

const show = (state: ProgramState) => showProject({ ...toyProject(), graph: twoSteps().graph, state })
const state = () => currentProject().state

let time = 0
beforeEach(() => setStoreClock(() => (time += 10_000)))

describe('the nearest demos', () => {
  it('can be more, fewer or all, and undo knows each step; the pool stays', () => {
    show(picking)
    setNearest('extract', 3)
    expect(state()['extract']).toMatchObject({ demos: pool, nearest: { k: 3, embedder: 'words' } })
    setNearest('extract', undefined)
    expect(state()['extract']).toEqual({ instructions: 'Find.', demos: pool })
    undo()
    undo()
    expect(state()).toEqual(picking)
    setNearest('classify', 1)
    expect(state()['classify']).toMatchObject({ nearest: { k: 1 } })
  })

  it('are found by words once their embedding model is gone', () => {
    show(picking)
    const [model] = currentProject().models
    if (!model) throw new Error('a model')
    addModel({ ...model, id: 'words' })
    removeModel('words')
    expect(state()['extract']?.nearest).toEqual({ k: 2 })
  })
})

describe('an ensemble', () => {
  it('becomes the member that is kept, whole and plain, in one step that undo takes back', () => {
    show(together)
    keepMember(1)
    expect(state()).toEqual(two)
    expect(projectStore.getState().undoLabel).toBe('Keep one member')
    undo()
    expect(ensembleOf(state())).toEqual({ reduce: 'majority', members })
    keepMember(7)
    expect(state()).toEqual(together)
  })

  it('joins answers in another way, the same in every step', () => {
    show(together)
    setReduce('median')
    expect(ensembleOf(state())?.reduce).toBe('median')
    expect(new Set(Object.values(state()).map(({ ensemble }) => ensemble?.reduce))).toEqual(new Set(['median']))
  })

  it('asks the model that a step is given with every member', () => {
    show(together)
    setPredictorsLm(['extract'], 'sandbox')
    expect(ensembleOf(state())?.members.map(each => each['extract']?.lm)).toEqual(['sandbox', 'sandbox', 'sandbox'])
    setPredictorsLm(['extract'], undefined)
    expect(state()).toEqual(together)
  })

  it('is no more once a version is restored that was made before a step was added', () => {
    show(together)
    restoreVersion({
      id: 'v',
      projectId: 'project_toy',
      number: 1,
      at: 0,
      note: '',
      state: { extract: { instructions: 'Old.', demos: [] } },
    })
    expect(ensembleOf(state())).toBeUndefined()
    expect(state()['extract']).toEqual({ instructions: 'Old.', demos: [] })
    expect(state()['classify']).toEqual(one['classify'])
  })

  it('takes copies of its own steps in, and stays outside of another program', () => {
    show(together)
    const [copy] = duplicateNodes(['classify'])
    expect(state()[copy ?? '']).toEqual(together['classify'])
    const text = copyNodes(['classify'])
    show(one)
    const pasted = pasteNodes(text)
    expect(Array.isArray(pasted) && state()[String(pasted[0])]).toEqual(one['classify'])
  })

  it('comes back with the version it was', () => {
    show(one)
    restoreVersion({ id: 'v', projectId: 'project_toy', number: 1, at: 0, note: '', state: together })
    expect(state()).toEqual(together)
  })
})

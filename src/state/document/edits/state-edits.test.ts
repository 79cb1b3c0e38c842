import { beforeEach, describe, expect, it } from 'vitest'
import type { ProgramState, Program } from '@/engine/program/program'
import { checkGraph } from '@/engine/graph/check'
import { openPredictors } from '@/engine/graph/locks'
import { voteProgram } from '@/engine/modules/vote-program'
import { canonicalJson } from '@/lib/canonical-json'
import { twoSteps } from '@/testing/toy-programs'
import { toyProject } from '@/testing/toy-project'
import { currentProject, setStoreClock, showProject } from '../project-store'
import { nextStep, undo } from '../undo'
import { copyBody, keepBody, removeBody, renameBody } from './body-edits'
import { copyNodes, duplicateNodes, removeItems } from './graph-edits'
import { pasteNodes } from './paste-nodes'
import { addModel, removeModel } from './project-edits'
import { setLock, setNearest, setPredictorsLm } from './state-edits'

const member = (name: string): ProgramState => ({
  extract: { instructions: `Find, ${name}.`, demos: [{ text: name, keyword: name }] },
  classify: { instructions: `Sort, ${name}.`, demos: [], lm: 'sandbox' },
})
const members = ['one', 'two', 'three'].map(member)
const [one, two] = members
if (!one || !two) throw new Error('three members')
const together = voteProgram(twoSteps().graph, members, 'majority')
const pool = ['zorp', 'blin', 'quax', 'mofi'].map(text => ({ text, keyword: text }))
const picking: ProgramState = { ...one, extract: { instructions: 'Find.', demos: pool, nearest: { k: 2, embedder: 'words' } } }

const show = (state: ProgramState) => showProject({ ...toyProject(), graph: twoSteps().graph, state })
const showProgram = (own: Program) => showProject({ ...toyProject(), ...own })
const state = () => currentProject().state
const program = (): Program => ({ graph: currentProject().graph, state: state() })

let time = 0
beforeEach(() => setStoreClock(() => (time += 10_000)))

describe('the nearest demos', () => {
  it('can be more, fewer or all, and undo knows each step; the pool stays', () => {
    show(picking)
    setNearest('extract', 3)
    expect(state()['extract']).toMatchObject({ demos: pool, nearest: { k: 3, embedder: 'words' } })
    setNearest('extract', undefined)
    expect(state()['extract']).toEqual({ instructions: 'Find.', demos: pool })
    void undo()
    void undo()
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

describe('a vote', () => {
  it('becomes the program that is kept, as it was outside, in one step that undo takes back', () => {
    showProgram(together)
    keepBody('vote', 'm2')
    expect(currentProject().state).toEqual(two)
    expect(canonicalJson(currentProject().graph)).toBe(canonicalJson(twoSteps().graph))
    expect(nextStep('undo')).toBe('Keep one program')
    void undo()
    expect(program()).toEqual(together)
    keepBody('vote', 'm7')
    expect(program()).toEqual(together)
  })

  it('gets a program more, a copy with what it has learned, and loses one with all that is kept of it', () => {
    showProgram(together)
    expect(copyBody('vote', 'm2')).toBe('b4')
    expect(currentProject().state['vote/b4/extract']).toEqual(two['extract'])
    expect(renameBody('vote', 'b4', 'Program 1')).toMatchObject({ ok: false })
    expect(renameBody('vote', 'b4', 'The last')).toEqual({ ok: true })
    removeBody('vote', 'm1')
    const [, vote] = currentProject().graph.nodes
    expect(vote).toMatchObject({ bodies: [{ name: 'Program 2' }, { name: 'Program 3' }, { id: 'b4', name: 'The last' }] })
    expect(Object.keys(currentProject().state).some(id => id.startsWith('vote/m1/'))).toBe(false)
    expect(checkGraph(currentProject().graph)).toEqual([])
  })

  it('is copied whole, and pasted elsewhere with what its programs have learned', () => {
    showProgram(together)
    const [copy = ''] = duplicateNodes(['vote'])
    expect(currentProject().state[`${copy}/m2/extract`]).toEqual(two['extract'])
    const text = copyNodes(['vote'])
    show(one)
    const pasted = pasteNodes(text)
    expect(Array.isArray(pasted) && state()[`${pasted[0]}/m3/extract`]?.instructions).toBe('Find, three.')
    removeItems(Array.isArray(pasted) ? pasted : [])
    expect(state()).toEqual(one)
  })

  it('takes no model with it that is gone', () => {
    showProgram(together)
    addModel({ ...currentProject().models[0]!, id: 'other' })
    setPredictorsLm(['vote/m1/extract'], 'other')
    expect(state()['vote/m1/extract']?.lm).toBe('other')
    removeModel('other')
    expect(program()).toEqual(together)
  })

  it('is locked as a whole, and unlocked with all that was locked within', () => {
    showProgram(together)
    const open = () => openPredictors(currentProject().graph, 'demos').length
    setLock('vote', 'demos', true)
    expect(open()).toBe(0)
    setLock('vote', 'demos', false)
    expect(open()).toBe(6)
    expect(program()).toEqual(together)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import type { ProgramNode } from '@/engine/program/program'
import { blankProject } from '../blank-project'
import { currentProject, setStoreClock, showProject } from '../project-store'
import { undo } from '../undo'
import { addNode, connect, connectNewField, duplicateNodes } from './graph-edits'
import { addField, removeField, setTemplateText, updateField } from './node-edits'

let time = 0
beforeEach(() => {
  time = 0
  setStoreClock(() => (time += 10_000))
  showProject(blankProject('project_1', 'Test', 0))
})

const at = { x: 0, y: 0 }
const nodeOf = (id: string): ProgramNode => currentProject().graph.nodes.find(node => node.id === id)!
const inputsOf = (id: string): string[] => nodeOf(id).fields.flatMap(({ name, role }) => (role === 'input' ? [name] : []))
const idOf = (id: string, name: string): string => nodeOf(id).fields.find(field => field.name === name)!.id
const textOf = (id: string): unknown => (nodeOf(id) as { moduleParams?: { text?: unknown } }).moduleParams?.text

describe('the inputs of a template', () => {
  it('come with the names typed into its text, and go with them', () => {
    const id = addNode('template', at)
    expect([inputsOf(id), textOf(id)]).toEqual([['question'], '{question}'])
    setTemplateText(id, '{question} by {name}, {{not}} {name}')
    expect(inputsOf(id)).toEqual(['question', 'name'])
    setTemplateText(id, 'only {name}')
    expect(inputsOf(id)).toEqual(['name'])
    void undo()
    expect([inputsOf(id), textOf(id)]).toEqual([['question', 'name'], '{question} by {name}, {{not}} {name}'])
  })

  it('keep their wires while a name is typed over', () => {
    const input = addNode('input', at)
    const id = addNode('template', at)
    expect(connect({ node: input, field: idOf(input, 'text') }, { node: id, field: idOf(id, 'question') })).toEqual({ ok: true })
    for (const text of ['{questio', '{}', '{', '{t}', '{to}', '{topic}']) setTemplateText(id, text)
    expect(inputsOf(id)).toEqual(['topic'])
    expect(currentProject().graph.edges).toHaveLength(1)
  })

  it('are followed by the text when they are renamed, added or fed by a wire', () => {
    const input = addNode('input', at)
    const id = addNode('template', at)
    updateField(id, idOf(id, 'question'), { name: 'topic' })
    expect(textOf(id)).toBe('{topic}')
    addField(id, 'input', { name: 'more' })
    expect(textOf(id)).toBe('{topic}\n{more}')
    expect(connectNewField(id, { node: input, field: idOf(input, 'text'), side: 'from' })).toEqual({ ok: true })
    expect([inputsOf(id), textOf(id)]).toEqual([['topic', 'more', 'text_2'], '{topic}\n{more}\n{text_2}'])
    removeField(id, idOf(id, 'more'))
    expect(textOf(id)).toBe('{topic}\n{more}\n{text_2}')
  })

  it('are copied with the text', () => {
    const id = addNode('template', at)
    const [copy = ''] = duplicateNodes([id])
    setTemplateText(copy, '{other}')
    expect([inputsOf(id), textOf(id), inputsOf(copy)]).toEqual([['question'], '{question}', ['other']])
  })
})

describe('a constant', () => {
  it('takes no wire', () => {
    const input = addNode('input', at)
    const id = addNode('constant', at)
    const verdict = connectNewField(id, { node: input, field: idOf(input, 'text'), side: 'from' })
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringContaining('takes no wires') })
    expect(nodeOf(id).fields).toMatchObject([{ name: 'value', role: 'output', default: '' }])
  })
})

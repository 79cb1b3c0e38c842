import { beforeEach, describe, expect, it } from 'vitest'
import { dspyState } from '@/export/to-dspy-json'
import { readDspyState } from '@/export/from-dspy-json'
import { predictorsOf } from '@/engine/graph/predictors'
import { checkGraph } from '@/engine/graph/check'
import type { Field } from '@/engine/signature/signature'
import { isJsonObject, type Json } from '@/lib/json'
import { blankProject } from '../blank-project'
import { currentProject, setStoreClock, showProject } from '../project-store'
import { addNode, connect } from './graph-edits'
import { addField, moveField, removeField, setSignatureLine, updateField } from './node-edits'
import { setInstructions } from './state-edits'

let step = ''
let time = 0

beforeEach(() => {
  time = 0
  setStoreClock(() => (time += 10_000))
  showProject(blankProject('project_1', 'Test', 0))
  const at = { x: 0, y: 0 }
  const input = addNode('input', at)
  step = addNode('signature', at)
  const output = addNode('output', at)
  setSignatureLine(step, 'question, context -> answer, score: int')
  for (const name of ['question', 'context']) connect({ node: input, field: own(input, name) }, { node: step, field: idOf(name) })
  connect({ node: step, field: idOf('answer') }, { node: output, field: own(output, 'answer') })
})

/** What DSPy does with a signature class, done to the signature of a step: an edit never changes the project that was there before it. */
describe('a signature is changed as DSPy changes one (spec 1.6)', () => {
  it('with_instructions and append_instructions: the fields stay', () => {
    const before = currentProject()
    setInstructions(step, 'Answer briefly.')
    expect([instructions(), names()]).toEqual(['Answer briefly.', ['question', 'context', 'answer', 'score']])
    setInstructions(step, `${instructions()}\n\nName the source.`)
    expect(instructions()).toBe('Answer briefly.\n\nName the source.')
    expect(before.state[step]?.instructions).not.toContain('briefly')
  })

  it('with_updated_fields: what is given is merged, the new value wins, the rest stays', () => {
    const before = field('answer')
    updateField(step, before.id, { desc: 'in a word', constraints: { maxLength: 5 } })
    updateField(step, before.id, { desc: 'in two words' })
    expect(field('answer')).toEqual({ ...before, desc: 'in two words', constraints: { maxLength: 5 } })
    updateField(step, before.id, { type: { kind: 'bool' } })
    expect(field('answer')).toMatchObject({ type: { kind: 'bool' }, desc: 'in two words', constraints: { maxLength: 5 } })
    expect(before.desc).toBe('')
  })

  it.each<[string, Field['role'], number, string[]]>([
    ['append of an input', 'input', 2, ['question', 'context', 'new', 'answer', 'score']],
    ['append of an output', 'output', 2, ['question', 'context', 'answer', 'score', 'new']],
    ['prepend of an input', 'input', 0, ['new', 'question', 'context', 'answer', 'score']],
    ['prepend of an output', 'output', 0, ['question', 'context', 'new', 'answer', 'score']],
    ['insert among the inputs', 'input', 1, ['question', 'new', 'context', 'answer', 'score']],
    ['insert among the outputs', 'output', 1, ['question', 'context', 'answer', 'new', 'score']],
  ])('%s: within the fields of its own side', (_op, role, index, order) => {
    const id = addField(step, role, { name: 'new' })
    expect(field('new').type).toEqual({ kind: 'str' })
    moveField(step, id, index)
    expect(names()).toEqual(order)
  })

  it('insert beyond the end: the field is the last of its side, where DSPy throws', () => {
    moveField(step, idOf('question'), 9)
    expect(names()).toEqual(['context', 'question', 'answer', 'score'])
  })

  it('delete: the field and its wires go; one that is not there is no error', () => {
    removeField(step, idOf('context'))
    expect(names()).toEqual(['question', 'answer', 'score'])
    const after = currentProject()
    removeField(step, 'never')
    expect(currentProject().graph).toEqual(after.graph)
  })

  it('the default sentence stays a sentence about the fields, where DSPy keeps the one it began with', () => {
    expect(instructions()).toBe('From `question`, `context`, work out `answer`, `score`.')
    addField(step, 'output', { name: 'why' })
    expect(instructions()).toContain('`why`')
    setInstructions(step, 'Mine.')
    removeField(step, idOf('why'))
    expect(instructions()).toBe('Mine.')
  })

  it('dump_state: instructions, prefixes and descriptions by their place, no names and no types', () => {
    setInstructions(step, 'Answer.')
    updateField(step, idOf('context'), { desc: 'what is known', prefix: 'Facts:' })
    removeField(step, idOf('score'))
    expect(dumped()).toEqual({
      instructions: 'Answer.',
      fields: [
        { prefix: 'Question:', description: '${question}' },
        { prefix: 'Facts:', description: 'what is known' },
        { prefix: 'Answer:', description: '${answer}' },
      ],
    })
  })

  it('load_state: instructions and descriptions are taken over by their place, names and types stay', () => {
    removeField(step, idOf('score'))
    const { graph, state, models } = currentProject()
    const file = JSON.parse(JSON.stringify(dspyState({ graph, state }))) as Record<string, unknown>
    const changed = JSON.stringify(file).replaceAll('${answer}', 'in a word').replaceAll(String(instructions()), 'Loaded.')
    const read = readDspyState(JSON.parse(changed) as Json, { graph, state, models })
    const loaded = read.graph.nodes.find(({ id }) => id === step)?.fields
    expect(read.state[step]?.instructions).toBe('Loaded.')
    expect(loaded?.map(({ name, desc }) => [name, desc])).toEqual([
      ['question', ''],
      ['context', ''],
      ['answer', 'in a word'],
    ])
    expect(loaded?.at(-1)?.type).toEqual({ kind: 'str' })
  })

  it('a changed signature is asked as it is now', () => {
    removeField(step, idOf('context'))
    setSignatureLine(step, 'question -> answer: bool')
    const { graph, state } = currentProject()
    expect(checkGraph(graph).filter(({ severity }) => severity === 'error')).toEqual([])
    const [predictor] = predictorsOf(graph)
    expect(predictor?.signature(state).fields.map(({ name, type }) => [name, type.kind])).toEqual([
      ['question', 'str'],
      ['answer', 'bool'],
    ])
  })
})

function fields(): readonly Field[] {
  return currentProject().graph.nodes.find(({ id }) => id === step)?.fields ?? []
}

function names(): readonly string[] {
  return fields().map(({ name }) => name)
}

function field(name: string): Field {
  const found = fields().find(one => one.name === name)
  if (found === undefined) throw new Error(`no field ${name}`)
  return found
}

function idOf(name: string): string {
  return field(name).id
}

function own(node: string, name: string): string {
  const end = currentProject().graph.nodes.find(({ id }) => id === node)
  const given = end?.fields.find(each => each.name === name)
  return given?.id ?? addField(node, end?.kind === 'output' ? 'input' : 'output', { name })
}

function instructions(): string | undefined {
  return currentProject().state[step]?.instructions
}

function dumped(): unknown {
  const { graph, state } = currentProject()
  const entries = Object.values(dspyState({ graph, state })).filter(isJsonObject)
  return entries.find(entry => isJsonObject(entry['signature']))?.['signature']
}

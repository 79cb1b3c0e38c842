import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { inputFields, outputFields } from '@/engine/graph/ports'
import { predictorsOf } from '@/engine/graph/predictors'
import type { ProgramGraph } from '@/engine/program/program'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import { blankProject } from '../blank-project'
import { bodiesOf, bodyPath } from '@/engine/program/bodies'
import { leaveBody, openBody, shownProject, wholePath } from '../shown-program'
import { currentProject, edit, setStoreClock, showProject } from '../project-store'
import { hasStep, nextStep, redo, undo } from '../undo'
import { copyBody, keepBody, removeBody } from './body-edits'
import { sessionStore } from '../../session/session-store'
import {
  addNode,
  autoLayout,
  connect,
  connectNew,
  connectNewField,
  copyNodes,
  duplicateNodes,
  moveNodes,
  reconnect,
  removeItems,
  renameNode,
} from './graph-edits'
import { writeNodesText } from './clip-draft'
import { readNodesText } from './clipboard'
import { pasteNodes } from './paste-nodes'
import { layoutGraph } from './layout'
import { addField, moveField, removeField, setCodeSource, setModule, setNodeAdapter, setSignatureLine, updateField } from './node-edits'
import { setDemos, setInstructions, setLock } from './state-edits'
import { addModel, setAdapter, duplicateModel, removeModel, renameProject, setMetric, setRole, stepsPickingBy } from './project-edits'

let time = 0
const at = { x: 10, y: 20 }

beforeEach(() => {
  time = 0
  setStoreClock(() => time)
  showProject(blankProject('project_1', 'Test', 0))
})

/** Input → Signature → Output, wired. */
function smallProgram() {
  const input = addNode('input', at)
  const step = addNode('signature', at)
  const output = addNode('output', at)
  time += 10_000
  setSignatureLine(step, 'text -> answer')
  time += 10_000
  expect(connect(end(input, 'text'), end(step, 'text'))).toEqual({ ok: true })
  expect(connect(end(step, 'answer'), end(output, 'answer'))).toEqual({ ok: true })
  return { input, step, output }
}

function nodeOf(id: string) {
  const node = currentProject().graph.nodes.find(each => each.id === id)
  if (node === undefined) throw new Error(`no node ${id}`)
  return node
}

function end(id: string, name: string) {
  const node = nodeOf(id)
  const field = [...inputFields(node), ...outputFields(node)].find(each => each.name === name)
  if (field === undefined) throw new Error(`no field ${name} on ${node.name}`)
  return { node: id, field: field.id }
}

function pasteOf(text: string) {
  const clip = readNodesText(text)
  if ('reason' in clip) throw new Error(clip.reason)
  return clip.nodes
}

function names() {
  return currentProject().graph.nodes.map(node => node.name)
}

/** What must hold after any edit. */
function expectSound() {
  const { graph, state, layout } = currentProject()
  expectSoundGraph(graph)
  expect(Object.keys(layout).sort()).toEqual(pathsOf(graph).sort())
  expect(Object.keys(state).sort()).toEqual(
    predictorsOf(graph)
      .map(predictor => predictor.id)
      .sort(),
  )
}

function expectSoundGraph(graph: ProgramGraph) {
  const outs = new Set(graph.nodes.flatMap(node => outputFields(node).map(field => `${node.id} ${field.id}`)))
  const ins = new Set(graph.nodes.flatMap(node => inputFields(node).map(field => `${node.id} ${field.id}`)))
  for (const edge of graph.edges) {
    expect(outs.has(`${edge.from.node} ${edge.from.field}`)).toBe(true)
    expect(ins.has(`${edge.to.node} ${edge.to.field}`)).toBe(true)
  }
  const targets = graph.edges.map(edge => `${edge.to.node} ${edge.to.field}`)
  expect(new Set(targets).size).toBe(targets.length)
  const lower = graph.nodes.map(node => node.name.toLowerCase())
  expect(new Set(lower).size).toBe(lower.length)
  for (const { fields } of graph.nodes) expect(new Set(fields.map(field => field.id)).size).toBe(fields.length)
  for (const node of graph.nodes) for (const body of bodiesOf(node)) expectSoundGraph(body.graph)
}

function pathsOf(graph: ProgramGraph, start = ''): string[] {
  return graph.nodes.flatMap(node => [
    start + node.id,
    ...bodiesOf(node).flatMap(body => pathsOf(body.graph, `${bodyPath(start + node.id, body.id)}/`)),
  ])
}

describe('nodes', () => {
  test('a new node has fields, a free name, a place and the state of its predictors', () => {
    addNode('signature', { x: 1.4, y: 2.6 }, { name: 'classify' })
    const second = addNode('signature', at, { name: 'classify' })
    addNode('signature', at, { name: 'Classify' })
    expect(names()).toEqual(['classify', 'classify_2', 'Classify_3'])
    expect(currentProject().layout[currentProject().graph.nodes[0]?.id ?? '']).toEqual({ x: 1, y: 3 })
    expect(currentProject().state[second]).toEqual({ instructions: defaultInstructions(nodeOf(second).fields), demos: [] })
    expect(sessionStore.getState().selectedNodes).toHaveLength(1)
    expectSound()
  })

  test('removing a node takes its wires, state, place and mapping along', () => {
    const { step } = smallProgram()
    removeItems([step])
    const project = currentProject()
    expect(project.graph.edges).toEqual([])
    expect(project.state[step]).toBeUndefined()
    expect(project.layout[step]).toBeUndefined()
    expectSound()
  })

  test('rename keeps wires and refuses what is taken or empty', () => {
    const { step } = smallProgram()
    const edges = currentProject().graph.edges
    expect(renameNode(step, ' Sort tickets ')).toEqual({ ok: true })
    expect(nodeOf(step).name).toBe('Sort tickets')
    expect(renameNode(step, 'INPUT')).toEqual({ ok: false, reason: 'Another node is called "input" already.' })
    expect(renameNode(step, '  ').ok).toBe(false)
    expect(currentProject().graph.edges).toBe(edges)
  })

  test('duplicates bring the wires among them, and none to the rest', () => {
    const { step, output } = smallProgram()
    setInstructions(step, 'Be brief.')
    const copies = duplicateNodes([step, output])
    expect(copies).toHaveLength(2)
    expect(currentProject().graph.edges).toHaveLength(3)
    expect(currentProject().state[copies[0] ?? '']?.instructions).toBe('Be brief.')
    expect(sessionStore.getState().selectedNodes).toEqual(copies)
    expectSound()
  })

  test('an adapter is chosen for the program or a step, copied along, and one step to undo', () => {
    const { step } = smallProgram()
    const before = currentProject()
    setAdapter('xml')
    expect(currentProject().graph.adapter).toBe('xml')
    setNodeAdapter(step, 'json')
    const [copy] = duplicateNodes([step])
    expect(nodeOf(copy ?? '')).toMatchObject({ adapter: 'json' })
    const [pasted] = pasteOf(writeNodesText(currentProject(), [step]))
    expect(pasted).toMatchObject({ adapter: 'json' })
    setNodeAdapter(step, undefined)
    expect(nodeOf(step)).not.toHaveProperty('adapter')
    setAdapter('chat')
    // The program without a choice is the one it was before, hash included.
    expect(currentProject().graph).not.toHaveProperty('adapter')
    for (let steps = 0; steps < 5; steps++) void undo()
    expect(currentProject().graph).toEqual(before.graph)
    void redo()
    expect(currentProject().graph.adapter).toBe('xml')
  })

  test('auto layout reads from left to right and is one step', () => {
    const { input, step, output } = smallProgram()
    const before = currentProject()
    autoLayout(layoutGraph)
    const { layout } = currentProject()
    expect(layout[input]?.x).toBeLessThan(layout[step]?.x ?? 0)
    expect(layout[step]?.x).toBeLessThan(layout[output]?.x ?? 0)
    void undo()
    expect(currentProject()).toEqual(before)
  })

  test('nudges of the same nodes merge; moving others does not', () => {
    const { step, input } = smallProgram()
    const before = currentProject()
    time += 10_000
    moveNodes({ [step]: { x: 1, y: 0 } })
    moveNodes({ [step]: { x: 2, y: 0 } })
    const afterNudges = currentProject()
    moveNodes({ [input]: { x: 5, y: 5 } })
    void undo()
    expect(currentProject()).toEqual(afterNudges)
    void undo()
    expect(currentProject()).toEqual(before)
  })
})

describe('wires', () => {
  test('an illegal wire says why and changes nothing', () => {
    const { input, step, output } = smallProgram()
    const before = currentProject()
    expect(connect(end(input, 'text'), end(output, 'answer')).ok).toBe(false)
    expect(connect(end(step, 'answer'), end(step, 'text')).ok).toBe(false)
    expect(currentProject()).toBe(before)
  })

  test('a wire can be moved to another end', () => {
    const { step, output } = smallProgram()
    const edge = currentProject().graph.edges.find(each => each.to.node === output)
    addField(output, 'input', { name: 'copy' })
    expect(reconnect(edge?.id ?? '', end(step, 'answer'), end(output, 'copy'))).toEqual({ ok: true })
    expect(currentProject().graph.edges.filter(each => each.to.node === output)).toEqual([
      { id: edge?.id, from: end(step, 'answer'), to: end(output, 'copy') },
    ])
  })

  test('a wire dropped on empty canvas makes a node with a field of its name and type', () => {
    const { step } = smallProgram()
    updateField(step, end(step, 'answer').field, { type: { kind: 'enum', values: ['a', 'b'] } })
    const next = connectNew('signature', at, { ...end(step, 'answer'), side: 'from' })
    expect(nodeOf(next).fields).toMatchObject([
      { name: 'answer', role: 'input', type: { kind: 'enum', values: ['a', 'b'] } },
      { name: 'answer_2', role: 'output' },
    ])
    expect(currentProject().graph.edges.at(-1)).toMatchObject({ from: end(step, 'answer'), to: { node: next } })
    expectSound()
  })

  test('a wire pulled backwards makes a node that feeds it', () => {
    const step = addNode('signature', at)
    const source = connectNew('input', at, { ...end(step, 'question'), side: 'to' })
    expect(nodeOf(source).fields).toMatchObject([{ name: 'question', role: 'output' }])
    expect(currentProject().graph.edges).toMatchObject([{ from: { node: source }, to: end(step, 'question') }])
  })

  test('a second Output becomes a field of the first', () => {
    const { step, output } = smallProgram()
    expect(connectNew('output', at, { ...end(step, 'answer'), side: 'from' })).toBe(output)
    expect(nodeOf(output).fields.map(field => field.name)).toEqual(['answer', 'answer_2'])
    expectSound()
  })

  test('a wire dropped on a node adds a field there, unless it would close a circle', () => {
    const { step, output, input } = smallProgram()
    expect(connectNewField(output, { ...end(input, 'text'), side: 'from' })).toEqual({ ok: true })
    expect(nodeOf(output).fields.map(field => field.name)).toEqual(['answer', 'text'])
    const second = connectNew('signature', at, { ...end(step, 'answer'), side: 'from' })
    const before = currentProject()
    expect(connectNewField(step, { ...end(second, 'answer_2'), side: 'from' }).ok).toBe(false)
    expect(currentProject()).toEqual(before)
  })

  test('a field that a module added takes its wires along when the module goes', () => {
    const { step, output } = smallProgram()
    setModule(step, 'chain-of-thought')
    addField(output, 'input', { name: 'why' })
    expect(connect(end(step, 'reasoning'), end(output, 'why'))).toEqual({ ok: true })
    setModule(step, 'predict')
    expect(currentProject().graph.edges).toHaveLength(2)
    expectSound()
  })
})

describe('fields', () => {
  test('a renamed field keeps its wires, and demos, metric and default instructions follow', () => {
    const { step, output } = smallProgram()
    setDemos(step, [{ text: 'hi', answer: 'x', augmented: true }])
    setMetric({ kind: 'weighted-sum', params: { parts: [{ weight: 1, metric: { kind: 'exact-match', params: { field: 'answer' } } }] } })
    const edges = currentProject().graph.edges
    updateField(step, end(step, 'answer').field, { name: 'label' })
    updateField(output, end(output, 'answer').field, { name: 'category' })
    const project = currentProject()
    expect(project.graph.edges).toEqual(edges)
    expect(project.state[step]?.demos).toEqual([{ text: 'hi', label: 'x', augmented: true }])
    expect(project.state[step]?.instructions).toBe(defaultInstructions(nodeOf(step).fields))
    expect(JSON.stringify(project.metric)).toContain('"field":"category"')
  })

  test('instructions of the user stay when fields change', () => {
    const { step } = smallProgram()
    setInstructions(step, 'Mine.')
    addField(step, 'output', { name: 'extra' })
    expect(currentProject().state[step]?.instructions).toBe('Mine.')
  })

  test('fields move within their side only', () => {
    const { step } = smallProgram()
    const second = addField(step, 'input', { name: 'context' })
    moveField(step, second, 0)
    expect(nodeOf(step).fields.map(field => field.name)).toEqual(['context', 'text', 'answer'])
    moveField(step, second, 9)
    expect(nodeOf(step).fields.map(field => field.name)).toEqual(['text', 'context', 'answer'])
  })

  test('removing a field removes its wire', () => {
    const { step } = smallProgram()
    removeField(step, end(step, 'answer').field)
    expect(currentProject().graph.edges).toHaveLength(1)
    expectSound()
  })
})

describe('signature line', () => {
  test('keeps ids of fields whose names stay, so wires survive', () => {
    const { step } = smallProgram()
    const edges = currentProject().graph.edges
    const text = end(step, 'text').field
    expect(setSignatureLine(step, "context: list[str], text -> answer: Literal['a', 'b'], why: str")).toEqual({ ok: true })
    expect(nodeOf(step).fields.map(field => field.name)).toEqual(['context', 'text', 'answer', 'why'])
    expect(end(step, 'text').field).toBe(text)
    expect(currentProject().graph.edges).toEqual(edges)
  })

  test('one changed name on a side is a rename', () => {
    const { step } = smallProgram()
    const edges = currentProject().graph.edges
    setSignatureLine(step, 'ticket -> answer')
    expect(currentProject().graph.edges).toEqual(edges)
    setSignatureLine(step, 'a, b -> answer')
    expect(currentProject().graph.edges).toHaveLength(1)
  })

  test('a line that cannot be read says where and changes nothing', () => {
    const { step } = smallProgram()
    const before = currentProject()
    const verdict = setSignatureLine(step, 'text -> answer: list[')
    expect(verdict).toMatchObject({ ok: false, position: expect.any(Number) })
    expect(currentProject()).toBe(before)
  })
})

describe('clipboard', () => {
  test('nodes travel as text to another project, with new ids and free names', () => {
    const { step, output } = smallProgram()
    setInstructions(step, 'Sort.')
    const text = copyNodes([step, output])
    showProject(blankProject('project_2', 'Other', 0))
    addNode('output', at)
    const pasted = pasteNodes(text, { x: 100, y: 100 })
    expect(pasted).toHaveLength(2)
    expect(names()).toEqual(['output', 'predict', 'output_2'])
    expect(currentProject().graph.edges).toHaveLength(1)
    expect(Object.values(currentProject().state)).toMatchObject([{ instructions: 'Sort.' }])
    expectSound()
  })

  test('a model that the other project lacks is not pasted', () => {
    const { step } = smallProgram()
    const text = copyNodes([step]).replace('"demos": []', '"demos": [], "lm": "gone"')
    pasteNodes(text)
    expect(JSON.stringify(currentProject().state)).not.toContain('gone')
  })

  test('a signature line becomes a node', () => {
    const pasted = pasteNodes('question -> answer: float')
    expect(pasted).toHaveLength(1)
    expect(currentProject().graph.nodes[0]?.fields.map(field => field.name)).toEqual(['question', 'answer'])
  })

  test.each(['', 'hello world', '{', '{"a": 1}', '{"nodes": [{"kind": "magic"}], "edges": []}', '[1]', '{"nodes": [], "edges": []}'])(
    'says why %j cannot be pasted',
    text => {
      const before = currentProject()
      expect(pasteNodes(text)).toMatchObject({ reason: expect.stringMatching(/\.$|JSON/) })
      expect(currentProject()).toBe(before)
    },
  )
})

describe('project', () => {
  test('the last model cannot be removed', () => {
    expect(removeModel('sandbox').ok).toBe(false)
  })

  const remote = {
    id: 'remote',
    label: 'Remote',
    provider: 'openai-compatible',
    model: 'm-1',
    baseUrl: 'http://a/v1',
    settings: {},
  } as const

  test('a copy of a model stands behind it, and is set up by itself', () => {
    addModel({ ...remote, settings: { temperature: 0.5 }, price: { input: 1, output: 2 } })
    const copy = duplicateModel('remote')
    duplicateModel(copy?.id ?? '')
    const { models } = currentProject()
    expect(models.map(({ label }) => label)).toEqual(['Sandbox', 'Remote', 'Remote copy', 'Remote copy 2'])
    expect(new Set(models.map(({ id }) => id)).size).toBe(4)
    expect(copy).toMatchObject({ model: 'm-1', baseUrl: 'http://a/v1', settings: { temperature: 0.5 }, price: { input: 1, output: 2 } })
    expect(duplicateModel('nobody')).toBeUndefined()
  })

  test('a role gives its model back, but for those that every run needs', () => {
    addModel(remote)
    for (const role of ['task', 'prompt', 'teacher', 'reflection', 'judge', 'embedding'] as const) setRole(role, 'remote')
    expect(new Set(Object.values(currentProject().roles))).toEqual(new Set(['remote']))
    for (const role of ['task', 'prompt', 'teacher', 'reflection', 'judge', 'embedding'] as const) setRole(role, undefined)
    expect(currentProject().roles).toEqual({ task: 'remote', prompt: 'remote' })
  })

  test('a model that is removed leaves its roles', () => {
    addModel(remote)
    for (const role of ['task', 'teacher', 'reflection', 'judge', 'embedding'] as const) setRole(role, 'remote')
    expect(removeModel('remote').ok).toBe(true)
    expect(currentProject().roles).toEqual({ task: 'sandbox', prompt: 'sandbox' })
  })

  test('steps that pick demos by the embeddings of a model are known by name', () => {
    const { step } = smallProgram()
    addModel(remote)
    edit('Compile', draft => void (draft.state[step] = { instructions: '', demos: [], nearest: { k: 2, embedder: 'remote' } }))
    expect(stepsPickingBy('remote')).toEqual([nodeOf(step).name])
    expect(stepsPickingBy('sandbox')).toEqual([])
    expect(removeModel('remote').ok).toBe(true)
    expect(currentProject().state[step]?.nearest).toEqual({ k: 2 })
  })

  test('an edit that changes nothing leaves no step', () => {
    renameProject('Test')
    expect(hasStep('undo')).toBe(false)
  })
})

type Step = (pick: (count: number) => number) => void

function anyOf<T>(items: readonly T[], pick: (count: number) => number): T | undefined {
  return items[pick(items.length)]
}

const steps: Record<string, Step> = {
  add: pick => void addNode((['input', 'signature', 'code', 'output', 'vote'] as const)[pick(5)] ?? 'code', { x: pick(900), y: pick(900) }),
  remove: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node !== undefined) removeItems([node.id])
  },
  connect: pick => {
    const { nodes } = shownProject().graph
    const from = anyOf(nodes, pick)
    const to = anyOf(nodes, pick)
    const out = from && anyOf(outputFields(from), pick)
    const into = to && anyOf(inputFields(to), pick)
    if (from && to && out && into) connect({ node: from.id, field: out.id }, { node: to.id, field: into.id })
  },
  connectNew: pick => {
    const from = anyOf(shownProject().graph.nodes, pick)
    const out = from && anyOf(outputFields(from), pick)
    if (from && out)
      connectNew((['signature', 'code', 'output', 'vote'] as const)[pick(4)] ?? 'code', at, { node: from.id, field: out.id, side: 'from' })
  },
  module: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node?.kind === 'signature') setModule(node.id, node.module === 'predict' ? 'chain-of-thought' : 'predict')
  },
  line: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node?.kind === 'signature' || node?.kind === 'vote')
      setSignatureLine(node.id, ['a -> b', 'a, c -> b, d: int', 'question -> answer', 'x: list[str] -> reasoning, y'][pick(4)] ?? '')
  },
  field: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    const field = node && anyOf(node.fields, pick)
    if (node && field)
      [
        () => removeField(node.id, field.id),
        () => updateField(node.id, field.id, { name: `f${pick(5)}` }),
        () => moveField(node.id, field.id, pick(3)),
      ][pick(3)]?.()
  },
  addField: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node) addField(node.id, node.kind === 'input' ? 'output' : node.kind === 'output' ? 'input' : pick(2) === 0 ? 'input' : 'output')
  },
  rename: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node) renameNode(node.id, ['input', 'Step', 'step', 'answer'][pick(4)] ?? '')
  },
  duplicate: pick =>
    void duplicateNodes(
      shownProject()
        .graph.nodes.slice(0, pick(3))
        .map(node => node.id),
    ),
  copyPaste: pick =>
    void pasteNodes(
      copyNodes(
        shownProject()
          .graph.nodes.slice(-pick(3))
          .map(node => node.id),
      ),
    ),
  layout: () => autoLayout(layoutGraph),
  lock: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node !== undefined) setLock(node.id, pick(2) === 0 ? 'instructions' : 'demos', pick(2) === 0)
  },
  code: pick => {
    const node = anyOf(shownProject().graph.nodes, pick)
    if (node?.kind === 'code') setCodeSource(node.id, `return { result: ${pick(9)} }`)
  },
  open: pick => {
    const body = anyBody(pick)
    if (body) openBody(bodyPath(wholePath(body.node), body.id))
  },
  leave: () => void leaveBody(),
  copyBody: pick => {
    const body = anyBody(pick)
    if (body) copyBody(body.node, body.id)
  },
  keepBody: pick => {
    const body = anyBody(pick)
    if (body) keepBody(body.node, body.id)
  },
  removeBody: pick => {
    const body = anyBody(pick)
    if (body) removeBody(body.node, body.id)
  },
}

function anyBody(pick: (count: number) => number): { readonly node: string; readonly id: string } | undefined {
  const all = shownProject().graph.nodes.flatMap(node => bodiesOf(node).map(({ id }) => ({ node: node.id, id })))
  return anyOf(all, pick)
}

describe('locks', () => {
  test('are set and taken off one by one, and undone', () => {
    const { step, input } = smallProgram()
    const before = nodeOf(step)
    setLock(step, 'demos', true)
    setLock(step, 'instructions', true)
    expect(nodeOf(step)).toMatchObject({ locks: { demos: true, instructions: true } })
    expect(nextStep('undo')).toBe('Lock instructions')
    void undo()
    expect(nodeOf(step)).toEqual({ ...before, locks: { demos: true } })
    setLock(step, 'demos', false)
    expect(nodeOf(step)).toEqual(before)
    setLock(input, 'demos', true)
    expect(nodeOf(input)).not.toHaveProperty('locks')
  })

  test('stay with a step that is duplicated', () => {
    const { step } = smallProgram()
    setLock(step, 'demos', true)
    const [copy = ''] = duplicateNodes([step])
    expect(nodeOf(copy)).toMatchObject({ locks: { demos: true } })
  })
})

describe('any sequence of edits', () => {
  test('keeps the program sound; undoing all of it restores the exact document; redoing brings it back', () => {
    const move = fc.tuple(
      fc.constantFrom(...Object.keys(steps)),
      fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
      fc.nat({ max: 2_000 }),
    )
    fc.assert(
      fc.property(fc.array(move, { maxLength: 25 }), moves => {
        const start = blankProject('project_1', 'Test', 0)
        showProject(start)
        openBody(undefined)
        for (const [name, picks, pause] of moves) {
          time += pause
          let used = 0
          steps[name]?.(count => (count === 0 ? 0 : (picks[used++ % picks.length] ?? 0) % count))
          expectSound()
        }
        const reached = currentProject()
        while (hasStep('undo')) void undo()
        expect(currentProject()).toEqual(start)
        while (hasStep('redo')) void redo()
        expect(currentProject()).toEqual(reached)
      }),
      { numRuns: 150 },
    )
  })
})

import { describe, expect, it } from 'vitest'
import { edge, field, inputNode, oneStep, outputNode, signatureNode, twoSteps } from '@/testing/toy-programs'
import type { FieldType } from '../signature/types/field-type'
import { checkGraph } from './check'
import { checkConnection } from './connect'
import { completeState, stateHash } from './default-state'
import { topologicalOrder } from '../program/order'
import { outputFields } from './ports'
import { predictorsOf } from './predictors'
import type { ProgramGraph } from '../program/program'
import { typeMismatch } from '../program/type-compatible'

const graph = twoSteps().graph

describe('order', () => {
  it('depends on nodes, not on the order of edges', () => {
    const ids = topologicalOrder(graph).map(node => node.id)
    expect(ids).toEqual(['in', 'extract', 'classify', 'out'])
    const shuffled = { nodes: [...graph.nodes].reverse(), edges: [...graph.edges].reverse() }
    expect(topologicalOrder(shuffled).map(node => node.id)).toEqual(ids)
  })
})

describe('predictors', () => {
  it('carry the names that DSPy saves them under', () => {
    expect(predictorsOf(graph).map(({ id, dspyName }) => [id, dspyName])).toEqual([
      ['extract', 'extract'],
      ['classify', 'classify.predict'],
    ])
  })

  it('become Python identifiers, each its own', () => {
    const twins = { nodes: [signatureNode('a', 'My step', []), signatureNode('b', 'my_step', [])], edges: [] }
    expect(predictorsOf(twins).map(({ dspyName }) => dspyName)).toEqual(['my_step', 'my_step_2'])
  })

  it('prompt a ChainOfThought for its reasoning first, with the written instructions', () => {
    const { signature } = predictorsOf(graph)[1] ?? { signature: () => undefined }
    const state = { classify: { instructions: 'Sort it.', demos: [] } }
    expect(signature(state)?.instructions).toBe('Sort it.')
    expect(signature(state)?.fields.map(one => one.name)).toEqual(['keyword', 'reasoning', 'label'])
    expect(signature(state)).toBe(signature(state))
  })
})

describe('ports', () => {
  it('offer the reasoning of a ChainOfThought, unless it is written already', () => {
    const node = signatureNode('s', 'S', [field('q', 'input'), field('a', 'output')], 'chain-of-thought')
    expect(outputFields(node).map(one => one.name)).toEqual(['reasoning', 'a'])
    const own = signatureNode('s', 'S', [field('q', 'input'), field('reasoning', 'output')], 'chain-of-thought')
    expect(outputFields(own).map(one => one.id)).toEqual(['f-reasoning'])
  })
})

describe('state', () => {
  it('gets an entry for each new predictor and loses none', () => {
    const old = { gone: { instructions: 'x', demos: [] }, extract: { instructions: 'mine', demos: [] } }
    const state = completeState(graph, old)
    expect(Object.keys(state).sort()).toEqual(['classify', 'extract', 'gone'])
    expect(state['extract']?.instructions).toBe('mine')
    expect(completeState(graph, state)).toBe(state)
  })

  it('has the same id whatever the order of its keys', () => {
    expect(stateHash({ a: { instructions: '1', demos: [] }, b: { demos: [], instructions: '2' } })).toBe(
      stateHash({ b: { instructions: '2', demos: [] }, a: { demos: [], instructions: '1' } }),
    )
    expect(stateHash({})).toMatch(/^[0-9a-f]{16}$/)
  })
})

const str: FieldType = { kind: 'str' }
const int: FieldType = { kind: 'int' }
const float: FieldType = { kind: 'float' }
const list = (of: FieldType): FieldType => ({ kind: 'list', of })
const optional = (of: FieldType): FieldType => ({ kind: 'optional', of })
const oneOf = (...values: readonly (string | number)[]): FieldType => ({ kind: 'enum', values })

describe('types of a wire', () => {
  it.each<[FieldType, FieldType]>([
    [str, str],
    [int, float],
    [float, str],
    [list(int), str],
    [list(int), list(float)],
    [oneOf('a'), oneOf('a', 'b')],
    [oneOf(1, 2), int],
    [oneOf('a'), str],
    [int, optional(float)],
    [{ kind: 'any' }, int],
    [
      { kind: 'object', fields: { a: int } },
      { kind: 'dict', of: float },
    ],
    [
      { kind: 'object', fields: { a: int, b: str } },
      { kind: 'object', fields: { a: int } },
    ],
  ])('%j fits %j', (from, to) => {
    expect(typeMismatch(from, to)).toBeUndefined()
  })

  it.each<[FieldType, FieldType]>([
    [str, int],
    [float, int],
    [str, oneOf('a')],
    [oneOf('a', 'c'), oneOf('a', 'b')],
    [oneOf('a'), int],
    [optional(int), int],
    [list(str), list(int)],
    [str, list(str)],
    [{ kind: 'bool' }, int],
    [
      { kind: 'dict', of: str },
      { kind: 'object', fields: { a: int } },
    ],
  ])('%j does not fit %j', (from, to) => {
    expect(typeMismatch(from, to)).toMatch(/does not fit/)
  })
})

describe('a new wire', () => {
  const end = (node: string, name: string): { node: string; field: string } => ({ node, field: name === 'reasoning' ? name : `f-${name}` })
  const loose: ProgramGraph = { ...graph, edges: graph.edges.filter(({ to }) => to.node !== 'classify') }

  it('is fine from output to free input', () => {
    expect(checkConnection(loose, end('extract', 'keyword'), end('classify', 'keyword'))).toEqual({ ok: true })
  })

  it.each([
    ['a second source', graph, end('in', 'text'), end('classify', 'keyword'), /already has a source/],
    ['the same wire twice', graph, end('extract', 'keyword'), end('classify', 'keyword'), /already connected/],
    [
      'a cycle',
      { ...graph, edges: graph.edges.filter(({ to }) => to.node !== 'extract') },
      end('classify', 'reasoning'),
      end('extract', 'text'),
      /cycle/,
    ],
    ['the wrong direction', loose, end('classify', 'keyword'), end('extract', 'keyword'), /from an output to an input/],
    [
      'a type',
      { ...graph, edges: graph.edges.filter(({ to }) => to.node !== 'out') },
      end('extract', 'keyword'),
      end('out', 'label'),
      /not every text/,
    ],
    ['itself', loose, end('classify', 'label'), end('classify', 'keyword'), /itself/],
    ['a field that is gone', loose, end('extract', 'nothing'), end('classify', 'keyword'), /no longer there/],
  ])('is refused for %s, with the reason', (_what, on, from, to, reason) => {
    const check = checkConnection(on, from, to)
    expect(check.ok ? '' : check.reason).toMatch(reason)
  })
})

describe('checking a program', () => {
  it('finds nothing in a sound one', () => {
    expect(checkGraph(oneStep().graph)).toEqual([])
    expect(checkGraph(graph)).toEqual([])
  })

  const [input, extract, classify, output] = graph.nodes
  const parts = [input, extract, classify, output].filter(node => node !== undefined)
  it.each<[string, ProgramGraph, RegExp, { node?: string; field?: string }]>([
    ['an empty program', { nodes: [], edges: [] }, /program is empty/, {}],
    ['a missing Output', { nodes: parts.slice(0, 3), edges: graph.edges.slice(0, 2) }, /no Output/, {}],
    ['a missing Input', { nodes: parts.slice(1), edges: graph.edges }, /no Input/, {}],
    ['a loose input', { ...graph, edges: graph.edges.slice(1) }, /Nothing feeds "text" of Extract/, { node: 'extract', field: 'f-text' }],
    [
      'two names alike',
      { ...graph, nodes: graph.nodes.map(node => (node.id === 'extract' ? { ...node, name: 'classify' } : node)) },
      /Two steps are called/,
      { node: 'classify' },
    ],
    [
      'a type that does not fit',
      { ...graph, nodes: graph.nodes.map(node => (node.id === 'out' ? outputNode(field('label', 'input', int)) : node)) },
      /wire into "label" of Output does not fit/,
      { node: 'out', field: 'f-label' },
    ],
    [
      'a cycle',
      { ...graph, edges: [edge('classify.reasoning', 'extract.text'), ...graph.edges.slice(1)] },
      /feed each other/,
      { node: 'extract' },
    ],
    ['a wire to a field that is gone', { ...graph, edges: [...graph.edges, edge('in.text', 'classify.lost')] }, /field that is gone/, {}],
    [
      'a bad field name',
      { ...graph, nodes: graph.nodes.map(node => (node.id === 'in' ? inputNode({ ...field('text', 'output'), name: '2 x' }) : node)) },
      /./,
      { node: 'in', field: 'f-text' },
    ],
    [
      'an unknown module',
      { ...graph, nodes: graph.nodes.map(node => (node.kind === 'signature' ? { ...node, module: 'warp' } : node)) },
      /warp/,
      { node: 'extract' },
    ],
    [
      'a step without outputs',
      { ...graph, nodes: [...graph.nodes, signatureNode('s', 'Idle', [field('x', 'input')])] },
      /Idle has no output/,
      { node: 's' },
    ],
    [
      'empty code',
      { ...graph, nodes: [...graph.nodes, { kind: 'code', id: 'c', name: 'Code', source: ' ', fields: [field('y', 'output')] }] },
      /has no code/,
      { node: 'c' },
    ],
  ])('names %s and its place', (_what, broken, message, place) => {
    const problem = checkGraph(broken).find(
      one => one.severity === 'error' && message.test(one.message) && (place.node === undefined || one.node === place.node),
    )
    expect(problem).toMatchObject(place)
  })

  it('warns of a text that is fed with what has parts, and says how prompts show it', () => {
    const warned = (type: FieldType) => {
      const wide = {
        ...graph,
        nodes: graph.nodes.map(node => (node.kind === 'input' ? inputNode({ ...field('text', 'output'), type }) : node)),
      }
      return checkGraph(wide).flatMap(({ severity, message }) => (severity === 'warning' ? [message] : []))
    }
    expect(warned({ kind: 'tuple', items: [str, int] })[0]).toContain('gets a tuple: prompts show its values as numbered quotes')
    expect(warned(optional({ kind: 'dict', of: int }))[0]).toContain('gets dict[str, int]: prompts show it as JSON')
    for (const type of [str, int, list(str), optional(str)]) expect(warned(type)).toEqual([])
  })

  it('warns of steps that lead nowhere and inputs that nothing reads', () => {
    const spare = signatureNode('spare', 'Spare', [field('text', 'input'), field('more', 'output')])
    const wide = inputNode(field('text', 'output'), field('unused', 'output'))
    const odd = { nodes: [wide, ...graph.nodes.slice(1), spare], edges: [...graph.edges, edge('in.text', 'spare.text')] }
    const problems = checkGraph(odd)
    expect(problems.map(({ severity }) => severity)).toEqual(['warning', 'warning'])
    expect(problems.map(({ message }) => message).join(' ')).toMatch(/"unused" of Input.*Spare/)
  })
})

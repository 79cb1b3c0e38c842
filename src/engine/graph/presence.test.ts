import { describe, expect, it } from 'vitest'
import { edge, field, inputNode, outputNode, signatureNode } from '@/testing/toy-programs'
import type { BranchNode, Edge, ProgramGraph, ProgramNode } from '../program/program'
import { checkGraph } from './check'
import { checkConnection } from './connect'
import { callsOfRun, predictorsOf } from './predictors'
import { areExclusive, isAlways, presenceOf } from './presence'

/** Hands `x` on by `a`, `b` or `c`; by none of them where it is not complete. */
function branch(id: string, isComplete = true): BranchNode {
  const ways = { a: { when: 'return true' }, b: { when: 'return true' }, ...(!isComplete && { c: { when: 'return true' } }) }
  const fields = [field('x', 'input'), field('a', 'output'), field('b', 'output'), field('c', 'output')]
  return { kind: 'branch', id, name: id, moduleParams: { gives: 'x', ways }, fields }
}
const step = (id: string, ...inputs: readonly string[]) =>
  signatureNode(id, id, [...(inputs.length === 0 ? ['x'] : inputs).map(name => field(name, 'input')), field('y', 'output')])

function graphOf(nodes: readonly ProgramNode[], wires: readonly string[]): ProgramGraph {
  const ends = (text: string): Edge => edge(...(text.split('>') as [string, string]))
  return { nodes: [inputNode(field('x', 'output')), ...nodes, outputNode(field('y', 'input'))], edges: wires.map(ends) }
}
const errors = (graph: ProgramGraph): string[] =>
  checkGraph(graph).flatMap(({ severity, message }) => (severity === 'error' ? [message] : []))
const warnings = (graph: ProgramGraph): string[] =>
  checkGraph(graph).flatMap(({ severity, message }) => (severity === 'warning' ? [message] : []))

describe('sources that exclude each other', () => {
  const three = [branch('b1'), step('s1'), step('s2'), step('s3')]
  const ways = ['in.x>b1.x', 'b1.a>s1.x', 'b1.b>s2.x', 'b1.c>s3.x']

  it('meet in one input, and together bring a value in every row', () => {
    const graph = graphOf(three, [...ways, 's1.y>out.y', 's2.y>out.y', 's3.y>out.y'])
    expect(checkGraph(graph)).toEqual([])
    expect(isAlways(presenceOf(graph).input({ node: 'out', field: 'f-y' }))).toBe(true)
  })

  it('leave some rows without a value where one of them is missing', () => {
    const graph = graphOf(three.slice(0, 3), [...ways.slice(0, 3), 's1.y>out.y', 's2.y>out.y'])
    expect(errors(graph)).toEqual([])
    expect(warnings(graph)).toEqual([expect.stringMatching(/^Some rows give no "y" to Output: not every way of a Branch leads to it\./)])
  })

  it('leave them without one where a branch may take none of its ways', () => {
    const graph = graphOf([branch('b1', false), ...three.slice(1)], [...ways, 's1.y>out.y', 's2.y>out.y', 's3.y>out.y'])
    expect(errors(graph)).toEqual([])
    expect(warnings(graph)).toHaveLength(1)
  })

  it('are told from those that may come in one row', () => {
    const nodes = [branch('b1'), branch('b2'), step('s1'), step('s2')]
    const graph = graphOf(nodes, ['in.x>b1.x', 'in.x>b2.x', 'b1.a>s1.x', 'b2.b>s2.x', 's1.y>out.y'])
    expect(checkConnection(graph, { node: 's2', field: 'f-y' }, { node: 'out', field: 'f-y' })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('already has a source'),
    })
    const both = { ...graph, edges: [...graph.edges, edge('s2.y', 'out.y')] }
    expect(errors(both)).toEqual([expect.stringContaining('"y" of Output has two sources')])
    const exclusive = graphOf(nodes.slice(0, 1).concat(nodes.slice(2)), ['in.x>b1.x', 'b1.a>s1.x', 'b1.b>s2.x', 's1.y>out.y'])
    expect(checkConnection(exclusive, { node: 's2', field: 'f-y' }, { node: 'out', field: 'f-y' })).toEqual({ ok: true })
  })

  it('are found through branches behind branches, and behind where they meet', () => {
    const nodes = [branch('b1'), branch('b2'), step('s1'), step('s2'), step('s3'), step('end')]
    const wires = ['in.x>b1.x', 'b1.a>b2.x', 'b2.a>s1.x', 'b2.b>s2.x', 'b1.b>s3.x', 's1.y>end.x', 's2.y>end.x', 's3.y>end.x', 'end.y>out.y']
    const graph = graphOf(nodes, wires)
    expect(errors(graph)).toEqual([])
    const { source, node } = presenceOf(graph)
    expect(areExclusive(source({ node: 's1', field: 'f-y' }), source({ node: 's3', field: 'f-y' }))).toBe(true)
    expect(isAlways(node('end'))).toBe(false)
    const whole = graphOf([...nodes, step('s4'), step('s5')], [...wires, 'b2.c>s4.x', 's4.y>end.x', 'b1.c>s5.x', 's5.y>end.x'])
    expect(errors(whole)).toEqual([])
    expect(isAlways(presenceOf(whole).node('end'))).toBe(true)
  })

  it('never feed one step together', () => {
    const graph = graphOf([branch('b1'), step('s1', 'x', 'z')], ['in.x>b1.x', 'b1.a>s1.x', 'b1.b>s1.z', 's1.y>out.y'])
    expect(errors(graph)).toEqual([expect.stringMatching(/^s1 never runs/)])
  })
})

describe('an estimate', () => {
  it('counts a step behind a branch as none up to its own', () => {
    const graph = graphOf([branch('b1'), step('s1'), step('s2')], ['in.x>b1.x', 'b1.a>s1.x', 'b1.b>s2.x', 's1.y>out.y', 's2.y>out.y'])
    expect(predictorsOf(graph).map(({ calls }) => calls)).toEqual(Array(2).fill({ low: 0, expected: 1 / 3, high: 1 }))
    expect(callsOfRun(graph)).toEqual({ low: 0, expected: 1, high: 2 })
  })
})

it('says nothing of more alternatives than it can follow', () => {
  const many = Array.from({ length: 7 }, (_, index) => branch(`b${index}`))
  const steps = many.map(({ id }) => step(`s-${id}`))
  const wires = many.flatMap(({ id }) => [`in.x>${id}.x`, `${id}.a>s-${id}.x`])
  const gathering = step('all', ...many.map(({ id }) => `x${id}`))
  const graph = graphOf([...many, ...steps, gathering], [...wires, ...many.map(({ id }) => `s-${id}.y>all.x${id}`), 'all.y>out.y'])
  expect(errors(graph)).toEqual([])
  expect(presenceOf(graph).node('all')).toHaveLength(1)
})

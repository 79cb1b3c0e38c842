import { describe, expect, it } from 'vitest'
import type { Edge, ProgramGraph, ProgramNode } from '../program/program'
import { graphOrder, leadingTo, onCycles, reaches } from '../program/order'
import { pythonRandom, type Rng } from '@/lib/rng'
import { checkGraph } from './check'
import { planOf } from './plan'

const field = (id: string, role: 'input' | 'output') => ({ id, name: id, role, type: { kind: 'str' as const }, desc: '' })

/** A chain of steps, each of which also reads the Input. */
function chain(count: number): ProgramGraph {
  const ids = Array.from({ length: count }, (_, index) => `n${index}`)
  const nodes: ProgramNode[] = [
    { id: 'in', kind: 'input', name: 'Input', fields: [field('text', 'output')] },
    ...ids.map((id): ProgramNode => ({
      id,
      kind: 'signature',
      name: id,
      module: 'predict',
      moduleParams: {},
      fields: [field('text', 'input'), field('before', 'input'), field('answer', 'output')],
    })),
    { id: 'out', kind: 'output', name: 'Output', fields: [field('answer', 'input')] },
  ]
  const wire = (id: string, from: string, source: string, to: string, target: string): Edge => ({
    id,
    from: { node: from, field: source },
    to: { node: to, field: target },
  })
  const edges = ids.flatMap((id, index) => [
    wire(`t${index}`, 'in', 'text', id, 'text'),
    index === 0 ? wire(`b${index}`, 'in', 'text', id, 'before') : wire(`b${index}`, `n${index - 1}`, 'answer', id, 'before'),
  ])
  return { nodes, edges: [...edges, wire('end', `n${count - 1}`, 'answer', 'out', 'answer')] }
}

/** How often the nodes and edges are read while `work` runs: what makes work quadratic, whatever the machine does meanwhile. */
function reads(graph: ProgramGraph, work: (graph: ProgramGraph) => unknown): number {
  let count = 0
  const counting = <T extends object>(items: readonly T[]): T[] =>
    new Proxy([...items], {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d+$/.test(key)) count += 1
        return Reflect.get(target, key, receiver)
      },
    })
  work({ ...graph, nodes: counting(graph.nodes), edges: counting(graph.edges) })
  return count
}

describe('work on a large graph', () => {
  it.each([
    ['the checks', checkGraph],
    ['the order', graphOrder],
    ['the plan', planOf],
    ['the cycles', onCycles],
    ['the way to the end', (graph: ProgramGraph) => leadingTo(graph, ['out'])],
    ['one way', (graph: ProgramGraph) => reaches(graph, 'in', 'out')],
  ])('of %s reads each node and wire a few times only', (_name, work) => {
    const [small, large] = [reads(chain(100), work), reads(chain(1000), work)]
    expect(small).toBeGreaterThan(100)
    expect(large / small).toBeLessThan(11)
  })

  it('checks a chain of 20,000 steps, and a circle of them', () => {
    const long = chain(20_000)
    expect(checkGraph(long)).toEqual([])
    const circle = {
      ...long,
      edges: [...long.edges, { id: 'back', from: { node: 'n19999', field: 'answer' }, to: { node: 'n0', field: 'before' } }].filter(
        ({ id }) => id !== 'b0',
      ),
    }
    const problems = checkGraph(circle)
    expect(problems).toHaveLength(20_000)
    expect(problems[0]?.message).toMatch(/^n0, n1, .* and 19988 more feed each other in a circle/)
  })
})

describe('the order of generated graphs', () => {
  const some = (rng: Rng): ProgramGraph => {
    const { nodes } = chain(rng.randint(1, 12))
    const pick = () => rng.choice(nodes).id
    const edges = Array.from({ length: rng.randbelow(20) }, (_, index) => ({
      id: `e${index}`,
      from: { node: rng.randbelow(20) === 0 ? 'gone' : pick(), field: 'answer' },
      to: { node: rng.randbelow(20) === 0 ? 'gone' : pick(), field: 'text' },
    }))
    return { nodes: rng.shuffle(nodes), edges }
  }
  /** By definition, step by step. */
  const reached = ({ edges, nodes }: ProgramGraph, from: string): ReadonlySet<string> => {
    const known = new Set(nodes.map(({ id }) => id))
    const found = new Set<string>()
    for (let before = -1; before !== found.size;) {
      before = found.size
      for (const edge of edges)
        if (known.has(edge.to.node) && (edge.from.node === from || found.has(edge.from.node)) && known.has(edge.from.node))
          found.add(edge.to.node)
    }
    return found
  }

  it('agrees with the definition, for 300 seeds', () => {
    for (let seed = 0; seed < 300; seed++) {
      const graph = some(pythonRandom(seed))
      const ids = graph.nodes.map(({ id }) => id)
      const loops = ids.filter(id => reached(graph, id).has(id))
      expect([...onCycles(graph)].sort(), `seed ${seed}`).toEqual([...loops].sort())
      const { layers, cyclic } = graphOrder(graph)
      expect(layers.flat().length + cyclic.length).toBe(ids.length)
      const behind = ids.filter(id => loops.includes(id) || loops.some(loop => reached(graph, loop).has(id)))
      expect(cyclic.map(({ id }) => id).sort(), `seed ${seed}`).toEqual([...behind].sort())
      const place = new Map(layers.flatMap((layer, index) => layer.map(({ id }) => [id, index] as const)))
      for (const { from, to } of graph.edges) {
        const [start, end] = [place.get(from.node), place.get(to.node)]
        expect(start === undefined || end === undefined || start < end, `seed ${seed}`).toBe(true)
      }
      for (const layer of layers) expect(layer).toEqual(graph.nodes.filter(node => layer.includes(node)))
      const [one = '', other = ''] = ids
      expect(reaches(graph, one, other), `seed ${seed}`).toBe(one === other || reached(graph, one).has(other))
      expect(leadingTo(graph, [one]).has(other), `seed ${seed}`).toBe(one === other || reached(graph, other).has(one))
    }
  })
})

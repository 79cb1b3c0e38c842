import { askedLike, askingText, isAskedAlike, type Asking } from './asking'
import type { Body, BodyId, Program, ProgramGraph, ProgramNode, ProgramState, StepNode, StepPath } from './program'

/** Where a body stands in its program, `n5/b1`: what the paths of all steps in it begin with. */
export type BodyPath = string

export function bodyPath(step: StepPath, body: BodyId): BodyPath {
  return `${step}/${body}`
}

/** The programs within a node; none for one that holds none. Those of a draft may be changed. */
export function bodiesOf<B>(node: { readonly id: string; readonly bodies?: B[] | undefined } | undefined): B[]
export function bodiesOf<B>(node: { readonly id: string; readonly bodies?: readonly B[] | undefined } | undefined): readonly B[]
export function bodiesOf<B>(node: { readonly id: string; readonly bodies?: readonly B[] | undefined } | undefined): readonly B[] {
  return node?.bodies ?? []
}

/** The path of a node within a body; in the program itself a node's id is its path. */
export function pathWithin(body: BodyPath | undefined, node: string): StepPath {
  return body === undefined ? node : `${body}/${node}`
}

/**
 * The graph of a body as it runs: what it leaves open about adapters is decided by the step, else by the program around it, which alone
 * decides how strictly answers are read and what follows one that cannot be read. The same body gives the same object, so that plans and predictors are made once.
 */
export function bodyGraph(outer: Asking, node: StepNode, { graph }: Body): ProgramGraph {
  const adapter = graph.adapter ?? node.adapter ?? outer.adapter
  const { adapter: _, ...others } = outer
  const asking: Asking = { ...others, ...(adapter && { adapter }) }
  if (isAskedAlike(graph, asking)) return graph
  let known = adapted.get(graph)
  if (known === undefined) adapted.set(graph, (known = new Map()))
  const choices = askingText(asking)
  let whole = known.get(choices)
  if (whole === undefined) known.set(choices, (whole = askedLike(graph, asking)))
  return whole
}

/** Graphs are never changed in place. */
const adapted = new WeakMap<ProgramGraph, Map<string, ProgramGraph>>()

/** What the predictors of a body have learned, under their names within it. The same state gives the same object. */
export function bodyState(state: ProgramState, path: BodyPath): ProgramState {
  let byPath = slices.get(state)
  if (byPath === undefined) slices.set(state, (byPath = new Map()))
  let slice = byPath.get(path)
  if (slice === undefined) {
    const start = `${path}/`
    const own = Object.entries(state).filter(([id]) => id.startsWith(start))
    byPath.set(path, (slice = Object.fromEntries(own.map(([id, learned]) => [id.slice(start.length), learned]))))
  }
  return slice
}

/** States are never changed in place. */
const slices = new WeakMap<ProgramState, Map<BodyPath, ProgramState>>()

/** The state of a body as part of the state of its program. */
export function outerState(inner: ProgramState, path: BodyPath): ProgramState {
  return Object.fromEntries(Object.entries(inner).map(([id, learned]) => [`${path}/${id}`, learned]))
}

/** The program that a path leads to: the whole one for undefined. Undefined where a step or a body on the way is gone. */
export function programAt(program: Program, path: BodyPath | undefined): Program | undefined {
  const graph = graphAt(program.graph, path)
  if (path === undefined || graph === undefined) return path === undefined ? program : undefined
  return { graph, state: bodyState(program.state, path) }
}

export function graphAt(graph: ProgramGraph, path: BodyPath | undefined): ProgramGraph | undefined {
  let at: ProgramGraph | undefined = graph
  for (const { node: nodeId, body: bodyId } of stagesOf(path)) {
    const node: StepNode | undefined = at?.nodes.find((each): each is StepNode => each.id === nodeId && 'bodies' in each)
    const body: Body | undefined = bodiesOf(node).find(({ id }) => id === bodyId)
    at = at && node && body && bodyGraph(at, node, body)
  }
  return at
}

/** The node at a path, wherever it stands. */
export function nodeAt(graph: ProgramGraph, path: StepPath): ProgramNode | undefined {
  const whole = graph.nodes.find(({ id }) => id === path)
  if (whole) return whole
  const at = path.lastIndexOf('/')
  return at < 0 ? undefined : graphAt(graph, path.slice(0, at))?.nodes.find(({ id }) => id === path.slice(at + 1))
}

/** The steps and bodies that a path goes through, the outermost first. */
export function stagesOf(path: BodyPath | undefined): readonly { readonly node: string; readonly body: BodyId; readonly path: BodyPath }[] {
  const parts = path?.split('/') ?? []
  return Array.from({ length: parts.length >> 1 }, (_, index) => ({
    node: parts[2 * index] ?? '',
    body: parts[2 * index + 1] ?? '',
    path: parts.slice(0, 2 * index + 2).join('/'),
  }))
}

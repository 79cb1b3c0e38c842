import { bodiesOf, bodyPath } from '../program/bodies'
import { graphOrder } from '../program/order'
import type { NodeId, ProgramGraph, StepPath } from '../program/program'
import type { Position, Project } from './project'

/** Positions of one graph's nodes by id. */
export type LayOut = (graph: ProgramGraph) => Readonly<Record<NodeId, Position>>

/**
 * Positions for a program that takes the place of another: nodes that were there stay where they were, also those that are now in a body,
 * unless some of a graph are new; then that graph is laid out again.
 */
export function keptLayout(graph: ProgramGraph, before: Project['layout'], layOut: LayOut, start = ''): Record<StepPath, Position> {
  const known = (id: NodeId): Position | undefined => before[start + id] ?? before[id]
  const isKnown = graph.nodes.every(({ id }) => known(id) !== undefined)
  const made = isKnown ? {} : layOut(graph)
  const own = graph.nodes.map(({ id }): [StepPath, Position] => [start + id, (isKnown ? known(id) : made[id]) ?? { x: 0, y: 0 }])
  const inner = graph.nodes.flatMap(node =>
    bodiesOf(node).map(body => keptLayout(body.graph, before, layOut, `${start}${bodyPath(node.id, body.id)}/`)),
  )
  return Object.assign(Object.fromEntries(own), ...inner)
}

/** One column a layer, for where nobody measures nodes. */
export const inColumns: LayOut = graph =>
  Object.fromEntries(
    graphOrder(graph).layers.flatMap((layer, column) =>
      layer.map(({ id }, row): [NodeId, Position] => [id, { x: 340 * column, y: 240 * row }]),
    ),
  )

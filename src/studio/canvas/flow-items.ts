import { MarkerType, type Edge as FlowEdge, type Node as FlowNode } from '@xyflow/react'
import type { EdgeId, NodeId, ProgramGraph, ProgramNode } from '@/engine/program/program'
import type { Position, Project } from '@/engine/project/project'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import { expectedCard, manyNodes, type ExpectedCard } from './expected-card'
import { endLabel, fieldAt, graphIndex, type Ports } from './graph-index'
import { nodeKindInfo } from './node-kinds'
import { typeColour } from './type-colour'

export type CanvasNode = FlowNode<Record<string, never>, 'node'>
export type CanvasEdge = FlowEdge<{ readonly colour: string }, 'wire'>

export interface Size {
  readonly width: number
  readonly height: number
}

/** What React Flow told us that is not part of the document: sizes it measured, and where a drag has got to. */
export interface Overlay {
  readonly sizes: ReadonlyMap<NodeId, Size>
  readonly moving: ReadonlyMap<NodeId, Position>
}

export const emptyOverlay: Overlay = { sizes: new Map(), moving: new Map() }

/** Makes React Flow's nodes from the document. A node that did not change keeps its object, so that only moved cards are drawn again. */
export function createNodeDeriver(): (
  graph: ProgramGraph,
  layout: Project['layout'],
  selected: ReadonlySet<NodeId>,
  overlay: Overlay,
) => CanvasNode[] {
  let previous = new Map<NodeId, CanvasNode>()
  return (graph, layout, selected, overlay) => {
    const next = new Map<NodeId, CanvasNode>()
    const index = graph.nodes.length > manyNodes ? graphIndex(graph) : undefined
    for (const node of graph.nodes) {
      const position = overlay.moving.get(node.id) ?? layout[node.id] ?? origin
      const measured = overlay.sizes.get(node.id)
      const ports = measured === undefined ? index?.ports.get(node.id) : undefined
      const old = previous.get(node.id)
      const isSelected = selected.has(node.id)
      const ariaLabel = ariaLabelOf(node)
      if (ports === undefined) {
        const made = { position, selected: isSelected, measured, ariaLabel }
        next.set(node.id, old && isSame(old, made) ? old : { id: node.id, type: 'node', data: noData, ...expectedSize, ...made })
        continue
      }
      const { size, handles } = expectedOf(ports, node)
      const made = { position, selected: isSelected, measured: size, ariaLabel }
      const isUnchanged = old?.handles === handles && isSame(old, made)
      next.set(node.id, isUnchanged ? old : { id: node.id, type: 'node', data: noData, handles, ...made })
    }
    previous = next
    return [...next.values()]
  }
}

export function createEdgeDeriver(): (graph: ProgramGraph, selected: ReadonlySet<EdgeId>) => CanvasEdge[] {
  let previous = new Map<EdgeId, CanvasEdge>()
  return (graph, selected) => {
    const index = graphIndex(graph)
    const next = new Map<EdgeId, CanvasEdge>()
    for (const edge of graph.edges) {
      const type = fieldAt(index, edge.from)?.type
      const colour = type ? typeColour(type) : 'var(--color-line-strong)'
      const ariaLabel = `Wire from ${endLabel(index, edge.from)} to ${endLabel(index, edge.to)}`
      const isSelected = selected.has(edge.id)
      const old = previous.get(edge.id)
      const isUnchanged =
        old &&
        old.selected === isSelected &&
        old.ariaLabel === ariaLabel &&
        old.data?.colour === colour &&
        old.source === edge.from.node &&
        old.target === edge.to.node &&
        old.sourceHandle === edge.from.field &&
        old.targetHandle === edge.to.field
      next.set(
        edge.id,
        isUnchanged
          ? old
          : {
              id: edge.id,
              type: 'wire',
              source: edge.from.node,
              sourceHandle: edge.from.field,
              target: edge.to.node,
              targetHandle: edge.to.field,
              selected: isSelected,
              data: { colour },
              markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: 14, height: 14 },
              ariaLabel,
            },
      )
    }
    previous = next
    return [...next.values()]
  }
}

const origin: Position = { x: 0, y: 0 }
const noData: Record<string, never> = {}
/** Taken until a card is measured, so that the first fit sees the whole program. */
const expectedSize = { initialWidth: 250, initialHeight: 150 }

function isSame(old: CanvasNode, made: Pick<CanvasNode, 'position' | 'selected' | 'ariaLabel'> & { measured: Size | undefined }): boolean {
  return (
    old.position.x === made.position.x &&
    old.position.y === made.position.y &&
    old.selected === made.selected &&
    old.ariaLabel === made.ariaLabel &&
    old.measured?.width === made.measured?.width &&
    old.measured?.height === made.measured?.height
  )
}

/** The same for the same ports, which are kept by node. */
function expectedOf(ports: Ports, node: ProgramNode): ExpectedCard {
  let known = expected.get(ports)
  if (known === undefined) expected.set(ports, (known = expectedCard(ports, isInputNode(node) || isOutputNode(node))))
  return known
}
const expected = new WeakMap<Ports, ExpectedCard>()

function ariaLabelOf(node: ProgramNode): string {
  return `${nodeKindInfo(node.kind).title} node ${node.name}`
}

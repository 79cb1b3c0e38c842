import { checkConnection } from '@/engine/graph/connect'
import type { EdgeEnd, EdgeId, ProgramGraph } from '@/engine/program/program'
import { endKey, graphIndex } from './graph-index'

/** A wire in the air: the end that stays fixed, the side of the program it is on, and the edge it was pulled from. */
export interface Wire {
  readonly end: EdgeEnd
  readonly side: 'from' | 'to'
  readonly edge?: EdgeId
}

export type Verdict = ReturnType<typeof checkConnection>

/** Every handle the wire could be dropped on, with the verdict: legal, or the sentence that says why not. */
export function wireVerdicts(graph: ProgramGraph, wire: Wire): ReadonlyMap<string, Verdict> {
  const without = withoutEdge(graph, wire.edge)
  const verdicts = new Map<string, Verdict>()
  for (const [node, ports] of graphIndex(graph).ports) {
    for (const field of wire.side === 'from' ? ports.inputs : ports.outputs) {
      const end = { node, field: field.id }
      const isOwnPlace =
        wire.edge !== undefined && graph.edges.some(edge => edge.id === wire.edge && endKey(otherEnd(wire, edge)) === endKey(end))
      verdicts.set(endKey(end), isOwnPlace ? { ok: true } : verdictFor(without, wire, end))
    }
  }
  return verdicts
}

/** What the program says to this wire ending at `end`. */
function verdictFor(graph: ProgramGraph, wire: Wire, end: EdgeEnd): Verdict {
  return wire.side === 'from' ? checkConnection(graph, wire.end, end) : checkConnection(graph, end, wire.end)
}

/** A wire that was pulled off does not stand in its own way. */
function withoutEdge(graph: ProgramGraph, edge: EdgeId | undefined): ProgramGraph {
  return edge === undefined ? graph : { ...graph, edges: graph.edges.filter(other => other.id !== edge) }
}

function otherEnd(wire: Wire, edge: ProgramGraph['edges'][number]): EdgeEnd {
  return wire.side === 'from' ? edge.to : edge.from
}

import { stepOf } from '../modules/registry'
import type { UserSource } from '../modules/step'
import type { NodeId, ProgramGraph } from '../program/program'

/** JavaScript of the user somewhere in a program, under a name of its own: `n2`, `n2.reward`, `n2.tools.lookup`. */
export interface ProgramSource extends Pick<UserSource, 'kind' | 'source'> {
  readonly id: string
  readonly node: NodeId
  /** For readers: the name of the step, and which of its sources it is. */
  readonly title: string
}

/** Everything of a program that runs in the sandbox, in the order of its nodes. */
export function userSources(graph: ProgramGraph): readonly ProgramSource[] {
  return graph.nodes.flatMap(node => {
    const step = stepOf(node)
    if (step === undefined) return []
    return step.kind.sources(step.node).map(({ key, kind, source }) => ({
      id: key === '' ? node.id : `${node.id}.${key}`,
      node: node.id,
      title: key === '' ? node.name : `${node.name}, ${key}`,
      kind,
      source,
    }))
  })
}

import { stepOf } from '../modules/registry'
import type { UserSource } from '../modules/step'
import type { NodeId, ProgramGraph } from '../program/program'
import { bodyPath } from '../program/bodies'

/** JavaScript of the user somewhere in a program, under a name of its own: `n2`, `n2.reward`, `n5/b1/n2.tools.lookup`. */
export interface ProgramSource extends Pick<UserSource, 'kind' | 'source'> {
  readonly id: string
  /** The node of the program that it is in, or within. */
  readonly node: NodeId
  /** For readers: the name of the step, and which of its sources it is. */
  readonly title: string
}

/** Everything of a program that runs in the code runner, in the order of its nodes. */
export function userSources(graph: ProgramGraph): readonly ProgramSource[] {
  return graph.nodes.flatMap(node => {
    const step = stepOf(node)
    if (step === undefined) return []
    const own = step.sources().map(({ key, kind, source }): ProgramSource => ({
      id: key === '' ? node.id : `${node.id}.${key}`,
      node: node.id,
      title: key === '' ? node.name : `${node.name}, ${key}`,
      kind,
      source,
    }))
    const inner = step.bodies().flatMap(({ body }) =>
      userSources(body.graph).map((source): ProgramSource => ({
        ...source,
        id: `${bodyPath(node.id, body.id)}/${source.id}`,
        node: node.id,
        title: `${node.name} › ${body.name} › ${source.title}`,
      })),
    )
    return [...own, ...inner]
  })
}

import { stepOf } from '../modules/registry'
import type { ProgramGraph } from '../program/program'
import type { Tool } from '../tools/registry'

/** Every tool that a model of the program may call, those of its bodies too, in the order of its nodes. */
export function toolsOf({ nodes }: Pick<ProgramGraph, 'nodes'>): readonly Tool[] {
  return nodes.flatMap(node => {
    const step = stepOf(node)
    return step === undefined ? [] : [...step.tools(), ...step.bodies().flatMap(({ body }) => toolsOf(body.graph))]
  })
}

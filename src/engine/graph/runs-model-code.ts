import { stepOf } from '../modules/registry'
import type { ProgramGraph } from '../program/program'

/** Whether a step of the program, or of a body in it, runs code that a model wrote. */
export function runsModelCode({ nodes }: Pick<ProgramGraph, 'nodes'>): boolean {
  return nodes.some(node => {
    const step = stepOf(node)
    return step !== undefined && (step.runsModelCode === true || step.bodies().some(({ body }) => runsModelCode(body.graph)))
  })
}

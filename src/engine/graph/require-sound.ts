import { EngineError } from '../base/errors'
import type { ProgramGraph } from '../program/program'
import { checkGraph } from './check'

/**
 * What every door asks before a program runs or leaves the studio: a run, an estimate, each export, here and on the command line. Throws
 * `graph-invalid` with the first error that `checkGraph` finds and its place (facts: node, field, edge).
 */
export function requireSound(graph: ProgramGraph): void {
  const problem = checkGraph(graph).find(({ severity }) => severity === 'error')
  if (!problem) return
  const { node, field, edge, message } = problem
  throw new EngineError('graph-invalid', message, { ...(node && { node }), ...(field && { field }), ...(edge && { edge }) })
}

import { checkGraph, type GraphProblem } from '@/engine/graph/check'
import type { ProgramGraph } from '@/engine/program/program'

/** Problems of a graph, found once for each version of it, whoever asks: a check of 1,000 nodes takes as long as drawing them. */
export function problemsOf(graph: ProgramGraph): readonly GraphProblem[] {
  const known = found.get(graph)
  if (known) return known
  const problems = checkGraph(graph)
  found.set(graph, problems)
  return problems
}

const found = new WeakMap<ProgramGraph, readonly GraphProblem[]>()

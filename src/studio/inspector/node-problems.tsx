import { checkGraph } from '@/engine/graph/check'
import type { NodeId, ProgramGraph } from '@/engine/program/program'
import { useProject } from '@/state/document/project-store'

export type Problem = ReturnType<typeof checkGraph>[number]

/** Problems of a graph, found once for each version of it. */
export function problemsOf(graph: ProgramGraph): readonly Problem[] {
  const known = found.get(graph)
  if (known) return known
  const problems = checkGraph(graph)
  found.set(graph, problems)
  return problems
}

/** What is wrong with one field, in one sentence; the form shows it at that field. */
export function fieldProblem(graph: ProgramGraph, nodeId: NodeId, fieldId: string): Problem | undefined {
  const all = problemsOf(graph).filter(problem => problem.node === nodeId && problem.field === fieldId)
  return all.find(problem => problem.severity === 'error') ?? all[0]
}

/** Problems of the node that belong to no field of it. */
export function NodeProblems({ nodeId }: { nodeId: NodeId }) {
  const graph = useProject(project => project.graph)
  const problems = problemsOf(graph).filter(problem => problem.node === nodeId && problem.field === undefined)
  if (problems.length === 0) return null
  return (
    <ul className="inspector-problems">
      {problems.map(problem => (
        <li key={problem.message} data-severity={problem.severity}>
          {problem.message}
        </li>
      ))}
    </ul>
  )
}

const found = new WeakMap<ProgramGraph, readonly Problem[]>()

import { distinctBy } from '@/lib/distinct-by'
import { useShownProject } from '@/state/document/shown-program'
import type { GraphProblem } from '@/engine/graph/check'
import { problemsOf } from '@/state/document/graph-problems'
import type { NodeId, ProgramGraph } from '@/engine/program/program'

/** What is wrong with one field, in one sentence; the form shows it at that field. */
export function fieldProblem(graph: ProgramGraph, nodeId: NodeId, fieldId: string): GraphProblem | undefined {
  const all = problemsOf(graph).filter(problem => problem.node === nodeId && problem.field === fieldId)
  return all.find(problem => problem.severity === 'error') ?? all[0]
}

/** Problems of the node that belong to no field of it. */
export function NodeProblems({ nodeId }: { nodeId: NodeId }) {
  const graph = useShownProject(project => project.graph)
  const problems = problemsOf(graph).filter(problem => problem.node === nodeId && problem.field === undefined)
  if (problems.length === 0) return null
  return (
    <ul className="inspector-problems">
      {distinctBy(problems, ({ message }) => message).map(problem => (
        <li key={problem.message} data-severity={problem.severity}>
          {problem.message}
        </li>
      ))}
    </ul>
  )
}

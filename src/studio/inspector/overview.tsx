import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import { programInputs, programOutputs } from '@/engine/data/mapping'
import { ensembleWords } from '@/engine/graph/state-words'
import { printSignatureLine } from '@/engine/signature/print-signature'
import type { Field } from '@/engine/signature/signature'
import { useProject } from '@/state/document/project-store'
import { sendSessionEvent } from '@/state/session/session-events'
import { select } from '@/state/session/session-store'
import { PanelHeader, PanelSection } from '@/ui/panel'
import { ProgramAdapter, ProgramJsonFallback } from './adapter-choice'
import { problemsOf, type Problem } from './node-problems'
import { VersionsList } from './versions-list'

/** The whole program, when no node is chosen: its signature, what is wrong with it, its saved states. */
export function Overview() {
  const graph = useProject(project => project.graph)
  const state = useProject(project => project.state)
  const problems = problemsOf(graph)
  const steps = graph.nodes.filter(node => node.kind === 'signature' || node.kind === 'code').length
  const demoCount = Object.values(state).reduce((sum, predictor) => sum + predictor.demos.length, 0)
  const ensemble = useProject(project => ensembleWords(project.state))
  // What a program takes are the outputs of its Input, so the roles turn round.
  const fields = [...withRole(programInputs(graph), 'input'), ...withRole(programOutputs(graph), 'output')]
  return (
    <>
      <PanelHeader title="Program" />
      <PanelSection title="Signature">
        <code className="program-line">{fields.length === 0 ? 'No inputs or outputs yet' : printSignatureLine(fields)}</code>
        <p className="inspector-faint">
          {steps === 1 ? '1 step' : `${steps} steps`},{' '}
          {ensemble ? `an ensemble of ${ensemble}` : demoCount === 1 ? '1 demo' : `${demoCount} demos`}. Choose a node on the canvas to edit
          it.
        </p>
      </PanelSection>
      <PanelSection title="Adapter">
        <ProgramAdapter />
        <ProgramJsonFallback />
      </PanelSection>
      <PanelSection title={problems.length === 0 ? 'Problems' : `Problems (${problems.length})`}>
        {problems.length === 0 ? (
          <p className="problem-none">
            <CircleCheck size={14} aria-hidden /> None: the program can run.
          </p>
        ) : (
          <ul className="problem-list">
            {problems.map((problem, index) => (
              <li key={index}>
                <ProblemRow problem={problem} />
              </li>
            ))}
          </ul>
        )}
      </PanelSection>
      <VersionsList />
    </>
  )
}

function ProblemRow({ problem }: { problem: Problem }) {
  const name = useProject(project => project.graph.nodes.find(node => node.id === problem.node)?.name)
  const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert
  const words = (
    <>
      <Icon size={14} aria-label={problem.severity === 'error' ? 'Error' : 'Warning'} />
      <span>{problem.message}</span>
    </>
  )
  const { node, edge } = problem
  if (node === undefined && edge === undefined) {
    return (
      <span className="problem-row" data-severity={problem.severity}>
        {words}
      </span>
    )
  }
  return (
    <button
      type="button"
      className="problem-row"
      data-severity={problem.severity}
      title={name ? `Go to ${name}` : 'Select the wire'}
      onClick={() => jump(node, edge)}
    >
      {words}
    </button>
  )
}

function jump(node: string | undefined, edge: string | undefined): void {
  if (node !== undefined) select([node])
  else if (edge !== undefined) select([], [edge])
  sendSessionEvent('focus-inspector')
}

function withRole(fields: readonly Field[], role: Field['role']): Field[] {
  return fields.map(field => ({ ...field, role }))
}

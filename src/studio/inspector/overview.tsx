import { openBody, useShownBody, useShownProject, wholePath } from '@/state/document/shown-program'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import { programInputs, programOutputs } from '@/engine/program/ends'
import { problemsOf } from '@/state/document/graph-problems'
import type { GraphProblem } from '@/engine/graph/check'
import type { StepPath } from '@/engine/program/program'
import { isStepNode } from '@/engine/modules/registry'
import { printSignatureLine } from '@/engine/signature/print-signature'
import type { Field } from '@/engine/signature/signature'
import { sendSessionEvent } from '@/state/session/session-events'
import { select } from '@/state/session/session-store'
import { PanelHeader, PanelSection } from '@/ui/panel'
import { BodyAdapter, ProgramAdapter, ProgramDspyExact, ProgramJsonFallback, ProgramNativeTools } from './adapter-choice'
import { VersionsList } from './versions-list'
import { whenShown } from '@/ui/when-shown'

/** The program that is shown, when no node is chosen: its signature, what is wrong with it; of the whole one its saved states. */
export function Overview() {
  const graph = useShownProject(project => project.graph)
  const state = useShownProject(project => project.state)
  const body = useShownBody()
  const problems = problemsOf(graph)
  const steps = graph.nodes.filter(isStepNode).length
  const demoCount = Object.values(state).reduce((sum, predictor) => sum + predictor.demos.length, 0)
  // What a program takes are the outputs of its Input, so the roles turn round.
  const fields = [...withRole(programInputs(graph), 'input'), ...withRole(programOutputs(graph), 'output')]
  return (
    <>
      <PanelHeader title={body?.name ?? 'Program'} />
      <PanelSection title="Signature">
        <code className="program-line">{fields.length === 0 ? 'No inputs or outputs yet' : printSignatureLine(fields)}</code>
        <p className="inspector-faint">
          {steps === 1 ? '1 step' : `${steps} steps`}, {demoCount === 1 ? '1 demo' : `${demoCount} demos`}. Choose a node on the canvas to
          edit it.
        </p>
      </PanelSection>
      <PanelSection title="Adapter">
        {body ? (
          <BodyAdapter />
        ) : (
          <div className="flex flex-col gap-3">
            <ProgramAdapter />
            <ProgramJsonFallback />
            <ProgramDspyExact />
            <ProgramNativeTools />
          </div>
        )}
      </PanelSection>
      <TypesSection />
      <PanelSection title={problems.length === 0 ? 'Problems' : `Problems (${problems.length})`}>
        {problems.length === 0 ? (
          <p className="problem-none">
            <CircleCheck size={14} aria-hidden /> None: the program can run.
          </p>
        ) : (
          <ul className="problem-list">
            {problems.slice(0, mostShown).map((problem, index) => (
              <li key={index}>
                <ProblemRow problem={problem} />
              </li>
            ))}
            {problems.length > mostShown && (
              <li className="inspector-faint">And {problems.length - mostShown} more, which show at their nodes.</li>
            )}
          </ul>
        )}
      </PanelSection>
      {!body && <VersionsList />}
    </>
  )
}

const mostShown = 100

const TypesSection = whenShown(async () => (await import('./types-section')).TypesSection)

function ProblemRow({ problem }: { problem: GraphProblem }) {
  const name = useShownProject(project => project.graph.nodes.find(node => node.id === problem.node)?.name)
  const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert
  const words = (
    <>
      <Icon size={14} aria-label={problem.severity === 'error' ? 'Error' : 'Warning'} />
      <span>{problem.message}</span>
    </>
  )
  const { node, edge, within } = problem
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
      onClick={() => jump({ node, edge, within })}
    >
      {words}
    </button>
  )
}

function jump({ node, edge, within }: Pick<GraphProblem, 'node' | 'edge' | 'within'>): void {
  if (within !== undefined) jumpWithin(within)
  else if (node !== undefined) select([node])
  else if (edge !== undefined) select([], [edge])
  sendSessionEvent('focus-inspector')
}

/** To a node of a program within a step, or to that program. */
function jumpWithin(path: StepPath): void {
  const parts = path.split('/')
  const isNode = parts.length % 2 === 1
  const body = isNode ? parts.slice(0, -1).join('/') : path
  openBody(wholePath(body), isNode ? parts.slice(-1) : [])
}

function withRole(fields: readonly Field[], role: Field['role']): Field[] {
  return fields.map(field => ({ ...field, role }))
}

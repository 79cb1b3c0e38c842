import type { PredictorState, ProgramNode, SignatureNode } from '@/engine/graph/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { demoWords, ensembleWords } from '@/engine/graph/state-words'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import { useProject } from '@/state/project-store'
import { LockMark } from './lock-mark'

/** What the card says about a node's inside in short: instructions on two lines, demos, model; a code node's first line. */
export function NodeFacts({ node }: { node: ProgramNode }) {
  if (node.kind === 'signature') return <SignatureFacts node={node} />
  if (node.kind === 'code') return <p className="node-instructions node-code">{inOneLine(node.source)}</p>
  return null
}

function SignatureFacts({ node }: { node: SignatureNode }) {
  const predictors = useProject(project => predictorIdsOf(project.graph, node.id))
  const state = useProject(project => (predictors ? project.state[predictors.split(' ')[0] ?? ''] : undefined))
  const demos = useProject(project => demoFacts(predictors.split(' ').flatMap(id => project.state[id] ?? [])))
  const members = useProject(project => (state?.ensemble ? ensembleWords(project.state) : undefined))
  const model = useProject(project =>
    state?.lm ? (project.models.find(spec => spec.id === state.lm)?.label ?? 'missing model') : undefined,
  )
  const instructions = state?.instructions || defaultInstructions(node.fields)
  return (
    <>
      <p className={state?.instructions ? 'node-instructions' : 'node-instructions node-instructions-default'} title={instructions}>
        {instructions}
      </p>
      {(demos !== '' || members || model || node.locks) && (
        <p className="node-facts">
          <LockMark locks={node.locks} />
          {members ? (
            <span title="An ensemble: every row runs through all members. Their instructions and demos stand in the panel on the right.">
              {members}
            </span>
          ) : (
            demos !== '' && <span>{demos}</span>
          )}
          {model && <span title="This node's own model">{model}</span>}
        </p>
      )}
    </>
  )
}

/** Of a module with several predictors, how many all of them have. */
function demoFacts(states: readonly PredictorState[]): string {
  const [only, ...others] = states
  if (only && others.length === 0) return demoWords(only)
  return demoWords({ demos: states.flatMap(({ demos }) => demos) })
}

/** A string, so that a selector can hand it out without making the card draw again. */
function predictorIdsOf(graph: Parameters<typeof predictorsOf>[0], nodeId: string): string {
  return predictorsOf(graph)
    .filter(predictor => predictor.node.id === nodeId)
    .map(predictor => predictor.id)
    .join(' ')
}

function inOneLine(source: string): string {
  return source.replace(/\s+/g, ' ').trim() || 'Empty code'
}

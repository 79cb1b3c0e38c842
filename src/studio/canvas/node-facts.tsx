import type { PredictorState, ProgramNode, SignatureNode } from '@/engine/program/program'
import { lockedShare } from '@/engine/graph/locks'
import { demoWords, ensembleWords } from '@/engine/graph/state-words'
import type { Project } from '@/engine/project/project'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import { useProject } from '@/state/document/project-store'
import { LockMark } from './lock-mark'
import { useNodePredictors, type NodePredictor } from './node-predictors'
import { PredictorList } from './predictor-list'

/** What the card says about a node's inside in short: instructions on two lines, demos, model; a code node's first line. */
export function NodeFacts({ node }: { node: ProgramNode }) {
  if (node.kind === 'signature') return <SignatureFacts node={node} />
  if (node.kind === 'code') return <p className="node-instructions node-code">{inOneLine(node.source)}</p>
  return null
}

function SignatureFacts({ node }: { node: SignatureNode }) {
  const predictors = useNodePredictors(node)
  const state = useProject(project => project.state[predictors[0]?.id ?? ''])
  const demos = useProject(project => demoFacts(predictors.flatMap(({ id }) => project.state[id] ?? [])))
  const members = useProject(project => (state?.ensemble ? ensembleWords(project.state) : undefined))
  const model = useProject(project => modelFacts(project, predictors))
  const instructions = state?.instructions || defaultInstructions(node.fields)
  const hasLocks = (['instructions', 'demos'] as const).some(part => lockedShare(predictors, part) !== 'none')
  return (
    <>
      <p className={state?.instructions ? 'node-instructions' : 'node-instructions node-instructions-default'} title={instructions}>
        {instructions}
      </p>
      {(demos !== '' || members || model || hasLocks) && (
        <p className="node-facts">
          <LockMark predictors={predictors} />
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
      {predictors.length > 1 && <PredictorList name={node.name} nodeId={node.id} predictors={predictors} />}
    </>
  )
}

/** The model of the step, where it is not the task LM; several predictors may have several. */
function modelFacts({ state, models }: Project, predictors: readonly NodePredictor[]): string | undefined {
  const own = [...new Set(predictors.map(({ id }) => state[id]?.lm))]
  if (own.length > 1) return 'several models'
  return own[0] && (models.find(spec => spec.id === own[0])?.label ?? 'missing model')
}

/** Of a module with several predictors, how many all of them have. */
function demoFacts(states: readonly PredictorState[]): string {
  const [only, ...others] = states
  if (only && others.length === 0) return demoWords(only)
  return demoWords({ demos: states.flatMap(({ demos }) => demos) })
}

function inOneLine(source: string): string {
  return source.replace(/\s+/g, ' ').trim() || 'Empty code'
}

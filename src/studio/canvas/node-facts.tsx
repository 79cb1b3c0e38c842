import { useShownProject } from '@/state/document/shown-program'
import type { PredictorState, ProgramNode, StepNode } from '@/engine/program/program'
import { lockedShare } from '@/engine/graph/locks'
import { demoWords } from '@/engine/graph/state-words'
import { stepOf, type Step } from '@/engine/modules/registry'
import type { Project } from '@/engine/project/project'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import { LockMark } from './lock-mark'
import { useNodePredictors, type NodePredictor } from './node-predictors'
import { PredictorList } from './predictor-list'
import { ProgramList } from './program-list'

/** What the card says about a node's inside in short: instructions on two lines, demos, model; the first line of its code; its programs. */
export function NodeFacts({ node }: { node: ProgramNode }) {
  const step = stepOf(node)
  if (step === undefined) return null
  return (
    <>
      {step.slots().length > 0 && <PredictorFacts node={step.node} />}
      {step.bodies().length > 0 ? <ProgramList step={step} /> : <OtherFacts step={step} />}
    </>
  )
}

function OtherFacts({ step }: { readonly step: Step }) {
  const facts = step.facts()
  const code = step.sources().find(({ key }) => key === '')?.source
  return (
    <>
      {facts !== undefined && <p className="node-facts">{facts}</p>}
      {code !== undefined && <p className="node-instructions node-code">{inOneLine(code)}</p>}
    </>
  )
}

function PredictorFacts({ node }: { node: StepNode }) {
  const predictors = useNodePredictors(node)
  const state = useShownProject(project => project.state[predictors[0]?.id ?? ''])
  const demos = useShownProject(project => demoFacts(predictors.flatMap(({ id }) => project.state[id] ?? [])))
  const model = useShownProject(project => modelFacts(project, predictors))
  const instructions = state?.instructions || defaultInstructions(node.fields)
  const hasLocks = (['instructions', 'demos'] as const).some(part => lockedShare(predictors, part) !== 'none')
  return (
    <>
      <p className={state?.instructions ? 'node-instructions' : 'node-instructions node-instructions-default'} title={instructions}>
        {instructions}
      </p>
      {(demos !== '' || model || hasLocks) && (
        <p className="node-facts">
          <LockMark predictors={predictors} />
          {demos !== '' && <span>{demos}</span>}
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

import { RotateCcw } from 'lucide-react'
import type { Predictor } from '@/engine/graph/predictors'
import { pathWithin } from '@/engine/program/bodies'
import { decisionsOf, decidedType, type Decision, type DecisionSettings } from '@/engine/signature/decisions/decision'
import { decisionProblem, thresholdsOf } from '@/engine/signature/decisions/settings'
import { isDecisionType } from '@/engine/signature/types/decision-kinds'
import type { Field } from '@/engine/signature/signature'
import { setDecision } from '@/state/document/edits/state-edits'
import { useShownPath, useShownProject } from '@/state/document/shown-program'
import { useDecidedRun } from '@/state/runs/decided-rows'
import { Button } from '@/ui/button'
import { PanelSection } from '@/ui/panel'
import { Switch } from '@/ui/switch'
import { DecisionCharts } from './decision-charts'
import { DecisionRows } from './decision-rows'

interface DecisionsSectionProps {
  readonly predictor: Predictor
  /** Those that are decided by probabilities, or can be. */
  readonly outputs: readonly Field[]
}

/** How the outputs of a predictor are decided by their probabilities: set by hand, and shown on the rows of the last evaluation. */
export function DecisionsSection({ predictor, outputs }: DecisionsSectionProps) {
  return (
    <PanelSection title="Decisions">
      {outputs.map(output => (
        <OutputDecision key={output.name} predictor={predictor} output={output} />
      ))}
    </PanelSection>
  )
}

function OutputDecision({ predictor, output }: { readonly predictor: Predictor; readonly output: Field }) {
  const { id } = predictor
  const settings = useShownProject(project => project.state[id]?.fields?.[output.name])
  const [decision] = decisionsOf({ fields: [output] }, settings && { [output.name]: settings })
  const isFree = !isDecisionType(output.type)
  return (
    <div className="decision" role="group" aria-label={`Decision on ${output.name}`}>
      {isFree ? (
        <Switch
          checked={settings !== undefined}
          onChange={isOn => setDecision(id, output.name, isOn ? {} : undefined)}
          label={`Decide ${output.name} by probabilities`}
        />
      ) : (
        <h4 className="decision-name">{output.name}</h4>
      )}
      {decision && <DecisionEditor predictor={predictor} decision={decision} />}
    </div>
  )
}

function DecisionEditor({ predictor, decision }: { readonly predictor: Predictor; readonly decision: Decision }) {
  const { field, settings } = decision
  const projectId = useShownProject(project => project.id)
  const path = useShownPath()
  const run = useDecidedRun(projectId, pathWithin(path, predictor.id), field.name)
  const problem = decisionProblem({ fields: [field] }, { [field.name]: settings })
  const set = (next: DecisionSettings) => setDecision(predictor.id, field.name, next)
  // Wording stays: it is no number that was moved.
  const { instructions, criteria } = settings
  const words = { ...(instructions !== undefined && { instructions }), ...(criteria !== undefined && { criteria }) }
  const isMoved = JSON.stringify(thresholdsOf(decision.type, settings)) !== JSON.stringify(thresholdsOf(decision.type, {}))
  const before = run && { ...decision, settings: asRun(decision, run.settings) }
  return (
    <>
      {problem !== undefined && (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <DecisionCharts decision={decision} {...(before && { before })} rows={run?.rows ?? []} onChange={set} />
      {isMoved && (
        <Button size="sm" variant="ghost" className="self-start" icon={<RotateCcw />} onClick={() => set(words)}>
          Reset {field.name}
        </Button>
      )}
      {Object.keys(words).length > 0 && (
        <p className="inspector-faint">
          {Object.keys(words).join(' and ')} of its own are asked in place of what the field says.{' '}
          <Button size="sm" variant="ghost" onClick={() => set(numbersOf(settings))}>
            Ask what the field says
          </Button>
        </p>
      )}
      {before && run ? (
        <DecisionRows before={before} now={decision} rows={run.rows} title={run.title} />
      ) : (
        <p className="inspector-faint">Evaluate the program once to see which rows another value would decide otherwise.</p>
      )}
    </>
  )
}

function numbersOf({ threshold, weights, cuts }: DecisionSettings): DecisionSettings {
  return { ...(threshold !== undefined && { threshold }), ...(weights && { weights }), ...(cuts && { cuts }) }
}

/** What a run was set to, where it still fits the type. */
function asRun({ field, type }: Decision, settings: DecisionSettings): DecisionSettings {
  return decidedType(type) && decisionProblem({ fields: [{ ...field, type, desc: 'asked' }] }, { [field.name]: settings }) === undefined
    ? settings
    : {}
}

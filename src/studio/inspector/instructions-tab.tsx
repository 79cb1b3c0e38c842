import { useOuterLocks, useShownProject } from '@/state/document/shown-program'
import { RotateCcw } from 'lucide-react'
import { isLocked as isLockedIn } from '@/engine/graph/locks'
import { predictorsOfNode, predictorTitle, type Predictor } from '@/engine/graph/predictors'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { StepNode } from '@/engine/program/program'
import { setInstructions } from '@/state/document/edits/state-edits'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { TextArea } from '@/ui/text-area'
import { PanelSection } from '@/ui/panel'
import { whenShown } from '@/ui/when-shown'
import { DemosList } from './demos-list'
import { LockButton } from './lock-button'
import { PredictorModel } from './predictor-model'

/** What an optimizer learns, by hand: the instructions and the demos of each predictor of the node. */
export function InstructionsTab({ node }: { node: StepNode }) {
  const predictors = useShownProject(project => predictorsOfNode(project.graph, node.id))
  return (
    <>
      {predictors.map(predictor =>
        predictors.length === 1 ? (
          <PredictorParts key={predictor.id} predictor={predictor} isOnly />
        ) : (
          <section key={predictor.id} aria-label={`Predictor ${predictorTitle(predictor)}`} className="inspector-predictor">
            <h3 className="inspector-subtitle">{predictorTitle(predictor)}</h3>
            <PredictorParts predictor={predictor} isOnly={false} />
          </section>
        ),
      )}
    </>
  )
}

function PredictorParts({ predictor, isOnly }: { readonly predictor: Predictor; readonly isOnly: boolean }) {
  return (
    <>
      <PanelSection>
        {/* The model of an only predictor stands at the top of the panel. */}
        {!isOnly && <PredictorModel label={`Model of ${predictorTitle(predictor)}`} predictors={[predictor.id]} className="mb-3" />}
        <Instructions predictor={predictor} />
      </PanelSection>
      <Decisions predictor={predictor} />
      <DemosList predictor={predictor} />
    </>
  )
}

/** Fetched where an output can be decided by probabilities, which few are. */
const DecisionsSection = whenShown(async () => (await import('./decisions-section')).DecisionsSection)

function Decisions({ predictor }: { readonly predictor: Predictor }) {
  const outputs = predictor.signature({}).fields.filter(({ role, type }) => role === 'output' && decidableKinds.has(type.kind))
  return outputs.length === 0 ? null : <DecisionsSection predictor={predictor} outputs={outputs} />
}

const decidableKinds: ReadonlySet<FieldType['kind']> = new Set<FieldType['kind']>(['noul', 'choice', 'score', 'bool', 'enum'])

function Instructions({ predictor }: { readonly predictor: Predictor }) {
  const { id, defaultInstructions: initial } = predictor
  const text = useShownProject(project => project.state[id]?.instructions ?? '')
  const isDefault = text === initial
  const isLocked = useOuterLocks().instructions !== undefined || isLockedIn(predictor, 'instructions')
  return (
    <FormField
      label="Instructions"
      help={
        isLocked
          ? 'Locked: no optimizer changes this text. You still can.'
          : isDefault
            ? 'This is the default sentence; it follows the fields until you write your own.'
            : 'What the LM is told to do. An optimizer may rewrite it.'
      }
      aside={
        <span className="inspector-actions-inline">
          {!isDefault && (
            <Button size="sm" variant="ghost" icon={<RotateCcw />} onClick={() => setInstructions(id, initial)}>
              Reset to default
            </Button>
          )}
          <LockButton predictor={predictor} part="instructions" />
        </span>
      }
    >
      <TextArea autoGrow rows={4} placeholder={initial} value={text} onChange={next => setInstructions(id, next)} />
    </FormField>
  )
}

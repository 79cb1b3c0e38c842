import { RotateCcw } from 'lucide-react'
import type { SignatureNode } from '@/engine/graph/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import { setInstructions } from '@/state/edits/state-edits'
import { useProject } from '@/state/project-store'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { TextArea } from '@/ui/text-area'
import { PanelSection } from '@/ui/panel'
import { DemosList } from './demos-list'
import { EnsembleSection, useShownMember } from './ensemble-section'
import { LockButton } from './lock-button'
import { MemberState } from './member-state'

/** What an optimizer learns, by hand: the instructions and the demos of each predictor of the node. */
export function InstructionsTab({ node }: { node: SignatureNode }) {
  const predictors = useProject(project => predictorsOf(project.graph).filter(predictor => predictor.node.id === node.id))
  const shown = useShownMember()
  const member = shown?.ensemble.members[shown.index]
  return (
    <>
      <EnsembleSection />
      {predictors.map(predictor => {
        const state = member?.[predictor.id]
        return (
          <div key={predictor.id}>
            {predictors.length > 1 && <h3 className="inspector-subtitle">{predictor.key}</h3>}
            {state && member ? (
              <MemberState key={shown?.index} member={state} fields={predictor.signature(member).fields} />
            ) : (
              <>
                <PanelSection>
                  <Instructions predictorId={predictor.id} node={node} />
                </PanelSection>
                <DemosList predictor={predictor} />
              </>
            )}
          </div>
        )
      })}
    </>
  )
}

function Instructions({ predictorId, node }: { predictorId: string; node: SignatureNode }) {
  const text = useProject(project => project.state[predictorId]?.instructions ?? '')
  const initial = defaultInstructions(node.fields)
  const isDefault = text === initial
  const isLocked = node.locks?.instructions === true
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
            <Button size="sm" variant="ghost" icon={<RotateCcw />} onClick={() => setInstructions(predictorId, initial)}>
              Reset to default
            </Button>
          )}
          <LockButton node={node} part="instructions" />
        </span>
      }
    >
      <TextArea autoGrow rows={4} placeholder={initial} value={text} onChange={next => setInstructions(predictorId, next)} />
    </FormField>
  )
}

import type { ReduceId } from '@/engine/program/program'
import { bestMember, reduceNames } from '@/engine/graph/state-words'
import { ensembleOf, type Ensemble } from '@/engine/graph/ensemble'
import { keepMember, setReduce } from '@/state/document/edits/state-edits'
import { useProject } from '@/state/document/project-store'
import { setShownMember, useSession } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { PanelSection } from '@/ui/panel'
import { Select } from '@/ui/select'
import { toast } from '@/ui/toast'

/** The ensemble of the program and the member that is looked at; undefined for a program that is one. */
export function useShownMember(): { readonly ensemble: Ensemble; readonly index: number } | undefined {
  const ensemble = useProject(project => ensembleOf(project.state))
  const best = useProject(project => bestMember(project.state))
  const wanted = useSession(session => session.shownMember)
  if (ensemble === undefined) return undefined
  const index = wanted !== undefined && wanted < ensemble.members.length ? wanted : (best ?? 0)
  return { ensemble, index }
}

/** Which member of an ensemble the panel shows, how their answers are joined, and the way back to one program. */
export function EnsembleSection({ canChange = true }: { readonly canChange?: boolean }) {
  const shown = useShownMember()
  const best = useProject(project => bestMember(project.state))
  if (shown === undefined) return null
  const { ensemble, index } = shown
  const count = ensemble.members.length
  return (
    <PanelSection title="Ensemble">
      <p className="inspector-faint">
        Every row runs through all {count} members of the program; the {reduceNames[ensemble.reduce]} is returned.
      </p>
      <div className="ensemble-choices">
        <FormField label="Member shown">
          <Select
            size="sm"
            value={String(index)}
            onChange={value => setShownMember(Number(value))}
            options={ensemble.members.map((_, place) => ({
              value: String(place),
              label: `${place + 1} of ${count}${place === best ? ', best alone' : ''}`,
            }))}
          />
        </FormField>
        {canChange && (
          <FormField label="One answer of all">
            <Select size="sm" value={ensemble.reduce} onChange={setReduce} options={reduces} />
          </FormField>
        )}
      </div>
      {canChange && (
        <div className="ensemble-keep">
          <Button size="sm" onClick={() => keep(index, count)}>
            Keep only member {index + 1}
          </Button>
          <span className="inspector-faint">To edit instructions and demos, keep one.</span>
        </div>
      )}
    </PanelSection>
  )
}

function keep(index: number, count: number): void {
  keepMember(index)
  toast({ title: `Member ${index + 1} is the program now`, detail: `Undo brings back all ${count}.`, tone: 'good' })
}

const reduces: readonly { value: ReduceId; label: string; hint: string }[] = [
  { value: 'majority', label: 'Majority', hint: 'The most frequent answer' },
  { value: 'mean', label: 'Mean', hint: 'Of numbers; else the majority' },
  { value: 'median', label: 'Median', hint: 'Of numbers; else the majority' },
]

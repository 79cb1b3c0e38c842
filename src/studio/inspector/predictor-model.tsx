import { useShownProject } from '@/state/document/shown-program'
import type { PredictorId } from '@/engine/program/program'
import { setPredictorsLm } from '@/state/document/edits/state-edits'
import { traitsOf } from '@/engine/providers/registry'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'

interface PredictorModelProps {
  readonly label: string
  /** One predictor, or all of a step: a choice is made for each of them. */
  readonly predictors: readonly PredictorId[]
  readonly className?: string
}

/** Which model answers: the task LM of the run, or one of the predictor's own. */
export function PredictorModel({ label, predictors, className }: PredictorModelProps) {
  const chosen = useShownProject(project => [...new Set(predictors.map(id => project.state[id]?.lm ?? taskChoice))].join(' '))
  const models = useShownProject(project => project.models)
  const taskId = useShownProject(project => project.roles.task)
  const task = models.find(model => model.id === taskId)
  const isMixed = chosen.includes(' ')
  return (
    <FormField label={label} className={className}>
      <Select
        value={isMixed ? mixedChoice : chosen}
        onChange={id => id !== mixedChoice && setPredictorsLm(predictors, id === taskChoice ? undefined : id)}
        options={[
          ...(isMixed ? [{ value: mixedChoice, label: 'Several', hint: 'See each predictor under Instructions' }] : []),
          { value: taskChoice, label: `Task LM (${task?.label ?? 'none'})`, hint: 'Whatever model the program runs with' },
          ...models.map(model => ({
            value: model.id,
            label: model.label,
            hint: traitsOf(model).isLanguageModel ? model.model : 'Embedded, not an LLM',
          })),
        ]}
      />
    </FormField>
  )
}

/** Ids of models hold neither. */
const taskChoice = '(task)'
const mixedChoice = '(several)'

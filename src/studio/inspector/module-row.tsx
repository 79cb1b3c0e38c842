import type { SignatureNode } from '@/engine/graph/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { traitsOf } from '@/engine/lm/providers/registry'
import { moduleKinds } from '@/engine/modules/registry'
import { setModule } from '@/state/edits/node-edits'
import { setPredictorLm } from '@/state/edits/state-edits'
import { useProject } from '@/state/project-store'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'

/** How the signature is answered, and by which model. */
export function ModuleRow({ node }: { node: SignatureNode }) {
  const predictorId = useProject(project => predictorsOf(project.graph).find(predictor => predictor.node.id === node.id)?.id)
  const lm = useProject(project => (predictorId === undefined ? undefined : project.state[predictorId]?.lm))
  const models = useProject(project => project.models)
  const taskId = useProject(project => project.roles.task)
  const task = models.find(model => model.id === taskId)
  return (
    <div className="inspector-pair">
      <FormField label="Module">
        <Select
          value={node.module}
          onChange={module => setModule(node.id, module)}
          options={moduleKinds.map(kind => ({ value: kind.id, label: kind.title, hint: kind.help }))}
        />
      </FormField>
      <FormField label="Model">
        <Select
          value={lm ?? ''}
          onChange={id => predictorId !== undefined && setPredictorLm(predictorId, id === '' ? undefined : id)}
          options={[
            { value: '', label: `Task LM (${task?.label ?? 'none'})`, hint: 'Whatever model the program runs with' },
            ...models.map(model => ({
              value: model.id,
              label: model.label,
              hint: !traitsOf(model).isLanguageModel ? 'Embedded, not an LLM' : model.model,
            })),
          ]}
        />
      </FormField>
    </div>
  )
}

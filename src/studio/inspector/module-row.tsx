import { useShownProject } from '@/state/document/shown-program'
import { predictorsOfNode } from '@/engine/graph/predictors'
import type { SignatureNode } from '@/engine/program/program'
import { moduleKind, moduleKinds } from '@/engine/modules/registry'
import { setModule } from '@/state/document/edits/node-edits'
import { unknownWords } from '@/state/document/unknown-kinds'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { PredictorModel } from './predictor-model'

/** How the signature is answered, and by which model. */
export function ModuleRow({ node }: { node: SignatureNode }) {
  const predictors = useShownProject(project => predictorsOfNode(project.graph, node.id))
  return (
    <div className="inspector-pair">
      <FormField
        label="Module"
        error={moduleKind(node.module) === undefined ? `${unknownWords('module', node.module)} Choose another one.` : undefined}
      >
        <Select
          value={node.module}
          onChange={module => setModule(node.id, module)}
          options={moduleKinds.map(kind => ({ value: kind.id, label: kind.title, hint: kind.help }))}
        />
      </FormField>
      <PredictorModel label="Model" predictors={predictors.map(predictor => predictor.id)} />
    </div>
  )
}

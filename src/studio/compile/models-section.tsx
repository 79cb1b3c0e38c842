import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { providerInfo } from '@/engine/lm/providers/registry'
import type { ModelSpec } from '@/engine/lm/lm'
import { removeModel, setRole } from '@/state/edits/project-edits'
import { notify } from '@/state/notices'
import { useProject } from '@/state/project-store'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { Select } from '@/ui/select'
import { ModelDialog } from './model-dialog'

export function ModelsSection() {
  const models = useProject(project => project.models)
  const roles = useProject(project => project.roles)
  const [edited, setEdited] = useState<ModelSpec | 'new'>()
  const options = models.map(model => ({ value: model.id, label: model.label, hint: describe(model) }))
  return (
    <div className="flex flex-col gap-5">
      <div className="grid gap-4 xl:grid-cols-3">
        <FormField label="Task LM" help="Runs the program.">
          <Select value={roles.task} onChange={id => setRole('task', id)} options={options} />
        </FormField>
        <FormField label="Prompt LM" help="Writes instructions for optimizers that propose them.">
          <Select value={roles.prompt} onChange={id => setRole('prompt', id)} options={options} />
        </FormField>
        <FormField label="Teacher LM" help="Answers while demos are bootstrapped.">
          <Select
            value={roles.teacher ?? sameAsTask}
            onChange={id => setRole('teacher', id === sameAsTask ? undefined : id)}
            options={[{ value: sameAsTask, label: 'Same as the task LM' }, ...options]}
          />
        </FormField>
      </div>
      <ul aria-label="Models of this project" className="divide-y divide-line overflow-hidden rounded-lg border border-line">
        {models.map(model => (
          <li key={model.id} className="flex items-center gap-3 px-3 py-2">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{model.label}</p>
              <p className="truncate text-sm text-faint">{describe(model)}</p>
            </div>
            {model.provider === 'sandbox' ? (
              <Badge tone="neutral">Not a language model</Badge>
            ) : (
              <Badge tone={model.price ? 'neutral' : 'warn'}>{model.price ? priceText(model) : 'Price unknown'}</Badge>
            )}
            <IconButton label={`Edit ${model.label}`} icon={<Pencil />} onClick={() => setEdited(model)} />
            <IconButton label={`Remove ${model.label}`} icon={<Trash2 />} disabled={models.length === 1} onClick={() => remove(model)} />
          </li>
        ))}
      </ul>
      <Button icon={<Plus />} className="self-start" onClick={() => setEdited('new')}>
        Add model
      </Button>
      {edited !== undefined && <ModelDialog model={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </div>
  )
}

const sameAsTask = 'same-as-task'

function remove(model: ModelSpec): void {
  const verdict = removeModel(model.id)
  if (verdict.ok) notify({ title: `Removed ${model.label}`, tone: 'neutral' })
  else notify({ title: `${model.label} stays`, detail: verdict.reason, tone: 'warn' })
}

function describe(model: ModelSpec): string {
  if (model.provider === 'sandbox') return `${providerInfo('sandbox').title}, built in`
  return `${model.model} at ${model.baseUrl !== undefined && URL.canParse(model.baseUrl) ? new URL(model.baseUrl).host : 'an unreadable address'}`
}

function priceText(model: ModelSpec): string {
  return `$${model.price?.input ?? 0} in, $${model.price?.output ?? 0} out per million`
}

import { Copy, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { ModelSpec } from '@/engine/lm/lm'
import { traitsOf } from '@/engine/providers/registry'
import { duplicateModel, removeModel, stepsPickingBy } from '@/state/document/edits/project-edits'
import { notify } from '@/state/session/notices'
import { useProject } from '@/state/document/project-store'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'
import { ModelDialog } from './model-dialog'
import { describeModel, priceText } from './model-words'
import { RoleFields } from './role-fields'

export function ModelsSection() {
  const models = useProject(project => project.models)
  const [edited, setEdited] = useState<ModelSpec | 'new'>()
  return (
    <div className="flex flex-col gap-5">
      <RoleFields />
      <ul aria-label="Models of this project" className="divide-y divide-line overflow-hidden rounded-lg border border-line">
        {models.map(model => (
          <li key={model.id} className="flex items-center gap-3 px-3 py-2">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{model.label}</p>
              <p className="truncate text-sm text-faint">{describeModel(model)}</p>
            </div>
            {!traitsOf(model).isLanguageModel ? (
              <Badge tone="neutral">Not a language model</Badge>
            ) : (
              <Badge tone={model.price ? 'neutral' : 'warn'}>{model.price ? priceText(model) : 'Price unknown'}</Badge>
            )}
            <span className="flex shrink-0">
              <IconButton label={`Edit ${model.label}`} icon={<Pencil />} onClick={() => setEdited(model)} />
              <IconButton label={`Duplicate ${model.label}`} icon={<Copy />} onClick={() => duplicateModel(model.id)} />
              <IconButton label={`Remove ${model.label}`} icon={<Trash2 />} disabled={models.length === 1} onClick={() => remove(model)} />
            </span>
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

function remove(model: ModelSpec): void {
  const steps = stepsPickingBy(model.id)
  const verdict = removeModel(model.id)
  if (!verdict.ok) return notify({ title: `${model.label} stays`, detail: verdict.reason, tone: 'warn' })
  const detail =
    steps.length === 0 ? undefined : `Without its embeddings the demos of ${steps.join(', ')} are picked by their words from now on.`
  notify({ title: `Removed ${model.label}`, ...(detail === undefined ? { tone: 'neutral' } : { detail, tone: 'warn' }) })
}

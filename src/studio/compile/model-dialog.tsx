import { useState } from 'react'
import { newId } from '@/lib/ids'
import { openAiProvider } from '@/engine/providers/openai/openai-provider'
import { providerKind, providers, traitsOf } from '@/engine/providers/registry'
import type { ModelSpec } from '@/engine/lm/lm'
import { addModel, updateModel } from '@/state/document/edits/project-edits'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { FormField } from '@/ui/form-field'
import { Segmented } from '@/ui/segmented'
import { TextInput } from '@/ui/text-input'
import { EndpointFields } from './endpoint-fields'
import { FoundOut } from './found-out'
import { ModelSettingsFields } from './model-settings-fields'

interface ModelDialogProps {
  /** Absent: a new one. */
  readonly model: ModelSpec | undefined
  readonly onClose: () => void
}

/** Sets up a model. Nothing is kept until Save. */
export function ModelDialog({ model, onClose }: ModelDialogProps) {
  const [draft, setDraft] = useState<ModelSpec>(() => model ?? emptyModel())
  const patch = (change: Partial<ModelSpec>) => setDraft(before => ({ ...before, ...change }))
  const problem = problemOf(draft)
  const save = () => {
    const named = { ...draft, label: draft.label.trim() || draft.model }
    if (model === undefined) addModel(named)
    else updateModel(model.id, named)
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={isOpen => !isOpen && onClose()}
      title={model === undefined ? 'Add model' : `Edit ${model.label}`}
      size="lg"
      footer={
        <>
          {problem !== undefined && <p className="flex-1 text-sm text-faint">{problem}</p>}
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={problem !== undefined} onClick={save}>
            Save model
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <div>
          <Segmented
            label="Provider"
            value={draft.provider}
            onChange={provider => {
              const { label, model: name } = providerKind(provider).blank
              patch({ provider, model: name, ...(label !== '' && draft.label === '' && { label }) })
            }}
            options={providers.map(provider => ({ value: provider.id, label: provider.title }))}
          />
          <p className="mt-2 text-sm text-soft">{providerKind(draft.provider).help}</p>
        </div>
        {traitsOf(draft).addressed && <EndpointFields draft={draft} onChange={patch} />}
        <FoundOut model={draft} />
        <FormField label="Label" help="What the studio calls it. Empty: the model's own name.">
          <TextInput value={draft.label} onChange={label => patch({ label })} placeholder={draft.model} className="max-w-80" />
        </FormField>
        <ModelSettingsFields draft={draft} onChange={patch} />
      </div>
    </Dialog>
  )
}

function emptyModel(): ModelSpec {
  return { id: newId('model'), ...openAiProvider.blank, settings: {} }
}

function problemOf(draft: ModelSpec): string | undefined {
  if (!traitsOf(draft).addressed) return undefined
  if (draft.baseUrl === undefined || !URL.canParse(draft.baseUrl) || !/^https?:/.test(draft.baseUrl))
    return 'Write the full address of the API, such as https://api.openai.com/v1.'
  if (draft.model.trim() === '') return 'Name the model.'
  return undefined
}

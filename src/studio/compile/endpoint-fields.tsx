import { useState } from 'react'
import type { ModelSpec } from '@/engine/lm/lm'
import { presetOf } from '@/engine/providers/openai/endpoint-presets'
import { providerKind } from '@/engine/providers/registry'
import { useKeys } from '@/state/session/queries'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { TextInput } from '@/ui/text-input'
import { ConnectionTest } from './connection-test'
import { saveKey } from './model-actions'

interface EndpointFieldsProps {
  readonly draft: ModelSpec
  readonly onChange: (change: Partial<ModelSpec>) => void
}

/** Where the model lives, the key for exactly that origin, and whether it answers. */
export function EndpointFields({ draft, onChange }: EndpointFieldsProps) {
  const { presets, corsNote } = providerKind(draft.provider)
  const [models, setModels] = useState<readonly string[]>([])
  const origin = draft.baseUrl !== undefined && URL.canParse(draft.baseUrl) ? new URL(draft.baseUrl).origin : undefined
  const preset = presets.find(one => one.baseUrl === draft.baseUrl) ?? (origin === undefined ? undefined : presetOf(origin))
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
        <FormField label="Start from">
          <Select
            value={preset?.id ?? 'other'}
            onChange={id => onChange({ baseUrl: presets.find(one => one.id === id)?.baseUrl ?? '' })}
            options={[...presets.map(one => ({ value: one.id, label: one.title })), { value: 'other', label: 'Another address' }]}
          />
        </FormField>
        <FormField label="Base URL" help={preset?.note ?? corsNote}>
          <TextInput
            mono
            value={draft.baseUrl ?? ''}
            onChange={baseUrl => onChange({ baseUrl: baseUrl.trim() })}
            inputMode="url"
            placeholder="https://…/v1"
          />
        </FormField>
      </div>
      {origin !== undefined && <KeyField key={origin} origin={origin} isNeeded={preset?.needsKey ?? false} />}
      <FormField label="Model" help="The name the API knows it by. Test connection lists the ones it has.">
        <TextInput
          mono
          value={draft.model}
          onChange={model => onChange({ model: model.trim() })}
          list="models-of-endpoint"
          placeholder="gpt-4o-mini"
          className="max-w-96"
        />
      </FormField>
      <datalist id="models-of-endpoint">
        {models.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      <ConnectionTest model={draft} onModels={setModels} onPick={model => onChange({ model })} />
    </>
  )
}

function KeyField({ origin, isNeeded }: { readonly origin: string; readonly isNeeded: boolean }) {
  const keys = useKeys()
  const [key, setKey] = useState('')
  const [remember, setRemember] = useState(false)
  const saved = keys.data?.find(one => one.origin === origin)
  const save = async () => {
    if (await saveKey(origin, key.trim(), remember)) setKey('')
  }
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-sunken p-3">
      <FormField
        label="API key"
        help={
          saved
            ? `Saved, ending in ${saved.last4}; ${saved.remembered ? 'remembered on this device' : 'kept until the tab closes'}. Enter another one to replace it.`
            : `${isNeeded ? 'Needed here. ' : ''}Sent to ${origin} only, and kept out of every project, export and trace.`
        }
      >
        <div className="flex gap-2">
          <TextInput
            type="password"
            mono
            value={key}
            onChange={setKey}
            autoComplete="off"
            aria-label="API key"
            placeholder={saved ? `•••• ${saved.last4}` : ''}
            className="max-w-96"
          />
          <Button disabled={key.trim() === ''} onClick={() => void save()}>
            Save key
          </Button>
        </div>
      </FormField>
      <Checkbox checked={remember} onChange={setRemember} label="Remember on this device" />
    </div>
  )
}

import { useState } from 'react'
import type { ModelSpec } from '@/engine/lm/lm'
import { keyProblem } from '@/engine/lm/keys/take-key'
import { presetOf } from '@/engine/providers/openai/endpoint-presets'
import { providerKind } from '@/engine/providers/registry'
import { saveKey } from '@/state/session/save-key'
import { useKeys } from '@/state/session/queries'
import { useAttempt } from '@/state/session/use-attempt'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { TextInput } from '@/ui/text-input'
import { ConnectionTest } from './connection-test'
import { testConnection } from './model-actions'
import { useTurns } from '@/ui/use-turns'

interface EndpointFieldsProps {
  readonly draft: ModelSpec
  readonly onChange: (change: Partial<ModelSpec>) => void
}

/** Where the model lives, the key for exactly that origin, and whether it answers. */
export function EndpointFields({ draft, onChange }: EndpointFieldsProps) {
  const { presets, corsNote } = providerKind(draft.provider)
  const origin = draft.baseUrl !== undefined && URL.canParse(draft.baseUrl) ? new URL(draft.baseUrl).origin : undefined
  const [typed, setTyped] = useState<TypedKey>({ origin, key: '', edits: 0 })
  // A key is for one address: another address has an empty box.
  const key = typed.origin === origin ? typed.key : ''
  const setKey = (next: string): void => setTyped(before => ({ origin, key: next, edits: before.edits + 1 }))
  const forget = (saved: string): void => setTyped(before => (before.key === saved ? { ...before, key: '' } : before))
  const test = useAttempt({ provider: draft.provider, baseUrl: draft.baseUrl, edits: typed.edits }, async () => ({
    ...(await testConnection(draft, key)),
    asked: draft.model,
  }))
  const models = test.data?.models ?? []
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
      {origin !== undefined && (
        <KeyField key={origin} origin={origin} isNeeded={preset?.needsKey ?? false} typed={key} onType={setKey} onSaved={forget} />
      )}
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
      <ConnectionTest
        test={test}
        note={key.trim() === '' ? undefined : 'The key in the box was used, and is not saved yet: press Save key.'}
        chosen={draft.model}
        onPick={model => onChange({ model })}
      />
    </>
  )
}

/** What stands in the box for a key. */
interface TypedKey {
  readonly origin: string | undefined
  readonly key: string
  /** Tells a test with this key from one with another, without holding on to the key. */
  readonly edits: number
}

interface KeyFieldProps {
  readonly origin: string
  readonly isNeeded: boolean
  readonly typed: string
  readonly onType: (key: string) => void
  readonly onSaved: (key: string) => void
}

function KeyField({ origin, isNeeded, typed: key, onType: setKey, onSaved }: KeyFieldProps) {
  const keys = useKeys()
  const [remember, setRemember] = useState(false)
  const saved = keys.data?.find(one => one.origin === origin)
  const problem = keyProblem(key)
  const turns = useTurns()
  const save = async () => {
    const turn = turns.next()
    // Another key may be typed by now.
    if (await saveKey(origin, key, remember)) turn.take(() => onSaved(key))()
  }
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-sunken p-3">
      <FormField
        label="API key"
        error={problem}
        help={
          saved
            ? `Saved${saved.last4 === '' ? '' : `, ending in ${saved.last4}`}; ${saved.remembered ? 'remembered on this device' : 'kept until the tab closes'}. Enter another one to replace it.`
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
          <Button disabled={key.trim() === '' || problem !== undefined} onClick={() => void save()}>
            Save key
          </Button>
        </div>
      </FormField>
      <Checkbox checked={remember} onChange={setRemember} label="Remember on this device" />
    </div>
  )
}

import { isFileRef } from '@/engine/blobs/blob-ref'
import { useState } from 'react'
import { parseJson, type Json } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import { coerceValue } from '@/engine/signature/check-value'
import type { Field } from '@/engine/signature/signature'
import type { FieldType } from '@/engine/signature/types/field-type'
import { typeName } from '@/engine/signature/type-name'
import { storeMedia } from '@/state/data/stored-media'
import { errorSentence } from '@/state/session/notices'
import { FormField } from '@/ui/form-field'
import { NumberInput } from '@/ui/number-input'
import { Select } from '@/ui/select'
import { TextArea } from '@/ui/text-area'
import { whenShown } from '@/ui/when-shown'
import { unwrap } from './type-choice'

/** Few programs look at files. */
const MediaInput = whenShown(async () => (await import('@/ui/media-input')).MediaInput)

/** And few talk. */
const HistoryInput = whenShown(async () => (await import('./history-input')).HistoryInput)

interface ValueInputProps {
  readonly label: string
  readonly type: FieldType
  readonly value: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  readonly help?: string
  /** What a turn of a history may hold; without it a history is typed as JSON. */
  readonly turnFields?: readonly Field[]
}

/** One value of a type: a box, a number, a choice, or JSON for what has parts. Empty means "not given". */
export function ValueInput({ label, type, value, onChange, help, turnFields }: ValueInputProps) {
  const { inner } = unwrap(type)
  const given = value ?? undefined
  const misfit = given === undefined ? undefined : reasonAgainst(type, given)
  const common = { label: <ValueLabel name={label} type={type} />, ...(help ? { help } : {}) }
  switch (inner.kind) {
    case 'int':
    case 'float':
      return (
        <FormField {...common} {...(misfit ? { error: misfit } : {})}>
          <NumberInput integer={inner.kind === 'int'} value={typeof given === 'number' ? given : undefined} onChange={onChange} />
        </FormField>
      )
    case 'bool':
      return (
        <FormField {...common}>
          <Select
            value={given === undefined ? '' : String(given)}
            onChange={next => onChange(next === '' ? undefined : next === 'true')}
            options={boolOptions}
          />
        </FormField>
      )
    case 'enum':
      return (
        <FormField {...common} {...(misfit ? { error: misfit } : {})}>
          <Select
            value={given === undefined ? '' : pythonStr(given)}
            onChange={next => onChange(inner.values.find(each => pythonStr(each) === next))}
            options={[{ value: '', label: 'Not given' }, ...inner.values.map(each => ({ value: pythonStr(each), label: pythonStr(each) }))]}
          />
        </FormField>
      )
    case 'enum-class': {
      const chosen = inner.members.find(({ value: one }) => one === given)
      return (
        <FormField {...common} {...(misfit ? { error: misfit } : {})}>
          <Select
            value={chosen?.name ?? ''}
            onChange={next => onChange(inner.members.find(member => member.name === next)?.value)}
            options={[
              { value: '', label: 'Not given' },
              ...inner.members.map(member => ({ value: member.name, label: pythonStr(member.value), hint: member.name })),
            ]}
          />
        </FormField>
      )
    }
    case 'image':
    case 'audio':
    case 'file':
      return (
        <FormField {...common} {...(misfit ? { error: misfit } : {})}>
          <MediaInput
            label={label}
            kind={inner.kind}
            value={isFileRef(given) ? given : undefined}
            onGive={async file => onChange(await storeMedia(inner.kind, file))}
            {...(inner.kind === 'image' && { onLink: (address: string) => onChange({ $url: address }) })}
            onClear={() => onChange(undefined)}
            problemOf={errorSentence}
          />
        </FormField>
      )
    case 'history': {
      if (turnFields === undefined) return <JsonInput {...{ label, type, value: given, onChange }} {...(help ? { help } : {})} />
      return (
        <FormField {...common} {...(misfit ? { error: misfit } : {})}>
          <HistoryInput
            label={label}
            value={given}
            fields={turnFields.filter(field => unwrap(field.type).inner.kind !== 'history')}
            onChange={onChange}
            renderValue={(field, held, set) => <ValueInput label={field.name} type={field.type} value={held} onChange={set} />}
          />
        </FormField>
      )
    }
    case 'date':
    case 'datetime':
    case 'time':
    case 'code':
    case 'reasoning':
    case 'str':
      return (
        <FormField {...common} {...(misfit ? { error: misfit } : {})}>
          <TextArea
            autoGrow
            rows={1}
            value={typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given)}
            onChange={text => onChange(text === '' ? undefined : text)}
          />
        </FormField>
      )
    default:
      return <JsonInput {...{ label, type, value: given, onChange }} {...(help ? { help } : {})} />
  }
}

/** Lists and objects as JSON. What is half typed stays in the box until it can be read. */
function JsonInput({ label, type, value, onChange, help }: ValueInputProps) {
  const shown = value === undefined ? '' : JSON.stringify(value)
  const [draft, setDraft] = useState<string>()
  const text = draft ?? shown
  const reason = text.trim() === '' ? undefined : jsonFault(text, type)
  const change = (next: string) => {
    setDraft(next)
    if (next.trim() === '') return onChange(undefined)
    const parsed = parseJson(next)
    if (parsed.ok) onChange(parsed.value)
  }
  return (
    <FormField label={<ValueLabel name={label} type={type} />} {...(help ? { help } : {})} {...(reason ? { error: reason } : {})}>
      <TextArea
        mono
        autoGrow
        rows={1}
        placeholder="JSON"
        value={text}
        onChange={change}
        onBlur={() => reason === undefined && setDraft(undefined)}
      />
    </FormField>
  )
}

export function ValueLabel({ name, type }: { name: string; type: FieldType }) {
  return (
    <>
      {name} <span className="value-type">{typeName(type)}</span>
    </>
  )
}

function jsonFault(text: string, type: FieldType): string | undefined {
  const parsed = parseJson(text)
  if (!parsed.ok) return 'Not JSON yet.'
  return reasonAgainst(type, parsed.value)
}

function reasonAgainst(type: FieldType, value: Json): string | undefined {
  const result = coerceValue(type, value)
  return result.ok ? undefined : result.reason
}

const boolOptions = [
  { value: '', label: 'Not given' },
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
]

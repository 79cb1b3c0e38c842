import { useState } from 'react'
import { parseJson } from '@/lib/json'
import { CodeEditor } from './code-editor'
import { NumberInput } from './number-input'
import type { SchemaProperty } from './schema-properties'
import { Select } from './select'
import { Switch } from './switch'
import { TextArea } from './text-area'
import { TextInput } from './text-input'

interface SchemaControlProps {
  readonly property: SchemaProperty
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly disabled: boolean
}

export function SchemaControl({ property, value, onChange, disabled }: SchemaControlProps) {
  const { kind, min, max, step, options = [], isNullable, title, key } = property
  const empty = isNullable ? null : undefined
  if (property.widget === 'code') {
    return <CodeEditor label={title ?? key} language="javascript" value={asText(value)} onChange={onChange} readOnly={disabled} />
  }
  switch (kind) {
    case 'number':
    case 'integer':
      return (
        <NumberInput
          value={typeof value === 'number' ? value : undefined}
          onChange={next => onChange(next ?? empty)}
          min={min}
          max={max}
          step={step}
          integer={kind === 'integer'}
          disabled={disabled}
          placeholder={isNullable ? 'none' : undefined}
          className="max-w-40"
        />
      )
    case 'boolean':
      return <Switch checked={value === true} onChange={onChange} disabled={disabled} />
    case 'enum':
      return (
        <Select
          value={typeof value === 'string' ? value : isNullable ? noneOption.value : undefined}
          onChange={next => onChange(next === noneOption.value ? empty : next)}
          options={[...(isNullable ? [noneOption] : []), ...options.map(option => ({ value: option, label: option }))]}
          disabled={disabled}
        />
      )
    case 'string':
      return property.widget === 'textarea' ? (
        <TextArea value={asText(value)} onChange={onChange} disabled={disabled} autoGrow />
      ) : (
        <TextInput
          value={asText(value)}
          onChange={next => onChange(next === '' && property.isOptional ? empty : next)}
          disabled={disabled}
        />
      )
    case 'json':
      return <JsonControl value={value} onChange={onChange} disabled={disabled} />
  }
}

const noneOption = { value: '', label: 'None' }

/** Anything without a control of its own: edited as JSON, handed on whenever it parses. */
function JsonControl({ value, onChange, disabled }: Omit<SchemaControlProps, 'property'>) {
  const [draft, setDraft] = useState<string>()
  return (
    <TextArea
      mono
      autoGrow
      value={draft ?? (value === undefined ? '' : JSON.stringify(value, null, 1))}
      disabled={disabled}
      onChange={text => {
        setDraft(text)
        const parsed = parseJson(text)
        if (text.trim() === '') onChange(undefined)
        else if (parsed.ok) onChange(parsed.value)
      }}
      onBlur={() => setDraft(undefined)}
    />
  )
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

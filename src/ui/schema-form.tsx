import { RotateCcw } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { z } from 'zod'
import { cx } from './cx'
import { FormField } from './form-field'
import { IconButton } from './icon-button'
import { SchemaControl } from './schema-control'
import { schemaErrors, schemaProperties, type SchemaProperty } from './schema-properties'

type FormValue = Readonly<Record<string, unknown>>

/** A control for one key, where the schema's `.meta({ widget })` asks for one of the form's user. */
export type SchemaWidget = (value: unknown, onChange: (value: unknown) => void, property: SchemaProperty) => ReactNode

export interface SchemaFormProps {
  readonly schema: z.ZodObject
  readonly value: FormValue
  /** A key that is absent stands for its default. */
  readonly onChange: (value: FormValue) => void
  /** By key; the schema's own complaints are shown without. */
  readonly errors?: Readonly<Record<string, string | undefined>>
  readonly disabled?: boolean
  readonly widgets?: Readonly<Record<string, SchemaWidget>>
  readonly className?: string
}

/** A form drawn from a Zod object: one row a key, with its own name, default, help and error. */
export function SchemaForm({ schema, value, onChange, errors, disabled = false, widgets = {}, className }: SchemaFormProps) {
  const properties = useMemo(() => schemaProperties(schema), [schema])
  const ownErrors = useMemo(() => schemaErrors(schema, value), [schema, value])
  const set = (key: string, next: unknown) => {
    const { [key]: _, ...rest } = value
    onChange(next === undefined ? rest : { ...rest, [key]: next })
  }
  return (
    <div className={cx('flex flex-col gap-4', className)}>
      {properties
        .filter(property => property.widget !== 'hidden')
        .map(property => {
          const isSet = value[property.key] !== undefined && value[property.key] !== property.fallback
          const shown = value[property.key] ?? property.fallback
          const widget = widgets[property.widget ?? '']
          return (
            <FormField
              key={property.key}
              label={<Label property={property} />}
              help={<Help property={property} />}
              error={errors?.[property.key] ?? ownErrors[property.key]}
              aside={
                isSet && property.fallback !== undefined && !disabled ? (
                  <IconButton
                    label={isShort(property.fallback) ? `Back to default: ${said(property.fallback)}` : 'Back to default'}
                    icon={<RotateCcw />}
                    size="sm"
                    className="-my-1.5"
                    onClick={() => set(property.key, undefined)}
                  />
                ) : undefined
              }
            >
              {widget ? (
                widget(shown, next => set(property.key, next), property)
              ) : (
                <SchemaControl property={property} value={shown} onChange={next => set(property.key, next)} disabled={disabled} />
              )}
            </FormField>
          )
        })}
    </div>
  )
}

function Label({ property: { key, title } }: { readonly property: SchemaProperty }) {
  if (title === undefined) return <span className="font-mono text-xs">{key}</span>
  return (
    <>
      {title} <span className="ml-1 font-mono text-xs font-normal text-faint">{key}</span>
    </>
  )
}

function Help({ property: { help, fallback, isOptional } }: { readonly property: SchemaProperty }) {
  const standing = fallback === undefined ? (isOptional ? 'May stay empty.' : '') : isShort(fallback) ? `Default ${said(fallback)}.` : ''
  return (
    <>
      {help} {standing}
    </>
  )
}

/** Code and lists are no news in a sentence. */
function isShort(value: unknown): boolean {
  return said(value).length <= 40
}

function said(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (value === null) return 'none'
  return typeof value === 'string' ? value || 'empty' : JSON.stringify(value)
}

import { useState, type ReactNode } from 'react'
import { isEngineError } from '@/engine/base/errors'
import { boundNames, boundsText, parseBoundsText, parseValueText } from '@/engine/signature/field-texts'
import { fieldPrefix } from '@/engine/signature/label'
import { printDefault } from '@/engine/signature/print-signature'
import type { Field } from '@/engine/signature/signature'
import type { FieldPatch } from '@/state/document/edits/field-draft'
import { updateField } from '@/state/document/edits/node-edits'
import { TextInput } from '@/ui/text-input'

/** What a field may have beside its type and description, each as Python writes it. */
export function FieldExtras({ nodeId, field }: { nodeId: string; field: Field }) {
  const set = (patch: FieldPatch) => updateField(nodeId, field.id, patch)
  return (
    <div className="field-extras">
      <ReadText
        name="Default"
        label={`Default of ${field.name}`}
        placeholder="3 or 'short'"
        value={field.default === undefined ? '' : printDefault(field)}
        read={parseValueText}
        onRead={value => set({ default: value })}
      />
      <ReadText
        name="Limits"
        label={`Limits of ${field.name}`}
        placeholder="ge=0, le=10"
        title={`One or more of ${boundNames.join(', ')}. The model is told; an answer is not held to them.`}
        value={field.constraints === undefined ? '' : boundsText(field.constraints)}
        read={parseBoundsText}
        onRead={constraints => set({ constraints })}
      />
      <Extra name="Prefix">
        <TextInput
          label={`Prefix of ${field.name}`}
          title="DSPy’s label of the field in saved programs and in lists of demos. Prompts do not show it."
          placeholder={fieldPrefix({ name: field.name })}
          value={field.prefix ?? ''}
          onChange={prefix => set({ prefix: prefix === '' ? undefined : prefix })}
        />
      </Extra>
    </div>
  )
}

/** The words beside the box are for the eye; the box itself is named in full. */
function Extra({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <span className="inspector-faint" aria-hidden>
        {name}
      </span>
      {children}
    </div>
  )
}

interface ReadTextProps<T> {
  readonly name: string
  readonly label: string
  readonly placeholder: string
  readonly title?: string
  readonly value: string
  readonly read: (text: string) => T
  readonly onRead: (value: T | undefined) => void
}

/** A text that is taken over as soon as it can be read; what cannot be stays as it was typed, with what is wrong. */
function ReadText<T>({ name, label, placeholder, title, value, read, onRead }: ReadTextProps<T>) {
  const [draft, setDraft] = useState<string>()
  const fault = draft === undefined || draft.trim() === '' ? undefined : faultOf(read, draft)
  const type = (text: string) => {
    setDraft(text)
    if (text.trim() === '') onRead(undefined)
    else if (faultOf(read, text) === undefined) onRead(read(text))
  }
  return (
    <Extra name={name}>
      <TextInput
        mono
        label={label}
        placeholder={placeholder}
        {...(title !== undefined && { title })}
        spellCheck={false}
        value={draft ?? value}
        aria-invalid={fault !== undefined || undefined}
        onChange={type}
        onBlur={() => fault === undefined && setDraft(undefined)}
      />
      {fault !== undefined && (
        <p role="status" className="field-problem" data-severity="error">
          {fault}
        </p>
      )}
    </Extra>
  )
}

function faultOf<T>(read: (text: string) => T, text: string): string | undefined {
  try {
    read(text)
    return undefined
  } catch (error) {
    if (!isEngineError(error)) throw error
    return error.message
  }
}

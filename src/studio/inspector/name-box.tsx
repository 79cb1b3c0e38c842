import { useState } from 'react'
import type { Verdict } from '@/state/document/edits/verdict'
import { FormField } from '@/ui/form-field'
import { TextInput } from '@/ui/text-input'

interface NameBoxProps {
  readonly name: string
  onCommit(name: string): Verdict
}

/** The name is a label: it can change at any time, and nothing hangs on it. */
export function NameBox({ name, onCommit }: NameBoxProps) {
  const [draft, setDraft] = useState(name)
  const [reason, setReason] = useState<string>()
  const commit = () => {
    const wanted = draft.trim()
    if (wanted === '' || wanted === name) {
      setDraft(name)
      setReason(undefined)
      return
    }
    const result = onCommit(wanted)
    setReason(result.ok ? undefined : result.reason)
  }
  return (
    <FormField label="Name" {...(reason === undefined ? {} : { error: reason })}>
      <TextInput
        value={draft}
        onChange={setDraft}
        onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') commit()
          if (event.key === 'Escape') setDraft(name)
        }}
      />
    </FormField>
  )
}

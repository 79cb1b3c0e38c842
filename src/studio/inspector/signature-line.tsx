import { useEffect, useRef, useState } from 'react'
import type { ProgramNode } from '@/engine/program/program'
import { isEngineError } from '@/engine/base/errors'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import { printSignatureLine } from '@/engine/signature/print-signature'
import { setSignatureLine } from '@/state/document/edits/node-edits'
import { knownTypes } from '@/state/document/edits/type-edits'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { TextArea } from '@/ui/text-area'

/**
 * The fields as one line of DSPy's grammar. What is typed is checked at each key and written once it can be read and the hands rest:
 * half a name must not cost a wire. A line that cannot be read stays as it was typed, with what is wrong and where.
 */
export function SignatureLine({ node }: { node: ProgramNode }) {
  const printed = printSignatureLine(node.fields)
  const [draft, setDraft] = useState<string>()
  const [told, setTold] = useState<readonly string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const fault = draft === undefined ? undefined : faultOf(draft)
  useEffect(() => () => clearTimeout(timer.current), [])

  const write = (line: string) => {
    clearTimeout(timer.current)
    setTold(remarksOn(line))
    if (faultOf(line) === undefined && line !== printed) setSignatureLine(node.id, line)
  }
  const type = (line: string) => {
    const oneLine = line.replace(/\n/g, ' ')
    setDraft(oneLine)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => write(oneLine), restMs)
  }
  const settle = () => {
    if (draft === undefined || fault !== undefined) return
    write(draft)
    setDraft(undefined)
  }
  return (
    <FormField
      label="Signature line"
      {...(fault === undefined ? {} : { error: fault.reason })}
      aside={
        fault && (
          <Button size="sm" variant="ghost" onClick={() => setDraft(undefined)}>
            Back to the form
          </Button>
        )
      }
    >
      <TextArea
        mono
        autoGrow
        rows={1}
        spellCheck={false}
        placeholder="question, context: list[str] -> answer"
        value={draft ?? printed}
        onChange={type}
        onBlur={settle}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault()
            settle()
          }
          if (event.key === 'Escape' && draft !== undefined) {
            event.stopPropagation()
            clearTimeout(timer.current)
            setDraft(undefined)
          }
        }}
      />
      {fault === undefined && told.length > 0 && (
        <ul className="line-remarks" aria-live="polite">
          {told.map(remark => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      {fault?.position !== undefined && draft !== undefined && (
        <pre className="line-fault" aria-hidden="true">
          {draft.slice(Math.max(0, fault.position - 20), fault.position)}
          <mark>{draft.slice(fault.position, fault.position + 12) || ' '}</mark>
        </pre>
      )}
    </FormField>
  )
}

/** What of the line is read otherwise than it is written; it stays in sight after the line is printed anew. */
function remarksOn(line: string): readonly string[] {
  try {
    return [...new Set(parseSignatureLine(line, knownTypes()).remarks.map(({ message }) => message))]
  } catch (error) {
    if (!isEngineError(error)) throw error
    return []
  }
}

const restMs = 350

function faultOf(line: string): { readonly reason: string; readonly position?: number } | undefined {
  try {
    parseSignatureLine(line, knownTypes())
    return undefined
  } catch (error) {
    if (!isEngineError(error)) throw error
    const { position } = error.facts
    return { reason: error.message, ...(typeof position === 'number' ? { position } : {}) }
  }
}

import { useMemo, useState } from 'react'
import { isEngineError } from '@/engine/base/errors'
import { type LineRemark, type PythonReading, type PythonSignature, readPythonSignatures } from '@/engine/signature/python/read-signatures'
import { spellConstraints } from '@/engine/signature/types/constraint-rules'
import { pythonRepr } from '@/lib/python-text'
import { typeName } from '@/engine/signature/type-name'
import { addPythonSignatures, takePythonSignature } from '@/state/document/edits/python-edits'
import { askForPython, type PythonAsk } from '@/state/session/python-ask'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { TextArea } from '@/ui/text-area'

/** Reads the signatures of pasted Python, shows what was read and what could not be, and takes them over. The text is never run. */
export function PythonDialog({ ask }: { ask: PythonAsk }) {
  const [text, setText] = useState(ask.text)
  const [chosen, setChosen] = useState<string>()
  const read = useMemo(() => readingOf(text), [text])
  const signatures = read.reading?.signatures ?? []
  const one = signatures.find(({ name }) => name === chosen) ?? signatures[0]
  const shown = ask.node === undefined ? signatures : one ? [one] : []
  const close = () => askForPython(undefined)
  const take = () => {
    if (ask.node !== undefined && one) takePythonSignature(ask.node, one)
    else if (signatures.length > 0) addPythonSignatures(signatures, ask.at)
    announce(ask.node !== undefined ? `The signature is ${one?.name}` : counted(signatures.length, 'node', 'added'))
    close()
  }
  return (
    <Dialog
      open
      onOpenChange={isOpen => !isOpen && close()}
      title="Signature from Python"
      description="Paste signature classes, with the models, Enums and constants they use. The text is read, never run."
      size="lg"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={shown.length === 0} onClick={take}>
            {ask.node !== undefined ? 'Take it over' : shown.length < 2 ? 'Add the node' : `Add ${shown.length} nodes`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <FormField label="Python" {...(read.fault !== undefined && text.trim() !== '' && { error: read.fault })}>
          <TextArea
            mono
            rows={10}
            spellCheck={false}
            value={text}
            onChange={setText}
            placeholder={
              'class Classify(dspy.Signature):\n    """Name the topic."""\n\n    text: str = dspy.InputField()\n    topic: str = dspy.OutputField()'
            }
          />
        </FormField>
        {ask.node !== undefined && signatures.length > 1 && one && (
          <FormField label="Which of them">
            <Select
              label="Which of them"
              value={one.name}
              onChange={setChosen}
              options={signatures.map(({ name }) => ({ value: name, label: name }))}
            />
          </FormField>
        )}
        <Remarks title="Not read" remarks={read.reading?.missing ?? []} isBad />
        <Remarks title="Read otherwise" remarks={read.reading?.remarks ?? []} />
        {shown.map(signature => (
          <Preview key={signature.name} signature={signature} />
        ))}
      </div>
    </Dialog>
  )
}

function readingOf(text: string): { readonly reading?: PythonReading; readonly fault?: string } {
  try {
    return { reading: readPythonSignatures(text) }
  } catch (error) {
    if (!isEngineError(error)) throw error
    return { fault: error.message }
  }
}

function Preview({ signature: { name, instructions, fields } }: { signature: PythonSignature }) {
  return (
    <section aria-label={`Signature ${name}`} className="rounded-md border border-line px-3 py-2">
      <h3 className="font-semibold">{name}</h3>
      <p className="whitespace-pre-wrap text-soft">{instructions ?? 'Default instructions'}</p>
      <ul className="mt-2 flex flex-col gap-1">
        {fields.map(({ name: field, role, type, desc, default: usual, constraints }) => (
          <li key={field} className="break-words">
            <span className="text-soft">{role === 'input' ? 'in' : 'out'}</span>{' '}
            <code>{`${field}: ${typeName(type)}${usual === undefined ? '' : ` = ${pythonRepr(usual)}`}`}</code>
            {constraints && <code className="text-soft"> {spellConstraints(constraints)}</code>}
            {desc !== '' && <span className="text-soft"> {desc}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Remarks({ title, remarks, isBad = false }: { title: string; remarks: readonly LineRemark[]; isBad?: boolean }) {
  if (remarks.length === 0) return null
  const most = 20
  return (
    <section aria-label={title}>
      <h3 className={isBad ? 'font-semibold text-bad-text' : 'font-semibold'}>{title}</h3>
      <ul className="flex flex-col gap-1">
        {remarks.slice(0, most).map(({ line, message }) => (
          <li key={`${line} ${message}`} className="break-words">{`Line ${line}: ${message}`}</li>
        ))}
        {remarks.length > most && <li>{`and ${remarks.length - most} more`}</li>}
      </ul>
    </section>
  )
}

function counted(count: number, what: string, done: string): string {
  return count === 1 ? `1 ${what} ${done}` : `${count} ${what}s ${done}`
}

import { Plus } from 'lucide-react'
import type { ClipboardEvent } from 'react'
import type { ProgramNode } from '@/engine/program/program'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import { addedFields } from '@/engine/graph/ports'
import { isStepNode, nodeKindOf } from '@/engine/modules/registry'
import type { Field } from '@/engine/signature/signature'
import { addField } from '@/state/document/edits/node-edits'
import { looksLikePython } from '@/engine/signature/python/looks-like-python'
import { askForPython } from '@/state/session/python-ask'
import { Button } from '@/ui/button'
import { PanelSection } from '@/ui/panel'
import { whenShown } from '@/ui/when-shown'
import { FieldEditor } from './field-editor'
import { SignatureLine } from './signature-line'

/** The node's fields as a form, and for a signature also as one line in DSPy's grammar: two views of one thing. */
export function FieldsTab({ node }: { node: ProgramNode }) {
  const takesInputs = !isInputNode(node) && nodeKindOf(node)?.hasNoInputs !== true
  const hasBothSides = isStepNode(node) && takesInputs
  const inputs = node.fields.filter(field => field.role === 'input')
  const outputs = node.fields.filter(field => field.role === 'output')
  const added = addedFields(node)
  return (
    <>
      {hasBothSides && (
        <PanelSection>
          <div onPaste={event => pastePython(event, node.id)}>
            <SignatureLine key={node.id} node={node} />
          </div>
          {node.kind === 'signature' && <PythonButtons nodeId={node.id} />}
        </PanelSection>
      )}
      {takesInputs && <Side node={node} side="input" title={isOutputNode(node) ? 'Returns' : 'Inputs'} fields={inputs} />}
      {!isOutputNode(node) && (
        <Side node={node} side="output" title={isInputNode(node) ? 'A row brings' : 'Outputs'} fields={outputs} added={added} />
      )}
    </>
  )
}

/** Fetched behind the form: it knows how Python writes every type. */
const PythonButtons = whenShown(async () => (await import('./python-buttons')).PythonButtons)

/** A class pasted into the line is no line, but says the same. */
function pastePython(event: ClipboardEvent, node: string): void {
  const text = event.clipboardData.getData('text/plain')
  if (!looksLikePython(text)) return
  event.preventDefault()
  event.stopPropagation()
  askForPython({ text, node })
}

function Side({
  node,
  side,
  title,
  fields,
  added = [],
}: {
  node: ProgramNode
  side: Field['role']
  title: string
  fields: readonly Field[]
  added?: readonly Field[]
}) {
  return (
    <PanelSection
      title={title}
      actions={
        <Button
          size="sm"
          variant="ghost"
          icon={<Plus />}
          aria-label={`Add to ${title.toLowerCase()}`}
          onClick={() => focusName(addField(node.id, side))}
        >
          Add
        </Button>
      }
    >
      {added.map(field => (
        <p key={field.id} className="field-added">
          <code>{field.name}</code> comes first: the module adds it.
        </p>
      ))}
      {fields.length === 0 && <p className="inspector-faint">None yet.</p>}
      <ol className="field-list">
        {fields.map((field, index) => (
          <FieldEditor key={field.id} node={node} field={field} index={index} count={fields.length} />
        ))}
      </ol>
    </PanelSection>
  )
}

/** A new field starts with its name selected, ready to be typed over. */
function focusName(fieldId: string): void {
  setTimeout(() => document.querySelector<HTMLInputElement>(`[data-field-name="${CSS.escape(fieldId)}"]`)?.select())
}

import { useShownProject } from '@/state/document/shown-program'
import { memo, type DragEvent, type KeyboardEvent, useState } from 'react'
import { ArrowDown, ArrowLeftRight, ArrowUp, Ellipsis, GripVertical, SlidersHorizontal, Trash2 } from 'lucide-react'
import type { ProgramNode } from '@/engine/program/program'
import { isStepNode, nodeKindOf } from '@/engine/modules/registry'
import type { Field } from '@/engine/signature/signature'
import { addField, moveField, removeField, updateField } from '@/state/document/edits/node-edits'
import { announce } from '@/ui/announcer'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { TextInput } from '@/ui/text-input'
import { whenShown } from '@/ui/when-shown'
import { fieldProblem } from './node-problems'
import { OptionalBox, TypeDetails, TypeKindSelect } from './type-picker'

interface FieldEditorProps {
  readonly node: ProgramNode
  readonly field: Field
  /** Its place among the fields of its side. */
  readonly index: number
  readonly count: number
}

/** One field: name, type, description, place. What is wrong with it stands under it. */
export const FieldEditor = memo(function FieldEditor({ node, field, index, count }: FieldEditorProps) {
  const problem = useShownProject(project => fieldProblem(project.graph, node.id, field.id))
  const isError = problem?.severity === 'error'
  const problemId = `problem-${field.id}`
  const move = (toIndex: number) => {
    if (toIndex < 0 || toIndex >= count) return
    moveField(node.id, field.id, toIndex)
    announce(`${field.name} is now ${toIndex + 1} of ${count}`)
  }
  const hasBothSides = isStepNode(node) && nodeKindOf(node)?.hasNoInputs !== true
  const [isOpen, setOpen] = useState(false)
  return (
    <li>
      <div
        onDragOver={event => isFieldDrag(event, field.role) && event.preventDefault()}
        onDrop={event => dropField(event, node.id, field.role, index)}
      >
        <div className="field-line">
          <button
            type="button"
            className="field-grip"
            draggable
            aria-label={`Move ${field.name}: arrow up or down`}
            title="Drag, or press arrow up and down"
            onDragStart={event => startFieldDrag(event, field)}
            onKeyDown={(event: KeyboardEvent) => {
              if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
              event.preventDefault()
              move(index + (event.key === 'ArrowUp' ? -1 : 1))
            }}
          >
            <GripVertical size={12} aria-hidden />
          </button>
          <TextInput
            mono
            label={`Name of ${field.role} ${index + 1}`}
            data-field-name={field.id}
            value={field.name}
            aria-invalid={isError || undefined}
            aria-describedby={problem ? problemId : undefined}
            onChange={name => updateField(node.id, field.id, { name })}
          />
          <TypeKindSelect type={field.type} onChange={type => updateField(node.id, field.id, { type })} name={field.name} />
          <Menu
            align="end"
            trigger={<IconButton size="sm" label={`More for ${field.name}`} icon={<Ellipsis />} />}
            items={[
              { id: 'up', label: 'Move up', icon: <ArrowUp />, disabled: index === 0, onSelect: () => move(index - 1) },
              { id: 'down', label: 'Move down', icon: <ArrowDown />, disabled: index === count - 1, onSelect: () => move(index + 1) },
              { id: 'extras', label: 'Default, limits and prefix', icon: <SlidersHorizontal />, onSelect: () => setOpen(true) },
              ...(hasBothSides
                ? [
                    {
                      id: 'role',
                      label: field.role === 'input' ? 'Make it an output' : 'Make it an input',
                      hint: 'Its wires go',
                      icon: <ArrowLeftRight />,
                      onSelect: () => changeRole(node, field),
                    },
                  ]
                : []),
              'separator',
              { id: 'remove', label: 'Remove field', icon: <Trash2 />, danger: true, onSelect: () => removeField(node.id, field.id) },
            ]}
          />
        </div>
        <div className="field-more">
          <TypeDetails type={field.type} onChange={type => updateField(node.id, field.id, { type })} name={field.name} />
          <div className="field-line">
            <TextInput
              label={`Description of ${field.name}`}
              className="field-desc"
              placeholder="What it means, for the LM"
              value={field.desc}
              onChange={desc => updateField(node.id, field.id, { desc })}
            />
            <OptionalBox type={field.type} onChange={type => updateField(node.id, field.id, { type })} name={field.name} />
          </div>
          {(isOpen || hasExtras(field)) && <FieldExtras nodeId={node.id} field={field} />}
          {problem && (
            <p id={problemId} className="field-problem" data-severity={problem.severity}>
              {problem.message}
            </p>
          )}
        </div>
      </div>
    </li>
  )
})

function hasExtras({ default: value, prefix, constraints }: Field): boolean {
  return value !== undefined || prefix !== undefined || constraints !== undefined
}

/** Fetched when a field has some of it: most have a name, a type and a description. */
const FieldExtras = whenShown(async () => (await import('./field-extras')).FieldExtras)

/** A field on the other side is another field: its wires would point the wrong way. */
function changeRole(node: ProgramNode, field: Field): void {
  removeField(node.id, field.id)
  addField(node.id, field.role === 'input' ? 'output' : 'input', withoutPlace(field))
}

function withoutPlace({ name, type, desc, default: value, prefix, constraints }: Field) {
  return { name, type, desc, default: value, prefix, constraints }
}

function startFieldDrag(event: DragEvent, field: Field): void {
  event.dataTransfer.setData(mediaType(field.role), field.id)
  event.dataTransfer.effectAllowed = 'move'
}

function isFieldDrag(event: DragEvent, role: Field['role']): boolean {
  return event.dataTransfer.types.includes(mediaType(role))
}

function dropField(event: DragEvent, nodeId: string, role: Field['role'], index: number): void {
  const fieldId = event.dataTransfer.getData(mediaType(role))
  if (fieldId === '') return
  event.preventDefault()
  moveField(nodeId, fieldId, index)
}

/** The side is in the type, since the data itself cannot be read while the pointer is still moving. */
function mediaType(role: Field['role']): string {
  return `application/x-dspy-studio-field-${role}`
}

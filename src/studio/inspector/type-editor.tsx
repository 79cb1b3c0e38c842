import { ArrowDown, ArrowUp, Ellipsis, GripVertical, Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { typedPlaces } from '@/engine/program/named-types'
import type { ClassType } from '@/engine/signature/types/field-type'
import { isClass } from '@/engine/signature/types/class-kinds'
import { typesWithin } from '@/engine/signature/types/registry'
import { addType, changeType, removeType } from '@/state/document/edits/type-edits'
import { useKnownTypes } from '@/state/document/known-types'
import { useProject } from '@/state/document/project-store'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { Dialog } from '@/ui/dialog'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { Segmented } from '@/ui/segmented'
import { TextInput } from '@/ui/text-input'
import {
  draftOf,
  draftProblem,
  emptyField,
  emptyMember,
  lostFields,
  renamedFields,
  typeOfDraft,
  type FieldRow,
  type TypeDraft,
} from './type-draft'
import { TypeFromColumn } from './type-from-column'
import { EditedType, OptionalBox, TypeDetails, TypeKindSelect } from './type-picker'

export interface TypeEditorProps {
  /** The type to edit, or what a new one begins as. */
  readonly type: ClassType
  readonly isNew: boolean
  readonly onClose: () => void
  readonly onSave?: (type: ClassType) => void
}

/** A type with a name: an object with fields, or an Enum with members. Nothing is written before Save, and then everywhere at once. */
export function TypeEditor({ type, isNew, onClose, onSave }: TypeEditorProps) {
  const [draft, setDraft] = useState(() => draftOf(type, isNew))
  const [isDeleting, setDeleting] = useState(false)
  const others = useKnownTypes().filter(({ name }) => isNew || name !== type.name)
  const uses = useUses(isNew ? undefined : type.name)
  const problem = draftProblem(draft, others)
  const change = (patch: Partial<TypeDraft>) => setDraft(before => ({ ...before, ...patch }))
  const save = () => {
    if (problem !== undefined) return
    const next = typeOfDraft(draft)
    if (isNew) addType(next)
    else changeType({ name: type.name, next, renamed: renamedFields(draft) })
    announce(`Type ${next.name} saved`)
    onSave?.(next)
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={isOpen => !isOpen && onClose()}
      title={isNew ? 'New type' : `Type ${type.name}`}
      description={isNew ? 'A type with a name can be used by any field of the project, and by other types.' : usedBy(uses)}
      footer={
        <>
          {!isNew && (
            <Button variant="danger" className="mr-auto" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={problem !== undefined} onClick={save}>
            Save
          </Button>
        </>
      }
    >
      <div className="type-editor">
        {isNew && (
          <div className="type-editor-start">
            <Segmented<ClassType['kind']>
              label="What the type is"
              value={draft.kind}
              onChange={kind => change({ kind })}
              options={[
                { value: 'class', label: 'Object' },
                { value: 'enum-class', label: 'Enum' },
              ]}
            />
            {draft.kind === 'class' && <TypeFromColumn onTake={made => setDraft(draftOf(made, true))} />}
          </div>
        )}
        <FormField label="Name" help="As a class of Python: Person, OrderLine.">
          <TextInput mono value={draft.name} onChange={name => change({ name })} />
        </FormField>
        <FormField label="Description" help="The model reads it.">
          <TextInput value={draft.desc} onChange={desc => change({ desc })} />
        </FormField>
        {draft.kind === 'class' ? (
          <EditedType value={{ name: draft.name, was: isNew ? undefined : type.name }}>
            <Rows
              title="Fields"
              what="field"
              rows={draft.fields}
              onChange={fields => change({ fields })}
              onAdd={() => change({ fields: [...draft.fields, emptyField(draft.fields)] })}
            >
              {(row, set) => <FieldParts row={row} onChange={set} />}
            </Rows>
          </EditedType>
        ) : (
          <Rows
            title="Members"
            what="member"
            rows={draft.members}
            onChange={members => change({ members })}
            onAdd={() => change({ members: [...draft.members, emptyMember(draft.members)] })}
          >
            {(row, set) => (
              <TextInput label={`Value of ${row.name}`} value={row.value} onChange={value => set({ ...row, value })} placeholder="Value" />
            )}
          </Rows>
        )}
        <Consequences type={type} draft={draft} isUsed={uses.length > 0} />
        {problem !== undefined && (
          <p className="field-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete the type ${type.name}?`}
        action="Delete type"
        danger
        onConfirm={() => {
          removeType(type.name)
          onClose()
        }}
      >
        {uses.length === 0
          ? 'Nothing uses it. Undo brings it back.'
          : `${usedBy(uses)} They keep its ${type.kind === 'class' ? 'keys and their types, without descriptions and defaults' : 'values'}, and lose the name. Undo brings it back.`}
      </ConfirmDialog>
    </Dialog>
  )
}

/** What saving does beyond the type itself. */
function Consequences({ type, draft, isUsed }: { readonly type: ClassType; readonly draft: TypeDraft; readonly isUsed: boolean }) {
  const lost = draft.kind === 'class' ? lostFields(type, draft) : []
  const renamed = renamedFields(draft)
  if (!isUsed || (lost.length === 0 && renamed.size === 0)) return null
  return (
    <p className="inspector-faint">
      {renamed.size > 0 &&
        `Demos are renamed with it (${[...renamed].map(([old, name]) => `${old} → ${name}`).join(', ')}); rows of the dataset keep their keys. `}
      {lost.length > 0 && `Without ${lost.join(', ')} answers lose these keys; demos keep them until they are edited.`}
    </p>
  )
}

interface Row {
  readonly id: number
  readonly name: string
}

interface RowsProps<R extends Row> {
  readonly title: string
  readonly what: string
  readonly rows: readonly R[]
  readonly onChange: (rows: readonly R[]) => void
  readonly onAdd: () => void
  readonly children: (row: R, set: (row: R) => void) => ReactNode
}

/** Named rows that can be moved, by the arrow keys too, and removed. */
function Rows<R extends Row>({ title, what, rows, onChange, onAdd, children }: RowsProps<R>) {
  const move = (from: number, to: number) => {
    const row = rows[from]
    if (row === undefined || to < 0 || to >= rows.length) return
    onChange(rows.toSpliced(from, 1).toSpliced(to, 0, row))
    announce(`${row.name} is now ${to + 1} of ${rows.length}`)
  }
  return (
    <fieldset className="type-editor-rows">
      <legend className="text-sm font-medium text-soft">{title}</legend>
      <ol className="field-list">
        {rows.map((row, index) => {
          const set = (next: R) => onChange(rows.with(index, next))
          return (
            <li key={row.id}>
              <div className="field-line">
                <button
                  type="button"
                  className="field-grip"
                  aria-label={`Move ${row.name}: arrow up or down`}
                  title="Press arrow up and down"
                  onKeyDown={event => {
                    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
                    event.preventDefault()
                    move(index, index + (event.key === 'ArrowUp' ? -1 : 1))
                  }}
                >
                  <GripVertical size={12} aria-hidden />
                </button>
                <TextInput
                  mono
                  label={`Name of ${what} ${index + 1}`}
                  data-type-row={row.id}
                  value={row.name}
                  onChange={name => set({ ...row, name })}
                />
                <Menu
                  align="end"
                  trigger={<IconButton size="sm" label={`More for ${row.name}`} icon={<Ellipsis />} />}
                  items={[
                    { id: 'up', label: 'Move up', icon: <ArrowUp />, disabled: index === 0, onSelect: () => move(index, index - 1) },
                    {
                      id: 'down',
                      label: 'Move down',
                      icon: <ArrowDown />,
                      disabled: index === rows.length - 1,
                      onSelect: () => move(index, index + 1),
                    },
                    'separator',
                    {
                      id: 'remove',
                      label: `Remove ${what}`,
                      icon: <Trash2 />,
                      danger: true,
                      onSelect: () => onChange(rows.toSpliced(index, 1)),
                    },
                  ]}
                />
              </div>
              <div className="field-more">{children(row, set)}</div>
            </li>
          )
        })}
      </ol>
      <Button
        size="sm"
        variant="ghost"
        icon={<Plus />}
        onClick={() => {
          onAdd()
          // The new row starts with its name selected, ready to be typed over.
          setTimeout(() => [...document.querySelectorAll<HTMLInputElement>('[data-type-row]')].at(-1)?.select())
        }}
      >
        Add {what}
      </Button>
    </fieldset>
  )
}

function FieldParts({ row, onChange }: { readonly row: FieldRow; readonly onChange: (row: FieldRow) => void }) {
  // What may be empty is empty where it is not given, as in `Optional[int] = None`.
  const setOptional = (type: FieldRow['type']) =>
    onChange({ ...row, type, usual: type.kind === 'optional' ? row.usual || 'null' : row.usual === 'null' ? '' : row.usual })
  const setType = (type: FieldRow['type']) => onChange({ ...row, type })
  return (
    <>
      <div className="field-line">
        <TypeKindSelect type={row.type} onChange={setType} name={row.name} />
        <OptionalBox type={row.type} onChange={setOptional} name={row.name} />
      </div>
      <TypeDetails type={row.type} onChange={setType} name={row.name} isPart />
      <TextInput
        label={`Description of ${row.name}`}
        className="field-desc"
        placeholder="What it means, for the LM"
        value={row.desc}
        onChange={desc => onChange({ ...row, desc })}
      />
      <TextInput
        mono
        label={`Default of ${row.name}`}
        className="field-desc"
        placeholder="Default: none, it must be given"
        value={row.usual}
        onChange={usual => onChange({ ...row, usual })}
      />
    </>
  )
}

/** The fields, arguments and types that use a type, in words. */
function useUses(name: string | undefined): readonly string[] {
  const graph = useProject(project => project.graph)
  const types = useKnownTypes()
  if (name === undefined) return []
  const holds = (type: Parameters<typeof typesWithin>[0]) => typesWithin(type).some(part => isClass(part) && part.name === name)
  return [
    ...typedPlaces(graph).flatMap(({ node, place }) => (holds(place.type) ? [`${place.name} of ${node.name}`] : [])),
    ...types.flatMap(type => (type.name !== name && holds(type) ? [`the type ${type.name}`] : [])),
  ]
}

function usedBy(uses: readonly string[]): string {
  if (uses.length === 0) return 'Nothing uses it yet.'
  const shown = uses.slice(0, 6).join(', ')
  return `Used by ${shown}${uses.length > 6 ? ` and ${uses.length - 6} more` : ''}. A change reaches all of them.`
}

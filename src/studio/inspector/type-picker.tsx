import { Plus, X } from 'lucide-react'
import { createContext, useContext, useState, type ReactNode } from 'react'
import { isClass } from '@/engine/signature/types/class-kinds'
import { constrained, constraintsFor, constraintsOf } from '@/engine/signature/types/constraint-rules'
import type { Constraints } from '@/engine/signature/types/constraints'
import type { ClassType, EnumValue, FieldType } from '@/engine/signature/types/field-type'
import { pythonStr } from '@/lib/python-text'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { IconButton } from '@/ui/icon-button'
import { useKnownTypes } from '@/state/document/known-types'
import { Select } from '@/ui/select'
import type { SelectOption } from '@/ui/select-list'
import { TextInput } from '@/ui/text-input'
import { whenShown } from '@/ui/when-shown'
import {
  changeKind,
  freshType,
  keyChoices,
  keyOf,
  readEnumValues,
  typeChoices,
  unwrap,
  wrap,
  type KeyKind,
  type TypeKind,
} from './type-choice'

interface TypePickerProps {
  readonly type: FieldType
  readonly onChange: (type: FieldType) => void
  /** Of what this is the type; read aloud. */
  readonly name: string
}

/** A type by its kind; `TypeDetails` stands below it and holds what the kind needs. */
export function TypeKindSelect({ type, onChange, name }: TypePickerProps) {
  const edited = useContext(EditedType)
  const known = useKnownTypes().filter(({ name: other }) => other !== edited?.was)
  const [isMaking, setMaking] = useState(false)
  const { inner, isOptional } = unwrap(type)
  const around = inner.kind === 'itself' ? inner.name : edited?.name
  const options: SelectOption<TypeKind | ClassChoice>[] = [
    ...typeChoices,
    ...(around === undefined ? [] : [{ value: itself, label: edited?.name ?? around, hint: 'This type itself' }]),
    ...known.map(named => ({ value: choiceOf(named), label: named.name, hint: named.kind === 'class' ? 'Your object' : 'Your Enum' })),
    { value: newType, label: 'New type…', hint: 'With a name' },
  ]
  const choose = (choice: TypeKind | ClassChoice) => {
    if (choice === newType) return setMaking(true)
    if (choice === itself) return onChange(wrap({ kind: 'itself', name: around ?? '' }, isOptional))
    const named = known.find(each => choiceOf(each) === choice)
    if (named) onChange(wrap(named, isOptional))
    else onChange(changeKind(type, choice as TypeKind))
  }
  return (
    <>
      <Select
        size="sm"
        className="type-select"
        label={`Type of ${name}`}
        value={isClass(inner) ? choiceOf(inner) : inner.kind === 'itself' ? itself : inner.kind}
        onChange={choose}
        options={options}
      />
      {isMaking && (
        <TypeEditor
          isNew
          type={freshType(known, type)}
          onSave={made => onChange(wrap(made, isOptional))}
          onClose={() => setMaking(false)}
        />
      )}
    </>
  )
}

/** A type with a name among the choices. */
type ClassChoice = `class ${string}`

function choiceOf({ name }: ClassType): ClassChoice {
  return `class ${name}`
}

const newType: ClassChoice = 'class '
/** No name of a type has a space in it. */
const itself: ClassChoice = 'class of this'

/** The object type whose fields are being edited: they may hold it. `was` is its name before. */
export const EditedType = createContext<{ readonly name: string; readonly was: string | undefined } | undefined>(undefined)

/** Fetched when one is made or opened. */
const TypeEditor = whenShown(async () => (await import('./type-editor')).TypeEditor)
const DecisionParts = whenShown(async () => (await import('./decision-parts')).DecisionParts)
const TypeLimits = whenShown(async () => (await import('./type-limits')).TypeLimits)

interface TypeDetailsProps extends TypePickerProps {
  /** It stands within another type, which alone can say its limits; those of a whole field belong to the field. */
  readonly isPart?: boolean
}

/** Enum values, the type of a list's items, an object's sub-fields, limits. Nothing else for plain types. */
export function TypeDetails({ type, onChange, name, isPart = false }: TypeDetailsProps) {
  const { inner, isOptional } = unwrap(type)
  const limits = constraintsOf(inner)
  const hasLimits = limits !== undefined || (isPart && constraintsFor(inner.kind).length > 0)
  return (
    <>
      {hasLimits && <TypeLimits type={inner} onChange={next => onChange(wrap(next, isOptional))} name={name} />}
      <TypeParts type={type} onChange={next => onChange(limits ? withLimits(next, limits) : next)} name={name} />
    </>
  )
}

function withLimits(type: FieldType, limits: Constraints): FieldType {
  return constrained(type, limits) ?? type
}

function TypeParts({ type, onChange, name }: TypePickerProps) {
  const { inner, isOptional } = unwrap(type)
  const set = (next: FieldType) => onChange(wrap(next, isOptional))
  switch (inner.kind) {
    case 'enum':
      return <EnumValues values={inner.values} onChange={values => set({ kind: 'enum', values })} name={name} />
    case 'list':
    case 'set':
      return <PartType type={inner.of} onChange={of => set({ kind: inner.kind, of })} name={`the items of ${name}`} />
    case 'dict': {
      const { key } = inner
      return (
        <>
          {key?.kind === 'enum' && (
            <EnumValues
              values={key.values}
              onChange={values => set({ ...inner, key: { kind: 'enum', values } })}
              name={`the keys of ${name}`}
            />
          )}
          <PartType type={inner.of} onChange={of => set({ kind: 'dict', of, ...(key && { key }) })} name={`the items of ${name}`}>
            <Select<KeyKind>
              size="sm"
              className="type-select"
              label={`Keys of ${name}`}
              value={key === undefined || key.kind === 'enum-class' ? 'str' : key.kind}
              onChange={kind => set({ kind: 'dict', of: inner.of, ...keyOf(kind) })}
              options={keyChoices}
            />
          </PartType>
        </>
      )
    }
    case 'tuple':
      if (inner.rest)
        return <PartType type={inner.rest} onChange={rest => set({ kind: 'tuple', items: [], rest })} name={`the items of ${name}`} />
      return <PartTypes types={inner.items} onChange={items => set({ kind: 'tuple', items })} name={name} part="Value" least={1} />
    case 'union':
      return <PartTypes types={inner.of} onChange={of => set({ kind: 'union', of })} name={name} part="Type" least={2} />
    case 'class':
    case 'enum-class':
      return <ClassDetails type={inner} />
    case 'code':
      return (
        <TextInput
          label={`Language of ${name}`}
          placeholder="python"
          value={inner.language ?? ''}
          onChange={text => set(text.trim() === '' ? { kind: 'code' } : { kind: 'code', language: text.trim() })}
        />
      )
    case 'noul':
    case 'choice':
    case 'score':
      return <DecisionParts type={inner} onChange={set} name={name} />
    case 'object':
      return <ObjectFields fields={inner.fields} onChange={fields => set({ kind: 'object', fields })} name={name} />
    default:
      return null
  }
}

/** What a type with a name holds, and the way to its editor. */
function ClassDetails({ type }: { readonly type: ClassType }) {
  const [isOpen, setOpen] = useState(false)
  const parts = type.kind === 'class' ? type.fields.map(field => field.name) : type.members.map(({ value }) => pythonStr(value))
  return (
    <div className="type-of">
      <span className="min-w-0 truncate" title={parts.join(', ')}>
        {parts.join(', ')}
      </span>
      <Button size="sm" variant="ghost" onClick={() => setOpen(true)}>
        Edit {type.name}
      </Button>
      {isOpen && <TypeEditor isNew={false} type={type} onClose={() => setOpen(false)} />}
    </div>
  )
}

interface PartTypeProps extends TypePickerProps {
  readonly children?: ReactNode
}

/** The type of what is inside, with what else is to be chosen in front of it. */
function PartType({ type, onChange, name, children }: PartTypeProps) {
  return (
    <div className="type-nest">
      <div className="type-of">
        {children}
        <span>of</span>
        <TypeKindSelect type={type} onChange={onChange} name={name} />
      </div>
      <TypeDetails isPart type={type} onChange={onChange} name={name} />
    </div>
  )
}

interface PartTypesProps {
  readonly types: readonly FieldType[]
  readonly onChange: (types: readonly FieldType[]) => void
  readonly name: string
  /** What one of them is called. */
  readonly part: string
  /** So many have to stay. */
  readonly least: number
}

/** The values of a tuple, or the types of a union. */
function PartTypes({ types, onChange, name, part, least }: PartTypesProps) {
  return (
    <div className="type-nest" role="group" aria-label={`${part}s of ${name}`}>
      {types.map((type, index) => {
        const partName = `${part.toLowerCase()} ${index + 1} of ${name}`
        const change = (next: FieldType) => onChange(types.with(index, next))
        return (
          <div key={`${index}`}>
            <div className="type-of">
              <span>{index + 1}</span>
              <TypeKindSelect type={type} onChange={change} name={partName} />
              {types.length > least && (
                <IconButton size="sm" label={`Remove ${partName}`} icon={<X />} onClick={() => onChange(types.toSpliced(index, 1))} />
              )}
            </div>
            <TypeDetails isPart type={type} onChange={change} name={partName} />
          </div>
        )
      })}
      <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => onChange([...types, { kind: 'str' }])}>
        {part}
      </Button>
    </div>
  )
}

export function OptionalBox({ type, onChange, name }: TypePickerProps) {
  const { inner, isOptional } = unwrap(type)
  return (
    <Checkbox
      checked={isOptional}
      onChange={checked => onChange(wrap(inner, checked))}
      label={
        <>
          Optional<span className="sr-only"> {name}</span>
        </>
      }
    />
  )
}

function EnumValues({
  values,
  onChange,
  name,
}: {
  values: readonly EnumValue[]
  onChange: (values: readonly EnumValue[]) => void
  name: string
}) {
  const [draft, setDraft] = useState('')
  const add = () => {
    if (draft.trim() !== '') onChange(readEnumValues(draft, values))
    setDraft('')
  }
  return (
    <>
      <div className="enum-values" role="group" aria-label={`Values of ${name}`}>
        {values.map((value, index) => (
          <span key={`${value}`} className="enum-value">
            {pythonStr(value)}
            <button
              type="button"
              aria-label={`Remove ${pythonStr(value)}`}
              onClick={() => onChange(values.filter((_, other) => other !== index))}
            >
              <X size={10} aria-hidden />
            </button>
          </span>
        ))}
        <input
          className="enum-add"
          aria-label={`Add a value to ${name}`}
          placeholder={values.length === 0 ? 'Add values' : 'Add'}
          value={draft}
          onChange={event => setDraft(event.target.value)}
          onBlur={add}
          onPaste={event => {
            const text = event.clipboardData.getData('text')
            if (!/[\n,]/.test(text)) return
            event.preventDefault()
            onChange(readEnumValues(text, values))
          }}
          onKeyDown={event => {
            if (event.key === 'Enter' || event.key === ',') {
              event.preventDefault()
              add()
            }
            if (event.key === 'Backspace' && draft === '' && values.length > 0) onChange(values.slice(0, -1))
          }}
        />
      </div>
      <ValuesFromColumn name={name} onTake={onChange} />
    </>
  )
}

/** Fetched when a Literal is shown: most fields have other types. */
const ValuesFromColumn = whenShown(async () => (await import('./values-from-column')).ValuesFromColumn)

function ObjectFields({
  fields,
  onChange,
  name,
}: {
  fields: Readonly<Record<string, FieldType>>
  onChange: (fields: Readonly<Record<string, FieldType>>) => void
  name: string
}) {
  const entries = Object.entries(fields)
  const set = (index: number, entry: [string, FieldType] | undefined) =>
    onChange(Object.fromEntries(entries.flatMap((old, other) => (other === index ? (entry ? [entry] : []) : [old]))))
  return (
    <div className="type-nest" role="group" aria-label={`Sub-fields of ${name}`}>
      {entries.map(([key, type], index) => (
        <div key={`${index}`}>
          <div className="type-of">
            <SubName name={key} taken={entries.map(([other]) => other)} onChange={next => set(index, [next, type])} />
            <TypeKindSelect type={type} onChange={next => set(index, [key, next])} name={`${name}.${key}`} />
            <IconButton size="sm" label={`Remove ${key}`} icon={<X />} onClick={() => set(index, undefined)} />
          </div>
          <TypeDetails isPart type={type} onChange={next => set(index, [key, next])} name={`${name}.${key}`} />
        </div>
      ))}
      <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => onChange({ ...fields, [freeName(fields)]: { kind: 'str' } })}>
        Sub-field
      </Button>
    </div>
  )
}

/** Keys of an object: written when the box is left, since two equal ones on the way would be one. */
function SubName({ name, taken, onChange }: { name: string; taken: readonly string[]; onChange: (name: string) => void }) {
  const [draft, setDraft] = useState(name)
  const isBad = draft !== name && (draft.trim() === '' || taken.includes(draft.trim()))
  return (
    <TextInput
      mono
      label="Sub-field name"
      className="type-subname"
      aria-invalid={isBad || undefined}
      title={isBad ? 'Sub-fields need different names.' : undefined}
      value={draft}
      onChange={setDraft}
      onBlur={() => (isBad ? setDraft(name) : draft.trim() !== name && onChange(draft.trim()))}
      onKeyDown={event => event.key === 'Enter' && !isBad && draft.trim() !== name && onChange(draft.trim())}
    />
  )
}

function freeName(fields: Readonly<Record<string, FieldType>>): string {
  let number = Object.keys(fields).length + 1
  while (`field_${number}` in fields) number += 1
  return `field_${number}`
}

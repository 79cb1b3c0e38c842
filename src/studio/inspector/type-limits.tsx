import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { constraintProblem } from '@/engine/signature/types/constraint-checks'
import { constraintsFor, constraintsOf, unconstrained, constrained } from '@/engine/signature/types/constraint-rules'
import type { Constraints } from '@/engine/signature/types/constraints'
import { timeReaders } from '@/engine/signature/types/time-kinds'
import type { FieldType } from '@/engine/signature/types/field-type'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { NumberInput } from '@/ui/number-input'
import { Popover } from '@/ui/popover'
import { TextInput } from '@/ui/text-input'

interface TypeLimitsProps {
  readonly type: FieldType
  readonly onChange: (type: FieldType) => void
  readonly name: string
}

/** The bounds of a number or a time, the length and the pattern of a text, the length of a list. */
export function TypeLimits({ type, onChange, name }: TypeLimitsProps) {
  const [isOpen, setOpen] = useState(false)
  const limits = constraintsOf(type) ?? {}
  const problem = constraintProblem(limits)
  const set = (key: keyof Constraints, value: number | string | boolean | undefined) => {
    const { [key]: _, ...others } = limits
    onChange(constrained(unconstrained(type), value === undefined || value === '' ? others : { ...others, [key]: value }) ?? type)
  }
  const words = wordsOf(limits)
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label={`Limits of ${name}`}
      trigger={
        <Button size="sm" variant="ghost" className="self-start" icon={<SlidersHorizontal />}>
          {words === '' ? 'Limits' : words}
          <span className="sr-only"> of {name}</span>
        </Button>
      }
    >
      <div className="type-limits">
        {constraintsFor(type.kind).map(key => (
          <FormField
            key={key}
            label={(isTime(type) ? timeTitles[key] : undefined) ?? titles[key]}
            className={key === 'pattern' ? 'col-span-2' : undefined}
          >
            {key === 'pattern' ? (
              <TextInput mono value={limits.pattern ?? ''} placeholder="^[A-Z]{2}-\d+$" onChange={pattern => set(key, pattern)} />
            ) : key === 'allowInfNan' ? (
              <Checkbox checked={limits.allowInfNan !== false} onChange={isAllowed => set(key, isAllowed ? undefined : false)} />
            ) : isTime(type) && key !== 'minLength' && key !== 'maxLength' && key !== 'multipleOf' ? (
              <TimeInput kind={type.kind} value={limits[key]} onChange={value => set(key, value)} />
            ) : (
              <NumberInput integer={key.endsWith('Length')} value={numberIn(limits[key])} onChange={value => set(key, value)} />
            )}
          </FormField>
        ))}
      </div>
      {problem !== undefined && (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </Popover>
  )
}

type TimeKind = keyof typeof timeReaders

function isTime(type: FieldType): type is Extract<FieldType, { readonly kind: TimeKind }> {
  return Object.hasOwn(timeReaders, type.kind)
}

function numberIn(value: number | string | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

interface TimeInputProps {
  readonly kind: TimeKind
  readonly value: number | string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** A day or a time. What is half typed stays in the box until it is one. */
function TimeInput({ kind, value, onChange }: TimeInputProps) {
  const [draft, setDraft] = useState(value === undefined ? '' : String(value))
  const read = timeReaders[kind](draft.trim())
  const change = (text: string) => {
    setDraft(text)
    const next = timeReaders[kind](text.trim())
    if (next !== undefined || text.trim() === '') onChange(next)
  }
  const isBad = read === undefined && draft.trim() !== ''
  return (
    <TextInput
      mono
      value={draft}
      placeholder={examples[kind]}
      onChange={change}
      aria-invalid={isBad || undefined}
      title={isBad ? `Write it like ${examples[kind]}.` : undefined}
    />
  )
}

const examples: Readonly<Record<TimeKind, string>> = { date: '2024-01-31', datetime: '2024-01-31T10:00', time: '10:00' }

const timeTitles: Partial<typeof titles> = { gt: 'After', ge: 'Not before', lt: 'Before', le: 'Not after' }
const titles: Readonly<Record<keyof Constraints, string>> = {
  gt: 'Above',
  ge: 'At least',
  lt: 'Below',
  le: 'At most',
  multipleOf: 'A multiple of',
  minLength: 'Least length',
  maxLength: 'Greatest length',
  pattern: 'Pattern',
  allowInfNan: 'Infinity, NaN',
}

function wordsOf({ gt, ge, lt, le, multipleOf, minLength, maxLength, pattern, allowInfNan }: Constraints): string {
  return [
    gt === undefined ? '' : `> ${gt}`,
    ge === undefined ? '' : `≥ ${ge}`,
    lt === undefined ? '' : `< ${lt}`,
    le === undefined ? '' : `≤ ${le}`,
    multipleOf === undefined ? '' : `multiple of ${multipleOf}`,
    minLength === undefined ? '' : `length ≥ ${minLength}`,
    maxLength === undefined ? '' : `length ≤ ${maxLength}`,
    pattern === undefined ? '' : `matches ${pattern}`,
    allowInfNan === false ? 'finite' : '',
  ]
    .filter(word => word !== '')
    .join(', ')
}

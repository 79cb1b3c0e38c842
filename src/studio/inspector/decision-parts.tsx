import { Plus, X } from 'lucide-react'
import { fewestLevels, mostLevels, optionLabel } from '@/engine/signature/types/decision-kinds'
import type { ChoiceOption, DecisionType, EnumValue } from '@/engine/signature/types/field-type'
import type { Json } from '@/lib/json'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { IconButton } from '@/ui/icon-button'
import { TextInput } from '@/ui/text-input'

interface DecisionPartsProps {
  readonly type: DecisionType
  readonly onChange: (type: DecisionType) => void
  readonly name: string
}

/** What there is to choose from, and what a model is told of each. */
export function DecisionParts({ type, onChange, name }: DecisionPartsProps) {
  return (
    <div className="type-nest" role="group" aria-label={`What ${name} is decided by`}>
      {type.kind === 'noul' && (
        <>
          <Words
            label={`When ${name} is true`}
            placeholder="True when …"
            value={type.criteria?.true}
            onChange={text => onChange(said(type, 'true', text))}
          />
          <Words
            label={`When ${name} is false`}
            placeholder="False when …"
            value={type.criteria?.false}
            onChange={text => onChange(said(type, 'false', text))}
          />
        </>
      )}
      {type.kind === 'choice' && <Options options={type.options} onChange={options => onChange({ ...type, options })} name={name} />}
      {type.kind === 'score' && <Levels levels={type.levels} onChange={levels => onChange({ ...type, levels })} name={name} />}
      {type.kind !== 'score' && (
        <Checkbox
          checked={type.isPlain === true}
          onChange={isPlain => onChange(withForm(type, isPlain))}
          label={
            <>
              The answer alone, without its probabilities<span className="sr-only"> as the value of {name}</span>
            </>
          }
        />
      )}
    </div>
  )
}

function withForm(type: Extract<DecisionType, { kind: 'noul' | 'choice' }>, isPlain: boolean): DecisionType {
  const { isPlain: _, ...rest } = type
  return isPlain ? { ...rest, isPlain } : rest
}

function said(type: Extract<DecisionType, { kind: 'noul' }>, key: 'true' | 'false', text: string): DecisionType {
  const { criteria = {}, ...rest } = type
  const { [key]: _, ...others } = criteria
  const next = text === '' ? others : { ...others, [key]: text }
  return Object.keys(next).length === 0 ? rest : { ...rest, criteria: next }
}

function Options({
  options,
  onChange,
  name,
}: {
  readonly options: readonly ChoiceOption[]
  readonly onChange: (options: readonly ChoiceOption[]) => void
  readonly name: string
}) {
  return (
    <>
      {options.map((option, index) => (
        <div key={`${index}`} className="decision-option">
          <TextInput
            label={`Option ${index + 1} of ${name}`}
            value={optionLabel(option)}
            onChange={text => onChange(options.with(index, { ...option, value: valueOf(text, option.value) }))}
          />
          <Words
            label={`When it is option ${index + 1} of ${name}`}
            placeholder="When it is this …"
            value={option.desc}
            onChange={text => onChange(options.with(index, { ...option, desc: text === '' ? null : text }))}
          />
          {options.length > 1 && (
            <IconButton
              size="sm"
              label={`Remove option ${index + 1} of ${name}`}
              icon={<X />}
              onClick={() => onChange(options.toSpliced(index, 1))}
            />
          )}
        </div>
      ))}
      <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => onChange([...options, { value: fresh(options), desc: null }])}>
        Option
      </Button>
    </>
  )
}

/** What is typed is a text, unless the option was written otherwise and reads the same. */
function valueOf(text: string, old: EnumValue): EnumValue {
  return text === optionLabel({ value: old }) ? old : text
}

function fresh(options: readonly ChoiceOption[]): string {
  let count = options.length + 1
  while (options.some(option => optionLabel(option) === `option ${count}`)) count += 1
  return `option ${count}`
}

function Levels({
  levels,
  onChange,
  name,
}: {
  readonly levels: readonly Json[]
  readonly onChange: (levels: readonly Json[]) => void
  readonly name: string
}) {
  return (
    <>
      {levels.map((level, index) => (
        <div key={`${index}`} className="decision-level">
          <span>{index}</span>
          <Words
            label={`Level ${index} of ${name}`}
            placeholder="Say what it stands for"
            value={level}
            onChange={text => onChange(levels.with(index, text))}
          />
          {levels.length > fewestLevels && (
            <IconButton
              size="sm"
              label={`Remove level ${index} of ${name}`}
              icon={<X />}
              onClick={() => onChange(levels.toSpliced(index, 1))}
            />
          )}
        </div>
      ))}
      {levels.length < mostLevels && (
        <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => onChange([...levels, `level ${levels.length}`])}>
          Level
        </Button>
      )}
    </>
  )
}

interface WordsProps {
  readonly label: string
  readonly placeholder: string
  readonly value: Json | undefined
  readonly onChange: (text: string) => void
}

/** A text; a list or an object that came out of Python is shown as JSON, and is a text once somebody writes over it. */
function Words({ value, ...rest }: WordsProps) {
  return (
    <TextInput {...rest} value={typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)} />
  )
}

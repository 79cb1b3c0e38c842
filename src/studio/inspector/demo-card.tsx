import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Trash2 } from 'lucide-react'
import type { Demo } from '@/engine/program/program'
import type { Json } from '@/lib/json'
import type { Field } from '@/engine/signature/signature'
import { Badge } from '@/ui/badge'
import { IconButton } from '@/ui/icon-button'
import { cellText } from '@/engine/data/cell-text'
import { ValueInput } from './value-input'

interface DemoCardProps {
  readonly demo: Demo
  readonly index: number
  readonly count: number
  readonly fields: readonly Field[]
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly onChange: (demo: Demo) => void
  readonly onMove: (toIndex: number) => void
  readonly onRemove: () => void
}

/** One demo: a line when folded, a form of its fields when open. */
export function DemoCard({ demo, index, count, fields, isOpen, onToggle, onChange, onMove, onRemove }: DemoCardProps) {
  const missing = fields.filter(field => demo[field.name] === undefined).map(field => field.name)
  const set = (name: string, value: Json | undefined) => {
    const { [name]: _old, ...rest } = demo
    onChange(value === undefined ? rest : { ...rest, [name]: value })
  }
  return (
    <li className="demo-card">
      <div className="demo-head">
        <button type="button" className="demo-toggle" aria-expanded={isOpen} onClick={onToggle}>
          {isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
          <span className="sr-only">Demo {index + 1}: </span>
          <span className="demo-words">{demoLine(demo, fields) || 'Empty demo'}</span>
        </button>
        {demo['augmented'] === true && (
          <Badge tone="accent" title="Recorded by a bootstrap: the program's own answer to a row of the trainset">
            bootstrapped
          </Badge>
        )}
        {missing.length > 0 && !isOpen && (
          <Badge tone="warn" title={`Not given: ${missing.join(', ')}`}>
            {missing.length} missing
          </Badge>
        )}
        <IconButton
          size="sm"
          label={`Move demo ${index + 1} up`}
          icon={<ArrowUp />}
          disabled={index === 0}
          onClick={() => onMove(index - 1)}
        />
        <IconButton
          size="sm"
          label={`Move demo ${index + 1} down`}
          icon={<ArrowDown />}
          disabled={index === count - 1}
          onClick={() => onMove(index + 1)}
        />
        <IconButton size="sm" danger label={`Remove demo ${index + 1}`} icon={<Trash2 />} onClick={onRemove} />
      </div>
      {isOpen && (
        <div className="demo-form">
          {fields.map(field => (
            <ValueInput
              key={field.id}
              label={field.name}
              type={field.type}
              turnFields={fields}
              value={demo[field.name]}
              onChange={value => set(field.name, value)}
            />
          ))}
        </div>
      )}
    </li>
  )
}

/** What a demo answers to what, in a line. */
export function demoLine(demo: Demo, fields: readonly Field[]): string {
  const side = (role: Field['role']) =>
    fields
      // What was thought is long, and says less than what came of it.
      .filter(field => field.role === role && demo[field.name] !== undefined && field.name !== 'reasoning')
      .map(field => cellText(demo[field.name]))
      .join(' · ')
  const outputs = side('output')
  return outputs ? `${outputs} ← ${side('input')}` : side('input')
}

import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { isJsonObject, type Json } from '@/lib/json'
import { turnsOf } from '@/engine/adapters/history'
import type { Values } from '@/engine/base/example'
import type { Field } from '@/engine/signature/signature'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'

interface HistoryInputProps {
  readonly label: string
  readonly value: Json | undefined
  /** What a turn may hold, by the names of the signature. */
  readonly fields: readonly Field[]
  readonly onChange: (value: Json | undefined) => void
  /** One value of a turn. */
  readonly renderValue: (field: Field, value: Json | undefined, onChange: (value: Json | undefined) => void) => ReactNode
}

/** Earlier turns of a conversation, the oldest first, each with the values that it has. A history without turns is no value. */
export function HistoryInput({ label, value, fields, onChange, renderValue }: HistoryInputProps) {
  const turns = turnsOf(value)
  const set = (next: readonly Values[]) => onChange(next.length === 0 ? undefined : { messages: next })
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-2">
      {turns.map((turn, at) => (
        <fieldset key={at} className="rounded-md border border-line p-2">
          <legend className="flex items-center gap-1 px-1 text-sm text-soft">
            Turn {at + 1}
            <IconButton
              size="sm"
              label={`Remove turn ${at + 1}`}
              icon={<X />}
              onClick={() => set(turns.filter((_turn, index) => index !== at))}
            />
          </legend>
          <div className="flex flex-col gap-2">
            {fields.map(field => (
              <div key={field.id}>
                {renderValue(field, turn[field.name] ?? undefined, next =>
                  set(turns.map((each, index) => (index === at ? withValue(each, field.name, next) : each))),
                )}
              </div>
            ))}
          </div>
        </fieldset>
      ))}
      <div>
        <Button size="sm" icon={<Plus />} onClick={() => set([...turns, {}])}>
          Add a turn
        </Button>
      </div>
      {value !== undefined && turns.length === 0 && !isJsonObject(value) && (
        <p className="text-sm text-bad-text">The value is no history. Adding a turn takes its place.</p>
      )}
    </div>
  )
}

/** A value that is taken away leaves no key: the turn then lacks it. */
function withValue(turn: Values, name: string, value: Json | undefined): Values {
  const { [name]: _old, ...others } = turn
  return value === undefined ? others : { ...turn, [name]: value }
}

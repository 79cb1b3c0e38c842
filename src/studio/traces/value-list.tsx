import type { Json } from '@/lib/json'
import { shownTurns } from '@/state/runs/shown-turns'
import { Trajectory } from '@/ui/trajectory'
import type { Values } from '@/engine/base/example'
import { valueContent } from '@/state/runs/value-text'
import { InlineContent } from '@/ui/inline-content'

function Value({ value }: { readonly value: Json }) {
  const turns = shownTurns(value)
  if (turns !== undefined) return <Trajectory turns={turns} />
  if (value === '') return <span className="text-faint">empty</span>
  return <InlineContent content={valueContent(value)} />
}

/** Named values as plain text: what a model wrote is never taken as markup. */
export function ValueList({ values }: { readonly values: Values }) {
  const entries = Object.entries(values)
  if (entries.length === 0) return <p className="text-faint">None</p>
  return (
    <dl className="grid grid-cols-[minmax(5rem,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {entries.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="max-w-40 pt-px font-mono text-sm break-words text-faint">{name}</dt>
          <dd className="break-words whitespace-pre-wrap">
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

import { shownTurns } from '@/state/runs/shown-turns'
import { Trajectory } from '@/ui/trajectory'
import { filePlaces } from '@/engine/adapters/file-places'
import type { Values } from '@/engine/base/example'
import type { Content } from '@/engine/lm/parts'
import type { Json } from '@/lib/json'
import { InlineContent } from '@/ui/inline-content'

/** Named values, whole: what a model wrote as plain text, images as they look. */
export function ValuesList({ values, order }: { values: Values; order?: readonly string[] }) {
  const names = order ?? Object.keys(values)
  const shown = [...names.filter(name => name in values), ...Object.keys(values).filter(name => !names.includes(name))]
  return (
    <dl className="values-list">
      {shown.map(name => {
        const value = values[name]
        const turns = shownTurns(value)
        return (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{turns ? <Trajectory turns={turns} /> : value === '' ? '(empty)' : <InlineContent content={contentOf(value)} />}</dd>
          </div>
        )
      })}
    </dl>
  )
}

function contentOf(value: Json | undefined): Content {
  if (value === undefined || typeof value === 'string') return value ?? ''
  const places = filePlaces([value])
  const held = places.hold(value)
  return places.fill(typeof held === 'string' ? held : JSON.stringify(held, undefined, 2))
}

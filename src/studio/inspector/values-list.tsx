import type { Values } from '@/engine/base/example'

/** Named values, whole, as plain text. */
export function ValuesList({ values, order }: { values: Values; order?: readonly string[] }) {
  const names = order ?? Object.keys(values)
  const shown = [...names.filter(name => name in values), ...Object.keys(values).filter(name => !names.includes(name))]
  return (
    <dl className="values-list">
      {shown.map(name => {
        const value = values[name]
        return (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? value || '(empty)' : JSON.stringify(value, undefined, 2)}</dd>
          </div>
        )
      })}
    </dl>
  )
}

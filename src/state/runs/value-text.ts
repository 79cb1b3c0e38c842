import { filePlaces } from '@/engine/adapters/file-places'
import type { Values } from '@/engine/base/example'
import { valueText } from '@/engine/blobs/blob-ref'
import type { Content } from '@/engine/lm/parts'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { Json } from '@/lib/json'
import { keptTurns } from './kept-turns'

/** A value to look at: as `valueText`, with the files in it at their places, and a longer list over several lines. */
export function valueContent(value: Json | undefined): Content {
  if (value === undefined) return ''
  const places = filePlaces([value])
  return places.fill(valueText(places.hold(value), Array.isArray(value) && value.length > 3 ? 2 : undefined))
}

/** Values in one line, with all that is in them: what a search looks through. */
export function lineOf(values: Values | undefined): string {
  return joined(values, valueText)
}

/** Values in one line, for a table cell or a card: of an agent's turns the tools alone. */
export function shortLine(values: Values | undefined): string {
  return joined(
    values,
    value =>
      keptTurns(value)
        ?.map(({ tool }) => tool || 'code')
        .join(' → ') ?? valueText(value),
  )
}

function joined(values: Values | undefined, textOf: (value: Json) => string): string {
  if (values === undefined) return ''
  return Object.values(values)
    .map(value => textOf(value).replace(/\s+/g, ' '))
    .join(' · ')
}

/** The value that the metric compares comes first, so that a narrow cell shows what was scored. */
export function scoredFirst(values: Values | undefined, metric: MetricSpec | undefined): Values | undefined {
  const field = metric?.params['field']
  if (values === undefined || typeof field !== 'string') return values
  return { ...pick(values, [field]), ...values }
}

/** Only the values under these names, in their order. */
export function pick(values: Values | undefined, names: readonly string[]): Values {
  if (values === undefined) return {}
  return Object.fromEntries(names.flatMap(name => (values[name] === undefined ? [] : [[name, values[name]]])))
}

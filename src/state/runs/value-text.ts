import type { Values } from '@/engine/base/example'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { Json } from '@/lib/json'

/** A value as text to read: strings as they are, the rest as JSON. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, Array.isArray(value) && value.length > 3 ? 2 : undefined)
}

/** Values in one line, for a table cell. */
export function lineOf(values: Values | undefined): string {
  if (values === undefined) return ''
  return Object.values(values)
    .map(value => valueText(value).replace(/\s+/g, ' '))
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

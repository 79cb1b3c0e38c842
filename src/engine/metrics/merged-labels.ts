import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Example } from '../base/example'
import type { FieldType } from '../signature/types/field-type'
import type { MetricSpec } from './metric'
import { answersOf, comparableText, normalizeText } from './normalize-text'
import { metricKind } from './registry'
import { answerKey } from './rules'

/** Labels that DSPy's normalisation takes for one although they are different answers, and those of which it leaves nothing. */
export interface MergedLabels {
  readonly field: string
  readonly merged: readonly (readonly string[])[]
  readonly emptied: readonly string[]
}

/** What a metric that compares as DSPy does merges among these labels. Empty for other metrics. */
export function mergedLabels(
  spec: MetricSpec,
  examples: Iterable<Pick<Example, 'labels'>>,
  typeOf: (output: string) => FieldType | undefined,
): readonly MergedLabels[] {
  const fields = [...new Set(dspyFields(spec))]
  const groups = new Map(fields.map(field => [field, new Map<string, Map<string, string>>()]))
  if (fields.length > 0) {
    for (const { labels } of examples) {
      for (const [field, group] of groups) {
        for (const answer of labels[field] === undefined ? [] : answersOf(labels[field])) {
          const text = comparableText(answer)
          const normal = normalizeText(text)
          const different = group.get(normal) ?? new Map<string, string>()
          group.set(normal, different.set(answerKey('distinct', typeOf(field), answer), text))
        }
      }
    }
  }
  return [...groups].flatMap(([field, group]) => {
    const merged = [...group.values()].filter(texts => texts.size > 1).map(texts => [...texts.values()])
    const emptied = [...(group.get('')?.values() ?? [])].filter(text => text.trim() !== '')
    return merged.length === 0 && emptied.length === 0 ? [] : [{ field, merged, emptied }]
  })
}

/** The same in a sentence; undefined where nothing is merged. */
export function mergedSentence(found: readonly MergedLabels[]): string | undefined {
  const sentences = found.map(({ field, merged, emptied }) => {
    const groups = merged.slice(0, mostShown).map(texts => texts.slice(0, mostShown).map(quoted).join(' = '))
    const more = merged.length > mostShown ? `, and ${merged.length - mostShown} more groups` : ''
    const one = groups.length > 0 ? ` takes these different labels of "${field}" for one: ${groups.join('; ')}${more}.` : ''
    const none =
      emptied.length > 0
        ? ` leaves nothing of the ${emptied.length === 1 ? 'label' : 'labels'} ${emptied.slice(0, mostShown).map(quoted).join(', ')} of "${field}".`
        : ''
    return [one, none]
      .filter(text => text !== '')
      .map(text => `DSPy's normalisation${text}`)
      .join(' ')
  })
  return sentences.length === 0 ? undefined : sentences.join(' ')
}

const mostShown = 5

function quoted(text: string): string {
  return `"${text.length > 40 ? `${cutText(text, 40)}…` : text}"`
}

function dspyFields({ kind, params }: MetricSpec): readonly string[] {
  const own = metricKind(kind)?.params.safeParse(params).data
  const field = own?.['field']
  const parts = params['parts']
  return [
    ...(own?.['rule'] === 'dspy' && typeof field === 'string' ? [field] : []),
    ...(Array.isArray(parts) ? parts.filter(isPart).flatMap(dspyFields) : []),
  ]
}

function isPart(part: Json): part is JsonObject & { kind: string; params: JsonObject } {
  return isJsonObject(part) && typeof part['kind'] === 'string' && isJsonObject(part['params'])
}

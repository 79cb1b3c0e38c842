import { castDraft } from 'immer'
import { isJsonObject, type Json } from '@/lib/json'
import type { ProjectDraft } from '../project-store'

/** Metrics name the output they score: when it is renamed they follow, also inside a weighted sum. */
export function renameMetricField(draft: ProjectDraft, from: string, to: string): void {
  if (to === '') return
  const params = renameIn(draft.metric.params, from, to)
  if (JSON.stringify(params) !== JSON.stringify(draft.metric.params) && isJsonObject(params)) draft.metric.params = castDraft(params)
}

function renameIn(value: Json, from: string, to: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => renameIn(item, from, to))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'field' && item === from ? to : renameIn(item, from, to)]),
  )
}

import { castDraft } from 'immer'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { ProjectDraft } from '../project-store'

/** Metrics name the output they score: when it is renamed they follow, also inside a weighted sum and where they wait to be chosen again. */
export function renameMetricField(draft: ProjectDraft, from: string, to: string): void {
  if (to === '') return
  const renamed = (params: JsonObject): JsonObject | undefined => {
    const next = renameIn(params, from, to)
    return isJsonObject(next) && JSON.stringify(next) !== JSON.stringify(params) ? next : undefined
  }
  const params = renamed(draft.metric.params)
  if (params !== undefined) draft.metric.params = castDraft(params)
  for (const [kind, other] of Object.entries(draft.otherMetrics ?? {})) {
    const next = renamed(other)
    if (next !== undefined) draft.otherMetrics = { ...draft.otherMetrics, [kind]: castDraft(next) }
  }
}

function renameIn(value: Json, from: string, to: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => renameIn(item, from, to))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'field' && item === from ? to : renameIn(item, from, to)]),
  )
}

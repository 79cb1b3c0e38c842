import type { ModelSpec } from '@/engine/lm/lm'
import { endpointOf } from '@/engine/providers/registry'
import { callKeysVersion, type RunModels, type RunSpec } from '@/engine/record/spec'
import { canonicalJson } from '@/lib/canonical-json'

/**
 * What of a run differs from the one a journal was begun with, in words; undefined where the journal can go on. Caps, concurrency,
 * allowed errors, prices and addresses may change between attempts: they decide how far a run goes, not which way.
 */
export function differenceOf(before: RunSpec, now: RunSpec): string | undefined {
  const [old, wanted] = [partsOf(before), partsOf(now)]
  return Object.keys(wanted).find(part => canonicalJson(old[part]) !== canonicalJson(wanted[part]))
}

/**
 * The run as given now with what its first attempt fixed for good: how its calls are keyed, how answers are compared, and what was known of its models. A model that
 * has moved to another address keeps the keys of the first, so that no answer is paid for twice.
 */
export function continued(before: RunSpec, now: RunSpec): RunSpec {
  const { callKeys: _keys, facts: _facts, scoring: _scoring, ...own } = now
  const { callKeys, facts, scoring } = before
  const rest = { ...own, ...(scoring && { scoring }) }
  if (callKeys === undefined) return { ...rest, ...(facts && { facts }) }
  const { fresh } = callKeys
  const moved = movedBetween(before.models, now.models, callKeys.moved ?? {})
  return {
    ...rest,
    ...(facts && { facts }),
    callKeys: { version: callKeysVersion, ...(Object.keys(moved).length > 0 && { moved }), ...(fresh !== undefined && { fresh }) },
  }
}

function movedBetween(before: RunModels, now: RunModels, earlier: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const then = new Map(placesOf(before))
  const moves = placesOf(now).flatMap(([role, place]): [string, string][] => {
    const was = then.get(role)
    const first = was === undefined ? undefined : (earlier[was] ?? was)
    return first === undefined || first === place ? [] : [[place, first]]
  })
  return Object.fromEntries(moves)
}

function placesOf({ overrides, ...roles }: RunModels): readonly (readonly [role: string, endpoint: string])[] {
  const models = [...Object.entries(roles), ...Object.entries(overrides).map(([id, model]) => [`step ${id}`, model] as const)]
  return models.flatMap(([role, model]) => {
    const endpoint = model && endpointOf(model)
    return endpoint === undefined ? [] : [[role, endpoint] as const]
  })
}

function partsOf(spec: RunSpec): Readonly<Record<string, unknown>> {
  const { models, optimizer, data } = spec
  const { task, prompt, teacher, reflection, judge, extraction, embedding, overrides } = models
  return {
    'the kind of run': spec.kind,
    'the program': spec.graph,
    'its instructions or demos': spec.state,
    'the metric': spec.metric,
    'the optimizer': optimizer?.id,
    'the parameters of the optimizer': withoutErrors(optimizer?.params),
    'the seed': spec.seed,
    'the training rows': data.train.hash,
    'the rows to score': data.val.hash,
    'the task model or its settings': answering(task),
    'the prompt model or its settings': answering(prompt),
    'the teacher model or its settings': answering(teacher),
    'the reflection model or its settings': answering(reflection),
    'the judge model or its settings': answering(judge),
    'the extraction model or its settings': answering(extraction),
    'the embedding model': embedding && { ...answering(embedding), settings: undefined },
    'a model of a single step': Object.fromEntries(Object.entries(overrides).map(([id, model]) => [id, answering(model)])),
  }
}

/** What of a model decides its answers; the same parts are in the key of a call. */
function answering(model: ModelSpec | undefined): Partial<ModelSpec> | undefined {
  return model && { provider: model.provider, model: model.model, settings: model.settings }
}

/** A run that ended with too many errors asks for a higher number. */
function withoutErrors(params: Readonly<Record<string, unknown>> | undefined): unknown {
  return params && { ...params, max_errors: undefined }
}

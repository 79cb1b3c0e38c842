import type { ModelSpec } from '@/engine/lm/lm'
import type { RunSpec } from '@/engine/run/spec'
import { canonicalJson } from '@/lib/canonical-json'

/**
 * What of a run differs from the one a journal was begun with, in words; undefined where the journal can go on. Caps, concurrency,
 * allowed errors, prices and addresses may change between attempts: they decide how far a run goes, not which way.
 */
export function differenceOf(before: RunSpec, now: RunSpec): string | undefined {
  const [old, wanted] = [partsOf(before), partsOf(now)]
  return Object.keys(wanted).find(part => canonicalJson(old[part]) !== canonicalJson(wanted[part]))
}

function partsOf(spec: RunSpec): Readonly<Record<string, unknown>> {
  const { models, optimizer, data } = spec
  const { task, prompt, teacher, reflection, embedding, overrides } = models
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

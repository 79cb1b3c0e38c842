import { EngineError } from '../../base/errors'
import type { ModelId } from '../../program/program'
import type { ModelSpec } from '../../lm/lm'
import type { RunModels } from '../../record/spec'

/** Every model a run may ask, whatever for. One may be named twice. */
export function modelsOf({ overrides, ...roles }: RunModels): readonly ModelSpec[] {
  return [...Object.values(roles), ...Object.values(overrides)].filter(model => model !== undefined)
}

/** The model that a step names. Throws `not-found`. */
export function modelById(models: RunModels, id: ModelId): ModelSpec {
  const model = models.overrides[id] ?? modelsOf(models).find(one => one.id === id)
  if (model) return model
  throw new EngineError('not-found', `A step asks for the model "${id}", which this project no longer has. Choose a model for that step.`, {
    model: id,
  })
}

import type { ModelSpec } from '../lm/lm'
import type { RunModels } from './spec'

/** Every model a run may ask, whatever for. One may be named twice. */
export function modelsOf({ overrides, ...roles }: RunModels): readonly ModelSpec[] {
  return [...Object.values(roles), ...Object.values(overrides)].filter(model => model !== undefined)
}

import { z } from 'zod'
import type { SettingsBefore } from './optimizer'

/** Parameters that every bootstrapping optimizer shares, with DSPy's names and defaults. */
export const bootstrapParams = {
  metric_threshold: z.number().min(0).max(1).optional().meta({
    title: 'Metric threshold',
    help: 'Score (0–1) that an answer of the teacher needs to become a demo. Empty: any score above 0.',
  }),
  max_bootstrapped_demos: z
    .number()
    .int()
    .min(0)
    .max(64)
    .default(4)
    .meta({ title: 'Bootstrapped demos', help: 'Most demos made from answers of the teacher, per predictor.' }),
  max_labeled_demos: z.number().int().min(0).max(256).default(16).meta({
    title: 'Demos in all',
    help: 'Labelled train examples fill up to this many demos, the bootstrapped ones counted. The teacher is shown this many, too.',
  }),
  max_rounds: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .meta({ title: 'Rounds', help: 'How often a row is tried until the teacher gets it right; from the second on at temperature 1.' }),
  max_errors: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ title: 'Errors allowed', help: 'Failed rows after which bootstrapping gives up. Empty: the number set for the run.' }),
  shrinking_pool: z.boolean().default(false).meta({
    title: 'Shrinking pool, as DSPy before 3.4',
    help: 'Off: each predictor draws its labelled demos from all rows, as in DSPy from 3.4 on. On: a later predictor draws only from what the one before it drew.',
  }),
}

/** Runs begun before the default was that of DSPy 3.4. */
export const shrankBefore: SettingsBefore = { scoringVersion: 3, params: { shrinking_pool: true } }

/** Whoever wants no bootstrapped demos asks no teacher. */
export function teacherRole(maxBootstrapped: number): readonly 'teacher'[] {
  return maxBootstrapped > 0 ? ['teacher'] : []
}

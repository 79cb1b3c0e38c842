import { z } from 'zod'
import { bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, shrankBefore, teacherRole } from '../kit/bootstrap-params'
import { onUse } from '../../base/on-use'
import { defineOptimizer } from '../kit/optimizer'

const paramsSchema = z.object(bootstrapParams)
export type Params = z.output<typeof paramsSchema>

export const stage = { id: 'bootstrap', title: 'Bootstrap demos' }

/** What it is, what it needs and what it costs; how it works stands in `bootstrap-few-shot-compile.ts`. */
export const bootstrapFewShot = defineOptimizer({
  id: 'bootstrap-few-shot',
  title: 'Bootstrap few-shot',
  dspyName: 'BootstrapFewShot',
  help: 'Lets a teacher answer train rows and keeps what it got right as demos, with all steps in between. Cheap, and often enough.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714), §4',
  params: paramsSchema,
  before: [shrankBefore],
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => teacherRole(params.max_bootstrapped_demos),
  estimate: (params, sizes) => [{ purpose: 'bootstrap', ...bootstrapCalls(params.max_bootstrapped_demos, params.max_rounds, sizes) }],
  stages: (params, sizes) => [{ ...stage, calls: bootstrapCalls(params.max_bootstrapped_demos, params.max_rounds, sizes) }],
  load: onUse(() => import('./bootstrap-few-shot-compile')),
})

import { addCalls } from '../kit/bootstrap-calls'
import { gepaEstimate, gepaParams, gepaProblem } from './params'
import { onUse } from '../../base/on-use'
import { defineOptimizer } from '../kit/optimizer'

export const stage = { id: 'search', title: 'Reflect and evolve' }

/** What it is, what it needs and what it costs; how it works stands in `gepa-compile.ts`. */
export const gepa = defineOptimizer({
  id: 'gepa',
  title: 'GEPA',
  dspyName: 'GEPA',
  help: 'Reads what went wrong on a few rows, rewrites an instruction, and keeps every candidate that leads on some row.',
  paper: 'Agrawal et al. 2025 (arXiv:2507.19457)',
  params: gepaParams,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: () => ['reflection'],
  problem: gepaProblem,
  estimate: gepaEstimate,
  stages: (params, sizes) => [{ ...stage, calls: addCalls(gepaEstimate(params, sizes)) }],
  load: onUse(() => import('./gepa-compile')),
})

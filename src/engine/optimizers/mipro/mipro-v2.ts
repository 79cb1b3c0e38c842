import { pythonRandom } from '@/lib/rng'
import { addCalls } from '../kit/bootstrap-calls'
import { shrankBefore } from '../kit/bootstrap-params'
import { miproEstimate } from './estimate'
import { miproParams, type MiproParams } from './params'
import { autoSizes, dealCounts, dealRows, miproProblem } from './plan'
import { onUse } from '../../base/on-use'
import { defineOptimizer } from '../kit/optimizer'

export const titles = { bootstrap: 'Bootstrap demo sets', propose: 'Propose instructions', search: 'Search combinations' }

/** What it is, what it needs and what it costs; how it works stands in `mipro-v2-compile.ts`. */
export const miproV2 = defineOptimizer({
  id: 'mipro-v2',
  title: 'MIPROv2',
  dspyName: 'MIPROv2',
  help: 'Proposes instructions from your data and program, bootstraps sets of demos, and searches for the best combination of both.',
  paper: 'Opsahl-Ong et al. 2024 (arXiv:2406.11695)',
  params: miproParams,
  before: [shrankBefore],
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => ['prompt', ...(params.max_bootstrapped_demos > 0 || params.max_labeled_demos === 0 ? (['teacher'] as const) : [])],
  split: {
    rows(params, rows) {
      const { train, val } = dealRows(rows)
      // DSPy keeps the drawn order, also where it draws all.
      return { train, val: params.auto === 'manual' ? val : pythonRandom(params.seed).sample(val, sampledRows(params, val.length)) }
    },
    counts(params, counts) {
      const { train, val } = dealCounts(counts)
      return { train, val: sampledRows(params, val) }
    },
  },
  problem: miproProblem,
  estimate: miproEstimate,
  stages(params, sizes) {
    const by = (purpose: string) => addCalls(miproEstimate(params, sizes).filter(one => one.purpose === purpose))
    return [
      { id: 'bootstrap', title: titles.bootstrap, calls: by('bootstrap') },
      { id: 'propose', title: titles.propose, calls: by('propose') },
      { id: 'search', title: titles.search, calls: addCalls([by('trial'), by('evaluate')]) },
    ]
  },
  load: onUse(() => import('./mipro-v2-compile')),
})

function sampledRows({ auto }: MiproParams, val: number): number {
  return auto === 'manual' ? val : Math.min(autoSizes[auto].val, val)
}
